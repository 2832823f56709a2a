"""Sync waves out of declared dependencies: nobody writes a number, cycles and custom resources before their kind are refused."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from .._inputs import Problem, nearest
from .sync_policy import WAVE


def waves(depends_on: Mapping[str, Collection[str]]) -> dict[str, int]:
    """Unit to wave, from 0: one more than the last of what it depends on.

    Raises ValueError that names a cycle from end to end, or a unit that is not there.
    """
    for unit, needed in depends_on.items():
        for other in needed:
            if other not in depends_on:
                raise ValueError(f"{unit} depends on '{other}', which is not there{nearest(other, sorted(depends_on))}")
    found: dict[str, int] = {}
    for unit in sorted(depends_on):
        _place(unit, depends_on, found, [])
    return found


def _place(unit: str, depends_on: Mapping[str, Collection[str]], found: dict[str, int], above: Sequence[str]) -> int:
    if unit in above:
        raise ValueError(f"a cycle: {' -> '.join([*above[above.index(unit) :], unit])}")
    if unit not in found:
        below = [_place(other, depends_on, found, [*above, unit]) for other in sorted(depends_on[unit])]
        found[unit] = max(below, default=-1) + 1
    return found[unit]


def order_problems(units: Mapping[str, Sequence[Mapping[str, Any]]], order: Mapping[str, int]) -> list[Problem]:
    """A problem for each custom resource that is applied no later than the definition of its kind.

    Within one unit the waves of the objects decide; kinds that no unit defines are the cluster's own affair.
    """
    defined = {
        (manifest["spec"]["group"], manifest["spec"]["names"]["kind"]): (unit, _wave(manifest))
        for unit, manifests in units.items()
        for manifest in manifests
        if manifest["kind"] == "CustomResourceDefinition" and "spec" in manifest  # a template shows its head alone
    }
    problems = []
    for unit, manifests in units.items():
        for manifest in manifests:
            home = defined.get((manifest["apiVersion"].rpartition("/")[0], manifest["kind"]))
            if home and (order[home[0]], home[1]) >= (order[unit], _wave(manifest)):
                what = f"{manifest['kind']} {manifest['metadata'].get('name')}"
                fix = f"declare that {unit} depends on {home[0]}" if home[0] != unit else f"give the definition a smaller {WAVE}"
                problems.append(Problem(unit, f"{what} comes no later than the definition of its kind in {home[0]}; fix: {fix}"))
    return problems


def annotations(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """The annotations of a manifest, none where the key is left empty."""
    found: Mapping[str, Any] = manifest["metadata"].get("annotations") or {}
    return found


def _wave(manifest: Mapping[str, Any]) -> int:
    return int(annotations(manifest).get(WAVE, 0))
