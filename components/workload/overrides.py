"""The escape hatch: patches over rendered objects, which may change much, but not who an object is."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._inputs import Problem, nearest
from .._kit import Manifest
from .args import WorkloadOverrideArgs


def apply(objects: Sequence[Manifest], overrides: Sequence[WorkloadOverrideArgs]) -> list[Manifest]:
    """The objects with every patch merged in: mappings merge, lists are replaced, None removes."""
    patched = list(objects)
    for override in overrides:
        patched = [merge_patch(made, override["patch"]) if made["kind"] == override["kind"] else made for made in patched]
    return patched


def problems(objects: Sequence[Manifest], overrides: Sequence[WorkloadOverrideArgs]) -> Iterator[Problem]:
    """Patches that hit nothing, or that change what makes the objects find each other."""
    kinds = sorted({made["kind"] for made in objects})
    for index, override in enumerate(overrides):
        kind = override["kind"]
        if kind not in kinds:
            yield Problem(f"overrides[{index}].kind", f"this workload makes no {kind}{nearest(kind, kinds)}; it makes {', '.join(kinds)}")
        for made in objects:
            if made["kind"] == kind:
                yield from _changed_identity(f"overrides[{index}].patch", made, merge_patch(made, override["patch"]))


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


def _changed_identity(path: str, before: Manifest, after: Manifest) -> Iterator[Problem]:
    for field in ("apiVersion", "kind"):
        if after.get(field) != before[field]:
            yield Problem(f"{path}.{field}", "says what the object is and cannot be patched")
    for field in ("name", "namespace"):
        if (after.get("metadata") or {}).get(field) != before["metadata"][field]:
            yield Problem(f"{path}.metadata.{field}", "says which object it is and cannot be patched: change the workload")
    if not before["metadata"]["labels"].items() <= ((after.get("metadata") or {}).get("labels") or {}).items():
        yield Problem(f"{path}.metadata.labels", "may add labels, not change those that every object carries")
    if before.get("spec", {}).get("selector") != (after.get("spec") or {}).get("selector"):
        yield Problem(f"{path}.spec.selector", "finds the pods and cannot be patched")
