"""The escape hatch: patches over rendered objects, which may change much, but not who an object is."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._inputs import Problem, nearest
from .._kit import Manifest

# By module, since MonitoringStack in turn is made of workloads.
from ..monitoring.dashboards import LABEL as DASHBOARD
from .args import WorkloadOverrideArgs

_FORMS = {bool: "true or false", int: "a whole number", str: "text", list: "a list", Mapping: "a mapping", object: "something else"}
_NEEDED = frozenset("spec template containers data ports endpoints podMetricsEndpoints groups".split())
"""What an object is nothing without: it may be changed, not removed."""
_NUMBER_OR_TEXT = ("maxUnavailable", "maxSurge", "minAvailable", "targetPort", "port")


def apply(objects: Sequence[Manifest], overrides: Sequence[WorkloadOverrideArgs]) -> list[Manifest]:
    """The objects with every patch merged in: mappings merge, lists are replaced, None removes."""
    patched = list(objects)
    for override in overrides:
        patched = [merge_patch(made, override["patch"]) if _is_meant(made, override) else made for made in patched]
    return patched


def problems(objects: Sequence[Manifest], overrides: Sequence[WorkloadOverrideArgs]) -> Iterator[Problem]:
    """Patches that hit nothing, or that change what makes the objects find each other."""
    kinds = sorted({made["kind"] for made in objects if _is_meant(made, {"kind": made["kind"], "patch": {}})})
    for index, override in enumerate(overrides):
        kind = override["kind"]
        if kind not in kinds:
            yield Problem(f"overrides[{index}].kind", f"this workload makes no {kind}{nearest(kind, kinds)}; it makes {', '.join(kinds)}")
        for made in objects:
            if _is_meant(made, override):
                path = f"overrides[{index}].patch"
                yield from _changed_form(path, made, override["patch"]) or _changed_identity(
                    path, made, merge_patch(made, override["patch"])
                )


def _is_meant(made: Manifest, override: WorkloadOverrideArgs) -> bool:
    """Whether an override is for an object; a dashboard is made as a whole, and none reaches it."""
    return bool(made["kind"] == override["kind"] and not DASHBOARD.items() <= made["metadata"]["labels"].items())


def merge_patch(target: Any, patch: Any) -> Any:
    """JSON merge patch (RFC 7396)."""
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


def _changed_form(path: str, before: Any, patch: Any) -> list[Problem]:
    """Values of another form than those they replace: no object could be read afterwards, neither by the rules nor by the API server."""
    if patch is None and path.rpartition(".")[2] in _NEEDED:
        return [Problem(path, "cannot be removed: the object would be none without it")]
    if before is None or patch is None:
        return []
    if isinstance(before, Mapping) and isinstance(patch, Mapping):
        return [problem for key, value in patch.items() for problem in _changed_form(f"{path}.{key}", before.get(key), value)]
    if isinstance(before, list) and isinstance(patch, list):
        return [problem for index, item in enumerate(patch) for problem in _item_form(f"{path}[{index}]", before, item)]
    form = next(form for form in _FORMS if isinstance(before, form))
    whole = form is int and isinstance(patch, float) and patch.is_integer()
    if isinstance(patch, form) or whole or (path.rpartition(".")[2] in _NUMBER_OR_TEXT and isinstance(patch, int | str)):
        return []
    return [Problem(path, f"is {_FORMS[form]}, got {type(patch).__name__} ({patch!r})")]


def _item_form(path: str, before: Sequence[Any], item: Any) -> list[Problem]:
    """A list is replaced as a whole, so what all its items are, each new one has to be: containers have names."""
    if not before:
        return []
    if not isinstance(before[0], Mapping) or not isinstance(item, Mapping):
        return _changed_form(path, before[0], item)
    missing = [key for key in ("name", "port") if item.get(key) is None and all(key in each for each in before)]
    if missing:
        return [Problem(f"{path}.{missing[0]}", "is required: the list is replaced as a whole")]
    same: Any = next((each for each in before if "name" in each and each["name"] == item.get("name")), before[0])
    return _changed_form(path, same, item)


def _changed_identity(path: str, before: Manifest, after: Manifest) -> Iterator[Problem]:
    for field in ("apiVersion", "kind"):
        if after.get(field) != before[field]:
            yield Problem(f"{path}.{field}", "says what the object is and cannot be patched")
    for field in ("name", "namespace"):
        if (after.get("metadata") or {}).get(field) != before["metadata"][field]:
            yield Problem(f"{path}.metadata.{field}", "says which object it is and cannot be patched: change the workload")
    if not before["metadata"]["labels"].items() <= ((after.get("metadata") or {}).get("labels") or {}).items():
        yield Problem(f"{path}.metadata.labels", "may add labels, not change those that every object carries")
    for field in ("selector", "podSelector"):
        if before.get("spec", {}).get(field) != (after.get("spec") or {}).get(field):
            yield Problem(f"{path}.spec.{field}", "finds the pods and cannot be patched")
