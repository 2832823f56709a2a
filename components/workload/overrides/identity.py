"""What an override may not do: make an object unreadable, make another one of it, or leave ends loose."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..._inputs import Problem
from ..._kit import Manifest
from ..rules.model import containers, parts, pod_spec
from .merging import DIRECTIVE, Form, inside, is_same

_FORMS = {bool: "true or false", int: "a whole number", str: "text", list: "a list", Mapping: "a mapping", object: "something else"}
_NEEDED = frozenset("spec template containers data ports endpoints podMetricsEndpoints groups".split())
"""What an object is nothing without: it may be changed, not removed."""
_NUMBER_OR_TEXT = ("maxUnavailable", "maxSurge", "minAvailable", "targetPort", "port")


def changed_form(path: str, before: Any, patch: Any, form: Form) -> list[Problem]:
    """Values of another form than those they replace: no object could be read afterwards, neither by the rules nor by the API server."""
    removed = patch is None or (isinstance(patch, Mapping) and patch.get(DIRECTIVE) == "delete")
    if removed and path.rpartition(".")[2] in _NEEDED:
        return [Problem(path, "cannot be removed: the object would be none without it")]
    if before is None or removed:
        return []
    if isinstance(before, Mapping) and isinstance(patch, Mapping):
        changes = {key: value for key, value in patch.items() if key != DIRECTIVE}
        return [
            problem
            for key, value in changes.items()
            for problem in changed_form(f"{path}.{key}", before.get(key), value, inside(form, key))
        ]
    if isinstance(before, list) and isinstance(patch, list):
        return [problem for index, item in enumerate(patch) for problem in _item_form(f"{path}[{index}]", before, item, form)]
    kind = next(kind for kind in _FORMS if isinstance(before, kind))
    whole = kind is int and isinstance(patch, float) and patch.is_integer()
    if isinstance(patch, kind) or whole or (path.rpartition(".")[2] in _NUMBER_OR_TEXT and isinstance(patch, int | str)):
        return []
    return [Problem(path, f"is {_FORMS[kind]}, got {type(patch).__name__} ({patch!r})")]


def _item_form(path: str, before: Sequence[Any], item: Any, form: Form) -> list[Problem]:
    """An item is compared with the one that it is merged with; where the list is replaced, with any: what all have, it has to have."""
    if not before or (isinstance(item, Mapping) and item.keys() == {DIRECTIVE}):
        return []
    if not isinstance(before[0], Mapping) or not isinstance(item, Mapping):
        return changed_form(path, before[0], item, Form(form.type))
    if form.key:
        same: Any = next((each for each in before if is_same(each, item, form.key)), None)
        return changed_form(path, same, item, Form(form.type))
    missing = [key for key in ("name", "port") if item.get(key) is None and all(key in each for each in before)]
    if missing:
        return [Problem(f"{path}.{missing[0]}", "is required: the list is replaced as a whole")]
    return changed_form(path, before[0], item, Form(form.type))


def changed_identity(path: str, before: Manifest, after: Manifest) -> Iterator[Problem]:
    """What says which object it is, and how others find it."""
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


def loose_ends(path: str, before: Manifest, after: Manifest) -> Iterator[Problem]:
    """The workload's container, called as the workload is, that is gone, and mounts of volumes that are."""
    spec = pod_spec(after)
    main = before["metadata"]["name"]
    if spec and main not in [container.get("name") for container in parts(spec, "containers")]:
        yield Problem(path, f"removes container '{main}', which is the workload: keep it")
    templates = parts(after.get("spec") or {}, "volumeClaimTemplates")
    volumes = {volume.get("name") for volume in parts(spec, "volumes")} | {(each.get("metadata") or {}).get("name") for each in templates}
    for container in containers(after) if spec else []:
        for mount in parts(container, "volumeMounts"):
            if mount.get("name") not in volumes:
                where = f"container '{container.get('name')}' mounts '{mount.get('name')}' at {mount.get('mountPath')}"
                yield Problem(path, f"{where}, which is no volume: remove the mount too")
