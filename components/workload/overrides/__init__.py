"""The escape hatch: patches over rendered objects, which may change much, but not who an object is."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..._inputs import Problem, nearest
from ..._kit import Manifest

# By module, since MonitoringStack in turn is made of workloads.
from ...monitoring.dashboards import LABEL as DASHBOARD
from ..args import WorkloadOverrideArgs
from .identity import changed_form, changed_identity, loose_ends
from .merging import contradictions, form_of, merge, unknown


def apply(objects: Sequence[Manifest], overrides: Sequence[WorkloadOverrideArgs]) -> list[Manifest]:
    """The objects with every override carried out, in order."""
    patched = list(objects)
    for override in overrides:
        patched = [_patched(made, override) if _is_meant(made, override) else made for made in patched]
    return patched


def problems(objects: Sequence[Manifest], overrides: Sequence[WorkloadOverrideArgs]) -> Iterator[Problem]:
    """Overrides that hit nothing, or more than one object, or that change what makes the objects find each other."""
    patched = list(objects)
    for index, override in enumerate(overrides):
        path = f"overrides[{index}]"
        if found := list(_addressing(path, patched, override)):
            yield from found
            continue
        (made,) = [made for made in patched if _is_meant(made, override)]
        wrong = list(_operations(path, made, override) if "json_patch" in override else _fields(path, made, override["patch"]))
        if not wrong:
            after = _patched(made, override)
            where = f"{path}.{'json_patch' if 'json_patch' in override else 'patch'}"
            wrong = [
                *changed_identity(where, made, after),
                *contradictions(path, after, form_of(made["kind"])),
                *loose_ends(path, made, after),
            ]
            patched = [after if each is made else each for each in patched]
        yield from wrong


def _addressing(path: str, objects: Sequence[Manifest], override: WorkloadOverrideArgs) -> Iterator[Problem]:
    """An override says one object, and one thing to do with it."""
    if len(override.keys() & {"patch", "json_patch"}) != 1:
        yield Problem(path, "gives both patch and json_patch, or neither: give one")
    kind, name = override["kind"], override.get("name")
    kinds = sorted({made["kind"] for made in objects if not _is_dashboard(made)})
    names = [made["metadata"]["name"] for made in objects if made["kind"] == kind and not _is_dashboard(made)]
    if not names:
        yield Problem(f"{path}.kind", f"this workload makes no {kind}{nearest(kind, kinds)}; it makes {', '.join(kinds)}")
    elif name is not None and name not in names:
        yield Problem(f"{path}.name", f"this workload makes no {kind} '{name}'{nearest(name, names)}; it makes {', '.join(names)}")
    elif name is None and len(names) > 1:
        yield Problem(f"{path}.name", f"is required, for this workload makes {len(names)} of kind {kind}: {', '.join(names)}")


def _is_meant(made: Manifest, override: WorkloadOverrideArgs) -> bool:
    """Whether an override is for an object; a dashboard is made as a whole, and none reaches it."""
    return made["kind"] == override["kind"] and override.get("name") in (None, made["metadata"]["name"]) and not _is_dashboard(made)


def _is_dashboard(made: Manifest) -> bool:
    return bool(DASHBOARD.items() <= made["metadata"]["labels"].items())


def _patched(made: Manifest, override: WorkloadOverrideArgs) -> Manifest:
    if "json_patch" not in override:
        merged: Manifest = merge(made, override["patch"], form_of(made["kind"]))
        return merged
    import jsonpatch  # only workloads with such a patch pay for this import

    result: Manifest = jsonpatch.JsonPatch(override["json_patch"]).apply(made)
    return result


def _fields(path: str, made: Manifest, patch: Mapping[str, Any]) -> list[Problem]:
    form = form_of(made["kind"])
    return list(unknown(f"{path}.patch", patch, form)) or changed_form(f"{path}.patch", made, patch, form)


def _operations(path: str, made: Manifest, override: WorkloadOverrideArgs) -> Iterator[Problem]:
    """The first operation that cannot be carried out; what is after it depends on it."""
    import jsonpatch

    current: Any = made
    for index, operation in enumerate(override["json_patch"]):
        where = f"{path}.json_patch[{index}]"
        try:
            current = jsonpatch.JsonPatch([operation]).apply(current)
        except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, TypeError, KeyError) as error:
            yield Problem(
                where, f"{operation.get('op', 'no op')} {operation.get('path', 'without a path')}: {str(error) or 'does not hold'}"
            )
            return
    if not isinstance(current, Mapping):
        yield Problem(path, "leaves no object")
        return
    yield from changed_form(path, made, current, form_of(made["kind"]))
    yield from unknown(path, current, form_of(made["kind"]))
