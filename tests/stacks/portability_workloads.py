"""The part of docs/portability.md about workloads: every pattern with every input, on the three profiles.

The shop uses four patterns and few inputs; this shows the rest. The inputs are the same on every target, the objects
too, but for the fields listed, each with the key of the profile that owns it.
"""

import json
from collections.abc import Mapping
from typing import Any

from cli.workload.render import stack_settings
from components.workload import WorkloadPlatformArgs, render
from platforms.profile import profile
from tests.components.workload.samples import SAMPLES
from tests.components.workload.test_schemas import FULL

TARGETS = ("minikube", "eks", "gke")
TITLE = "Workloads of every pattern"
HEAD = f"""## {TITLE}
One set of inputs, with everything that a pattern takes, on the three profiles; what is not listed is the same.

| kind | workloads | field | cause | {" | ".join(TARGETS)} |
|---|---|---|---|{"---|" * len(TARGETS)}"""

Objects = dict[str, Any]
Field = tuple[str, str]


def slices() -> dict[str, WorkloadPlatformArgs]:
    """What each target decides about workloads."""
    return {target: profile(stack_settings(target)).workload for target in TARGETS}


def fields(slice_: Mapping[str, Any]) -> dict[Field, Any]:
    """Every field of every object, by (object, path), as one profile makes them."""
    found: dict[Field, Any] = {}
    for pattern, sample in SAMPLES.items():
        for name, inputs in (("few", sample), ("all", {**sample, **FULL[pattern.value]})):
            for made in render(f"{pattern.value}-{name}", {**inputs, **_entrance(pattern.value, name), "platform": slice_}):
                label = f"{made['kind']} {made['metadata']['name']}"
                found |= {(label, path): value for path, value in _leaves(made, "").items()}
    return found


def differences(by_target: Mapping[str, Mapping[Field, Any]]) -> list[Field]:
    """The fields that are not the same on every target."""
    first, *others = by_target.values()
    every = {key for one in by_target.values() for key in one}
    return sorted(key for key in every if any(first.get(key) != other.get(key) for other in others))


def owners() -> dict[Field, set[str]]:
    """The profile keys that change a field when they alone are another target's."""
    given = slices()
    here = given["minikube"]
    base = fields(here)
    found: dict[Field, set[str]] = {}
    for target in TARGETS[1:]:
        for key in sorted(here.keys() | given[target].keys()):
            if here.get(key) == given[target].get(key):
                continue
            for field in differences({"base": base, "swapped": fields({**here, key: given[target].get(key)})}):
                found.setdefault(field, set()).add(key)
    return found


def section() -> str:
    """The section of the page."""
    by_target = {target: fields(slice_) for target, slice_ in slices().items()}
    owned = owners()
    alike: dict[tuple[str, str], list[str]] = {}
    for name, path in differences(by_target):
        kind, _, workload = name.partition(" ")
        values = " | ".join(_shown(by_target[target].get((name, path))) for target in TARGETS)
        causes = ", ".join(f"`{key}`" for key in sorted(owned.get((name, path), {"nothing of the profile"})))
        alike.setdefault((kind, f"`{path}` | {causes} | {values}"), []).append(workload)
    rows = [f"| {kind} | {', '.join(workloads)} | {rest} |" for (kind, rest), workloads in alike.items()]
    return "\n".join([HEAD, *rows, ""])


def _entrance(pattern: str, name: str) -> dict[str, Any]:
    """A plain way in for the sample that has few inputs: its host is the target's to name."""
    return {"ingress": {}} if (pattern, name) == ("stateless", "few") else {}


def _leaves(value: Any, path: str) -> dict[str, Any]:
    """Values by path; a list of plain things, or of network peers, is one value."""
    if isinstance(value, dict) and value:
        return {inner: leaf for key, item in value.items() for inner, leaf in _leaves(item, f"{path}.{key}" if path else key).items()}
    if isinstance(value, list) and value and isinstance(value[0], dict) and not path.endswith((".to", ".from")):
        return {inner: leaf for index, item in enumerate(value) for inner, leaf in _leaves(item, f"{path}[{index}]").items()}
    return {path: value}


def _shown(value: Any) -> str:
    """A value in a cell: peers by their addresses or labels."""
    if value is None:
        return "-"
    if isinstance(value, list):
        return ", ".join(_peer(item) for item in value)
    return f"`{value}`"


def _peer(peer: Any) -> str:
    if "ipBlock" in peer:
        return f"`{peer['ipBlock']['cidr']}`"
    labels = [label for selector in peer.values() for label in selector["matchLabels"].values()]
    return f"`{'/'.join(labels)}`" if labels else f"`{json.dumps(peer)}`"
