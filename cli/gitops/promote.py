"""`causeway gitops promote`: the tag that runs in one environment becomes the tag of another, in one commit that touches one file."""

import json
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from cli.gitops import tree
from cli.output import console, print_json, print_line
from cli.refusal import Refused
from components._inputs import nearest
from components._texts import Unreadable, one_line
from components._yaml import read_one, write
from components.gitops.layout import ENVIRONMENT_FILE, ENVIRONMENTS
from components.gitops.layout_check import problems, services
from workspace.progress import Problem


def run(service: str, source: str, target: str, directory: Path | None, commit: bool, as_json: bool) -> int:
    """Move the tag and commit; raises Refused for what is not there, Problem where Git will not."""
    home = tree.place(directory)
    files = tree.read(home)
    before, after = _place(files, service, source), _place(files, service, target)
    if before == after:
        raise Refused(f"{source}: is where the tag comes from: name another environment with --to")
    tag, old = tag_of(files[before], before), tag_of(files[after], after)
    changed = with_tag(files[after], tag, after)
    if found := problems({**files, after: changed}):
        raise Refused(tree.lines(found))
    message = f"{service}: promote {tag} from {source} to {target}"
    written = bool(tree.write(home, {after: changed}))
    if written and commit:
        _commit(home, after, message)
    if as_json:
        print_json(
            {"service": service, "from": source, "to": target, "tag": tag, "was": old, "file": after, "committed": written and commit}
        )
    elif not written:
        print_line(console(), f"{service} {target}: has {tag} already; nothing to do")
    else:
        print_line(console(), f"{message} (was {old})" + ("; next: git push" if commit else f"; next: commit {home / after}"))
    return 0


def tag_of(text: str, path: str) -> str:
    """The tag in an environment file; raises Refused where there is none."""
    image = _image(text, path)
    tag = image.get("tag")
    if not isinstance(tag, str):
        raise Refused(f"{path}: image.tag: given {one_line(repr(tag), 200)}; allowed: text: put it in quotes if it looks like a number")
    return tag


def with_tag(text: str, tag: str, path: str = ENVIRONMENT_FILE) -> str:
    """The environment file with another tag; nothing else changes: quotes, comments and line ends least of all.

    Raises Refused where the tag is not written in the file itself, but taken from an anchor or a merge.
    """
    mark = 1 if text.startswith("\ufeff") else 0  # which the reader's places do not count
    if place := _scalar(text, ("image", "tag")):
        quote = place.style if place.style in ("'", '"') else ""
        written = f"{quote}{tag}{quote}" if quote else write([{"tag": tag}], explicit_start=False).partition(": ")[2].strip()
        changed = text[: place.start_mark.index + mark] + written + text[place.end_mark.index + mark :]
        with suppress(Unreadable):
            before = json.loads(json.dumps(read_one(text)))  # nothing in it is shared with anything else then
            before["image"]["tag"] = tag
            if before == read_one(changed):
                return changed
    raise Refused(f"{path}: image.tag: is not written as a line of its own; allowed: tag: '{tag}' below image:, without anchors")


def _image(text: str, path: str) -> dict[str, Any]:
    try:
        values = read_one(text) or {}
    except Unreadable as wrong:
        raise Refused(f"{path}: {wrong}") from None
    image = values.get("image") if isinstance(values, dict) else None
    return image if isinstance(image, dict) else {}


def _scalar(text: str, keys: tuple[str, ...]) -> yaml.ScalarNode | None:
    """The place in the text of a value below some keys; the text has to be one that can be read."""
    node = yaml.compose(text, yaml.CSafeLoader)
    for wanted in keys:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        node = next((value for key, value in pairs if key.value == wanted), None)
    return node if isinstance(node, yaml.ScalarNode) else None


def _place(files: dict[str, str], service: str, environment: str) -> str:
    known = services(files)
    if service not in known:
        raise Refused(f"{service}: is no service here{nearest(service, sorted(known))}; allowed: {', '.join(sorted(known))}")
    if environment not in known[service]:
        allowed = [name for name in ENVIRONMENTS if name in known[service]]
        raise Refused(f"{service}: has no environment '{environment}'{nearest(environment, allowed)}; allowed: {', '.join(allowed)}")
    return f"apps/{service}/envs/{environment}/{ENVIRONMENT_FILE}"


def _commit(home: Path, path: str, message: str) -> None:
    """Commit this file alone, whatever else is staged."""
    for words in (["add", "--", path], ["commit", "--quiet", "--message", message, "--", path]):
        answer = subprocess.run(["git", "-C", home, *words], capture_output=True, text=True)
        if answer.returncode:
            raise Problem(f"{home}: git {words[0]}: {(answer.stderr or answer.stdout).strip().splitlines()[0]}")
