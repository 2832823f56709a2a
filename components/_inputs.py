"""Reading a component's inputs: every unknown, missing or ill-typed input is refused by its path, all of them at once."""

import types
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from functools import cache
from typing import Any, ForwardRef, NamedTuple, NoReturn, NotRequired, Required, TypeVar, Union, cast, get_args, get_origin, is_typeddict

import pulumi

from ._texts import one_line

Shape = TypeVar("Shape")


class Problem(NamedTuple):
    """One thing wrong with one input: its path and what to do about it."""

    path: str
    reason: str


class _Field(NamedTuple):
    required: bool
    form: Any


def resolve(component: str, name: str, shape: type[Shape], args: Mapping[str, Any], defaults: Mapping[str, Any]) -> Shape:
    """Return `args` laid over `defaults`, nested inputs included, in the form that `shape` (a TypedDict) declares.

    Enums become members, whole numbers become `int` (other languages send 2 as 2.0), and None means "not given".
    Raises `pulumi.InputPropertiesError` that lists every problem.
    """
    problems: list[Problem] = []
    resolved = _read_object(shape, "", merge(defaults, args), problems)
    refuse(component, name, problems)
    return cast(Shape, resolved)


def refuse(component: str, name: str, problems: list[Problem]) -> None:
    """Raise one error, a line for each problem; do nothing when there is none."""
    if problems:
        _raise(component, name, problems)


def refusals(build: Callable[[], object]) -> list[Problem]:
    """The problems for which `build` refuses its inputs; none where it takes them."""
    try:
        build()
    except pulumi.InputPropertiesError as refused:
        return [Problem(error["property_path"], error["reason"]) for error in refused.errors or ()]
    return []


def merge(defaults: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Lay `given` over `defaults`: mappings are merged, anything else is replaced, None leaves the default."""
    merged = dict(defaults)
    for key, value in given.items():
        if isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = merge(merged[key], value)
        elif value is not None:
            merged[key] = value
    return merged


def nearest(given: str, allowed: list[str]) -> str:
    """A closing ", did you mean 'x'?" when one of `allowed` looks like `given`, else nothing."""
    import difflib  # only a failing run pays for this import

    matches = difflib.get_close_matches(given, allowed, n=1, cutoff=0.55)
    return f", did you mean '{matches[0]}'?" if matches else ""


def _raise(component: str, name: str, problems: list[Problem]) -> NoReturn:
    problems = [Problem(one_line(path), one_line(reason)) for path, reason in problems]
    where = f"{component} '{one_line(name)}'"
    lines = [f"{where}: {path}: {reason}" if path else f"{where}: {reason}" for path, reason in problems]
    details: list[pulumi.InputPropertyErrorDetails] = [{"property_path": path, "reason": reason} for path, reason in problems]
    raise pulumi.InputPropertiesError("\n".join(lines), details)


@cache
def _fields(shape: type) -> dict[str, _Field]:
    total = getattr(shape, "__total__", True)
    return {key: _field(hint, total) for key, hint in shape.__annotations__.items()}


def _field(hint: Any, required: bool) -> _Field:
    if get_origin(hint) in (NotRequired, Required):
        return _Field(get_origin(hint) is Required, get_args(hint)[0])
    return _Field(required, hint)


def _read_object(shape: type, path: str, given: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    fields = _fields(shape)
    for key in sorted(given.keys() - fields.keys()):
        reason = f"there is no such input{nearest(key, list(fields))}; allowed: {', '.join(sorted(fields))}"
        problems.append(Problem(_join(path, key), reason))
    resolved: dict[str, Any] = {}
    for key, field in fields.items():
        value = given.get(key)
        if value is not None:
            resolved[key] = _read(field.form, _join(path, key), value, problems)
        elif field.required:
            problems.append(Problem(_join(path, key), f"is required{_choices(field.form)}"))
    return resolved


def _read(form: Any, path: str, value: Any, problems: list[Problem]) -> Any:
    form, accepts_output = _plain(form)
    if isinstance(value, pulumi.Output):
        if not accepts_output:
            problems.append(Problem(path, "must be a plain value: it decides which objects exist, so it cannot be an output"))
        return value
    if form is Any:
        return value
    origin = get_origin(form)
    if origin is list and isinstance(value, list | tuple):
        return [_read(get_args(form)[0], f"{path}[{index}]", item, problems) for index, item in enumerate(value)]
    if origin is dict and isinstance(value, Mapping):
        return {key: _read(get_args(form)[1], _join(path, key), item, problems) for key, item in value.items()}
    if is_typeddict(form) and isinstance(value, Mapping):
        return _read_object(form, path, value, problems)
    if isinstance(form, type) and issubclass(form, Enum):
        return _read_enum(form, path, value, problems)
    return _read_scalar(form, path, value, problems)


def _read_enum(form: type[Enum], path: str, value: Any, problems: list[Problem]) -> Any:
    try:
        return form(value)
    except ValueError:
        members = [str(member.value) for member in form]
        problems.append(Problem(path, f"'{value}' is not one of {', '.join(members)}{nearest(str(value), members)}"))
        return value


def _read_scalar(form: Any, path: str, value: Any, problems: list[Problem]) -> Any:
    if form is int and isinstance(value, float) and value.is_integer():
        return int(value)
    if form is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(form, type) and not is_typeddict(form) and isinstance(value, form) and not (form is int and isinstance(value, bool)):
        return value
    problems.append(Problem(path, f"expects {_describe(form)}, got {type(value).__name__} ({value!r})"))
    return value


def _plain(form: Any) -> tuple[Any, bool]:
    """Take `Input[T]` and `Optional[T]` apart: T, and whether an output may stand for it."""
    if get_origin(form) not in (Union, types.UnionType):
        return form, False
    members = [member for member in get_args(form) if member is not type(None)]
    plain = [member for member in members if not isinstance(member, ForwardRef) and get_origin(member) is not Awaitable]
    return plain[0], len(plain) < len(members)


def _describe(form: Any) -> str:
    names = {str: "text", int: "a whole number", float: "a number", bool: "true or false", list: "a list", dict: "a mapping"}
    return names.get(get_origin(form) or form, "a mapping")


def _choices(form: Any) -> str:
    form, _ = _plain(form)
    if isinstance(form, type) and issubclass(form, Enum):
        return f": one of {', '.join(str(member.value) for member in form)}"
    return ""


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
