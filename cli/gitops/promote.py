"""`causeway gitops promote`: the tag that runs in one environment becomes the tag of another, in one commit that touches one file."""

import re
import subprocess
from pathlib import Path

import yaml

from cli.gitops import tree
from cli.output import console, print_json, print_line
from cli.refusal import Refused
from components._inputs import nearest
from components.gitops.layout import ENVIRONMENT_FILE, ENVIRONMENTS
from components.gitops.layout_check import problems, services
from workspace.progress import Problem

_TAG = re.compile(r"(?P<before>^image:[ \t]*(?:#.*)?\n(?:[ \t]+.*\n)*?[ \t]+tag:[ \t]*)(?P<tag>[^\s#]+)", re.MULTILINE)


def run(service: str, source: str, target: str, directory: Path | None, commit: bool, as_json: bool) -> int:
    """Move the tag and commit; raises Refused for what is not there, Problem where Git will not."""
    home = tree.place(directory)
    files = tree.read(home)
    before, after = _place(files, service, source), _place(files, service, target)
    if before == after:
        raise Refused(f"{source}: is where the tag comes from: name another environment with --to")
    tag, old = tag_of(files[before], before), tag_of(files[after], after)
    changed = with_tag(files[after], tag)
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
    values = yaml.load(text, yaml.CSafeLoader) or {}
    tag = (values.get("image") or {}).get("tag") if isinstance(values, dict) else None
    if not isinstance(tag, str) or not _TAG.search(text):
        raise Refused(f"{path}: image.tag: is no text: write it as a line of its own, in quotes if it looks like a number")
    return tag


def with_tag(text: str, tag: str) -> str:
    """The environment file with another tag; nothing else changes, comments least of all."""
    plain = isinstance(yaml.load(tag, yaml.CSafeLoader), str)
    return _TAG.sub(lambda found: found["before"] + (tag if plain else f"'{tag}'"), text, count=1)


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
