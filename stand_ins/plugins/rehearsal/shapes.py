"""Holding inputs to what the SDK's classes declare: nothing unknown, nothing missing, nothing of another form. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from stand_ins.plugins.kubernetes.properties import UNKNOWN, Secret
from stand_ins.plugins.rehearsal.sdk import ANY, EITHER, LIST, MAP, OBJECT, PLAIN, Form, Property, Sdk

TYPES: Mapping[str, tuple[type, ...]] = {"str": (str,), "bool": (bool,), "int": (int,), "float": (int, float)}


@dataclass(frozen=True)
class Refusal:
    """One thing wrong with one input."""

    path: str
    reason: str


def refusals(sdk: Sdk, module: str, declared: Mapping[str, Property], given: Mapping[str, Any], path: str = "") -> Iterator[Refusal]:
    """Everything in `given` that the SDK does not declare, and everything declared as required that is not given."""
    for name in sorted(given.keys() - declared.keys()):
        near = get_close_matches(name, declared, 1)
        yield Refusal(_join(path, name), f"there is no such property{f', did you mean {near[0]!r}?' if near else ''}")
    for name, wanted in declared.items():
        if given.get(name) is not None:
            yield from _value(sdk, module, wanted.form, given[name], _join(path, name))
        elif wanted.required:
            yield Refusal(_join(path, name), "is required")


def _value(sdk: Sdk, module: str, form: Form, value: Any, path: str) -> Iterator[Refusal]:
    if isinstance(value, Secret):
        value = value.value
    if value is UNKNOWN or form.kind == ANY:
        return
    if form.kind == EITHER:
        found = [list(_value(sdk, module, option, value, path)) for option in form.inner]
        yield from min(found, key=len)
    elif form.kind == LIST:
        if not isinstance(value, list):
            yield Refusal(path, f"expects a list, got {type(value).__name__}")
            return
        for index, item in enumerate(value):
            yield from _value(sdk, module, form.inner[0], item, f"{path}[{index}]")
    elif form.kind in (MAP, OBJECT):
        yield from _mapping(sdk, module, form, value, path)
    elif not isinstance(value, TYPES[form.kind]) or (isinstance(value, bool) and form.kind != "bool"):
        yield Refusal(path, f"expects {PLAIN[form.kind]}, got {type(value).__name__}")


def _mapping(sdk: Sdk, module: str, form: Form, value: Any, path: str) -> Iterator[Refusal]:
    if not isinstance(value, dict):
        yield Refusal(path, f"expects a mapping, got {type(value).__name__}")
    elif form.kind == OBJECT:
        yield from refusals(sdk, module, sdk.object(module, form.name), value, path)
    else:
        for key, item in value.items():
            yield from _value(sdk, module, form.inner[0], item, _join(path, key))


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
