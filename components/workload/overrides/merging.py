"""Merging a patch into an object as `kubectl patch` and kustomize do: by strategic merge, whose lists have keys (fields.json).

What Kubernetes has no schema for, such as a ServiceMonitor, is merged by JSON merge patch (RFC 7396), as they do too.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ..._inputs import Problem, nearest

DIRECTIVE = "$patch"
_FIELDS = Path(__file__).with_name("fields.json")
# What can be one thing only: Kubernetes refuses an object that says two of these.
_ONE_OF: dict[str, frozenset[str]] = {
    "Probe": frozenset(("exec", "grpc", "httpGet", "tcpSocket")),
    "LifecycleHandler": frozenset(("exec", "httpGet", "sleep", "tcpSocket")),
    "EnvVar": frozenset(("value", "valueFrom")),
}


class Form(NamedTuple):
    """What is in a field: the type of the value, or of a list's items, and how the list is merged."""

    type: str
    is_list: bool = False
    key: str | None = None
    """The items' key, empty for plain values that are merged as a set; None for what is replaced as a whole."""


ANYTHING = Form("")


@cache
def _types() -> dict[str, dict[str, str]]:
    """Type to its fields; read only where there are overrides."""
    types: dict[str, dict[str, str]] = json.loads(_FIELDS.read_text())
    return types


def form_of(kind: str) -> Form:
    """The form of an object of a kind, anything for a kind without a schema."""
    return Form(kind if kind in _types() else "")


def inside(form: Form, field: str) -> Form:
    """The form of one field."""
    name, merged, key = _types().get(form.type, {}).get(field, "").partition("@")
    return Form(name.removesuffix("[]"), bool(merged) or name.endswith("[]"), key if merged else None)


def merge(target: Any, patch: Any, form: Form) -> Any:
    """The target with the patch merged in; neither is changed."""
    if isinstance(patch, list) and form.key is not None:
        return _merge_list(target if isinstance(target, list) else [], patch, form)
    if not isinstance(patch, Mapping):
        return patch
    if not form.type:
        return merge_patch(target, patch)
    new = {key: value for key, value in patch.items() if key != DIRECTIVE}
    merged = dict(target) if isinstance(target, Mapping) and patch.get(DIRECTIVE) != "replace" else {}
    for key, value in new.items():
        if value is None or (isinstance(value, Mapping) and value.get(DIRECTIVE) == "delete"):
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), value, inside(form, key))
    return merged


def _merge_list(target: list[Any], patch: list[Any], form: Form) -> list[Any]:
    """Items are merged with those of the same key, new ones are appended."""
    if not form.key:
        return [*target, *(item for item in patch if item not in target)]
    replaced = any(isinstance(item, Mapping) and item.keys() == {DIRECTIVE} and item[DIRECTIVE] == "replace" for item in patch)
    merged = [] if replaced else list(target)
    for item in patch:
        if not isinstance(item, Mapping) or item.keys() == {DIRECTIVE}:
            continue
        index = next((index for index, each in enumerate(merged) if is_same(each, item, form.key)), None)
        if item.get(DIRECTIVE) == "delete":
            merged = [each for each in merged if not is_same(each, item, form.key)]
        elif index is None:
            merged.append(merge({}, item, Form(form.type)))
        else:
            merged[index] = merge(merged[index], item, Form(form.type))
    return merged


def is_same(one: Any, other: Mapping[str, Any], key: str) -> bool:
    """Whether two items of a list are about the same thing; a port is another one over another protocol."""
    if not isinstance(one, Mapping) or one.get(key) != other.get(key):
        return False
    return not key.lower().endswith("port") or one.get("protocol", "TCP") == other.get("protocol", "TCP")


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


def unknown(path: str, patch: Any, form: Form) -> Iterator[Problem]:
    """Fields that the object cannot have, items without the key that they are merged by, and directives that nobody follows."""
    if isinstance(patch, list):
        for index, item in enumerate(patch):
            where = f"{path}[{index}]"
            if form.key and isinstance(item, Mapping) and item.get(form.key) is None and item.keys() != {DIRECTIVE}:
                yield Problem(f"{where}.{form.key}", f"is required: it says which item of {path.rpartition('.')[2]} is meant")
            yield from unknown(where, item, Form(form.type))
    if not isinstance(patch, Mapping):
        return
    known = _types().get(form.type) or {}
    for key, value in patch.items():
        if key == DIRECTIVE and (value in ("delete", "replace") and known):
            continue
        if key.startswith("$"):
            yield Problem(f"{path}.{key}", f"is no directive that is followed here: '{DIRECTIVE}' is, with 'delete' or 'replace'")
        elif known and key not in known:
            yield Problem(f"{path}.{key}", f"{form.type} has no such field{nearest(key, list(known))}; it has {', '.join(sorted(known))}")
        else:
            yield from unknown(f"{path}.{key}", value, inside(form, key))


def contradictions(path: str, merged: Any, form: Form) -> Iterator[Problem]:
    """What says two things of which Kubernetes takes one: a patch added its own to what was there."""
    if isinstance(merged, list):
        for index, item in enumerate(merged):
            name = item.get(form.key) if form.key and isinstance(item, Mapping) else None
            yield from contradictions(f"{path}[{index if name is None else name}]", item, Form(form.type))
    elif isinstance(merged, Mapping) and form.type:
        if len(both := sorted(_ONE_OF.get(form.type, frozenset()) & merged.keys())) > 1:
            yield Problem(path, f"has {' and '.join(both)}, and may have one: set the other to null, or add `{DIRECTIVE}: replace`")
        for key, value in merged.items():
            yield from contradictions(f"{path}.{key}", value, inside(form, key))
