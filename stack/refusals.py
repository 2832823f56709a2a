"""Refused settings in words: one line each with path, what was given, what is allowed, the nearest right key, and the fix."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import UnionType
from typing import Any, get_args, get_origin

import pulumi
from pydantic import BaseModel
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from components._texts import one_line
from stack.section import Section
from stack.values import is_slip, nearest, shown

NAMESPACE = "causeway"


@dataclass(frozen=True)
class Explainer:
    """Explains the errors of one model; a credential's value is never shown."""

    model: type[BaseModel]
    sections: Mapping[str, type[Section]]
    credentials: Sequence[str]

    def __call__(self, error: ErrorDetails) -> str:
        location = [str(part) for part in error["loc"]]
        model, key = self._place(location)
        path = one_line(f"{NAMESPACE}:{'.'.join(location)}", 200)
        keys = sorted(to_camel(name) for name in model.model_fields)
        if error["type"] == "extra_forbidden":
            return (
                f"{path}: there is no such setting{nearest(key, keys)}; allowed: {', '.join(keys)}; fix: pulumi config rm --path '{path}'"
            )
        if error["type"] == "missing":
            return f"{path}: given nothing; allowed: {self._allowed(model, key)}; fix: pulumi config set --path '{path}' <value>"
        is_secret = location[0] in self.credentials or pulumi.runtime.is_config_secret(f"{NAMESPACE}:{location[0]}")
        given = "[secret]" if is_secret else shown(error["input"])
        near = nearest(str(error["input"]), _choices(model, key)) if error["type"] == "enum" else ""
        return f"{path}: given {given}{near}; allowed: {self._allowed(model, key)}; fix: pulumi config set --path '{path}' <value>"

    def _place(self, location: list[str]) -> tuple[type[BaseModel], str]:
        """The model and the field that a mistake belongs to; inside a list or a mapping of names it is the field that holds it."""
        model = self.model
        for key in location[:-1]:
            inner = _section(model, key)
            if inner is None:
                return model, key
            model = inner
        return model, location[-1]

    def _allowed(self, model: type[BaseModel], key: str) -> str:
        """What a setting may be, in words."""
        if choices := _choices(model, key):
            return ", ".join(choices)
        if model is self.model and key in self.sections:
            return f"a mapping of {', '.join(sorted(to_camel(inner) for inner in self.sections[key].model_fields))}"
        field = _field(model, key)
        return field.description or _inner_description(field.annotation) or key


def misplaced(key: str, model: type[BaseModel], project: str) -> str | None:
    """One line for a setting of ours below a misspelt namespace; one of `project`, or of any other program, is not ours to judge."""
    namespace, _, name = key.partition(":")
    keys = sorted(map(to_camel, model.model_fields))
    if namespace == project or name not in keys or not is_slip(namespace, NAMESPACE):
        return None
    near = f"{NAMESPACE}:{name}"
    return f"{key}: there is no such setting, did you mean '{near}'?; allowed: {', '.join(keys)}; fix: pulumi config rm '{key}'"


def _section(model: type[BaseModel], key: str) -> type[Section] | None:
    """The section that a field holds, where it holds one."""
    annotation = _field(model, key).annotation
    options = get_args(annotation) if get_origin(annotation) is UnionType else (annotation,)
    return next((kind for kind in options if isinstance(kind, type) and issubclass(kind, Section)), None)


def _choices(model: type[BaseModel], key: str) -> list[str]:
    """The values of a setting that has a closed set of them."""
    annotation = _field(model, key).annotation
    kinds = [kind for kind in (annotation, *get_args(annotation)) if isinstance(kind, type) and issubclass(kind, Enum)]
    return [str(member.value) for kind in kinds for member in kind]


def _field(model: type[BaseModel], key: str) -> Any:
    return next(field for name, field in model.model_fields.items() if to_camel(name) == key)


def _inner_description(annotation: Any) -> str | None:
    """The description inside `Annotated[...] | None`."""
    metadata = [part for option in get_args(annotation) for part in getattr(option, "__metadata__", ())]
    return next((text for part in metadata if (text := getattr(part, "description", None))), None)
