"""What differs between the targets, object by object, and the key of the profile that makes it: docs/portability.md.

`python -m tests.stacks.portability` writes the page. It finds causes by trying: minikube's program with one key of the
other target's profile at a time. A difference that no key makes fails, and so is never written.
"""

import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.conftest import SEED
from tests.recorder import Recording
from tests.stacks.clouds import profile, run_target, with_key
from tests.stacks.portability_workloads import section
from tests.stacks.program import REPOSITORY

PAGE = REPOSITORY / "docs/portability.md"
CLOUDS = ("eks", "gke")
Difference = tuple[str, str]
HEAD = """# Portability: what differs between the targets
Written by `python -m tests.stacks.portability`; a test holds it to the program.
All three stacks are rendered with the same settings, so only the profile in `platforms/` can make a difference: each line names the object,
the field, and the key of the profile that causes it. Anything else that differed would fail the tests.
"""


def objects(recording: Recording) -> dict[str, dict[str, Any]]:
    """Every Kubernetes object by kind, namespace and name; a Release by its name."""
    found = {}
    for resource in recording.resources:
        if resource.type.startswith("kubernetes:"):
            metadata = resource.inputs.get("metadata") or {"name": resource.inputs.get("name", resource.name)}
            kind = resource.inputs.get("kind") or resource.type.rpartition(":")[2]
            where = "/".join(part for part in (metadata.get("namespace") or resource.inputs.get("namespace"), metadata["name"]) if part)
            found[f"{kind} {where}"] = resource.inputs
    return found


def differences(one: dict[str, dict[str, Any]], other: dict[str, dict[str, Any]]) -> set[Difference]:
    """(object, field) for every difference; an object of one side alone differs as a whole."""
    alone = {(name, "the whole object") for name in one.keys() ^ other.keys()}
    return alone | {(name, path) for name in one.keys() & other.keys() for path in _paths(one[name], other[name], "")}


def _paths(one: Any, other: Any, path: str) -> Iterator[str]:
    if isinstance(one, dict | None) and isinstance(other, dict | None) and one != other:
        # What is not there counts as empty, so that the field below it is named.
        one, other = one or {}, other or {}
        for key in sorted(one.keys() | other.keys()):
            yield from _paths(one.get(key), other.get(key), f"{path}.{key}" if path else key)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (here, there) in enumerate(zip(one, other, strict=True)):
            yield from _paths(here, there, f"{path}[{index}]")
    elif one != other:
        yield path


def causes(target: str) -> dict[Difference, list[str]]:
    """The profile keys behind every difference of `target` from minikube; empty where none was found."""
    here = objects(run_target("minikube", profile_only=True))
    wanted = differences(here, objects(run_target(target, profile_only=True)))
    ours, theirs = profile("minikube"), profile(target)
    found: dict[Difference, list[str]] = defaultdict(list)
    for key in sorted(ours.keys() | theirs.keys()):
        if ours.get(key) == theirs.get(key):
            continue
        for difference in differences(here, objects(run_target("minikube", with_key(key, theirs.get(key)), profile_only=True))):
            found[difference].append(key)
    # What a target makes for itself has labels of the platform: its reason is the target's module, not a key.
    own = {name for name, _ in wanted if name in of_the_platform(target)}
    return {item: found.get(item) or (["platforms/" + target] if item[0] in own else _nearby(item, found)) for item in sorted(wanted)}


def _nearby(wanted: Difference, found: dict[Difference, list[str]]) -> list[str]:
    """Two keys together can differ deeper or higher than either alone: the keys that touch the same part."""
    name, path = wanted
    near = [keys for (other, inner), keys in found.items() if other == name and (inner.startswith(path) or path.startswith(inner))]
    return sorted({key for keys in near for key in keys})


def of_the_platform(target: str) -> set[str]:
    """The objects that a target makes for itself."""
    recording = run_target(target, profile_only=True)
    own = [resource for resource in recording.resources if resource.urn.rpartition("::")[2].startswith("platform-")]
    return set(objects(Recording(resources=own)))


def page(tables: dict[str, dict[Difference, list[str]]]) -> str:
    """The page."""
    text = [HEAD]
    for target, table in tables.items():
        text.append(f"## minikube and {target}\n| object | field | cause |\n|---|---|---|")
        text += [f"| {name} | `{path}` | {', '.join(f'`{key}`' for key in keys)} |" for (name, path), keys in table.items()]
        text.append("")
    return "\n".join([*text, section()])


def listed(target: str) -> set[Difference]:
    """The differences that the page names."""
    section = PAGE.read_text().partition(f"## minikube and {target}\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ") and not line.startswith("| object")]
    return {(row[0], row[1].strip("`")) for row in rows}


def main() -> int:
    """Write the page, or name every difference without a cause."""
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "seed").write_text(f"{SEED}\n")
        os.environ["CAUSEWAY_HOME"] = home
        tables = {target: causes(target) for target in CLOUDS}
    lost = [f"{target}: {name} {path}" for target, table in tables.items() for (name, path), keys in table.items() if not keys]
    if lost:
        print("no key of the profile causes:", *lost, sep="\n", file=sys.stderr)
        return 1
    PAGE.write_text(page(tables))
    return 0


if __name__ == "__main__":
    sys.exit(main())
