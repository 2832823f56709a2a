"""Functions of the SDK that take most of a large program's time, each beside a shorter way to the same answer.

A program of 600 resources spends two thirds of its own time in them (`scripts/bench`, stand_ins/plugins/README.md). They are put in their
places only in the SDK that they were compared with, function by function (tests/stand_ins/plugins/test_language_savings.py); any other SDK
is left as it is. Like the executor, which takes them in, this may import nothing but the SDK.
"""

import functools
import pathlib
import sys
from collections.abc import Callable
from typing import Any

import pulumi
from google.protobuf.struct_pb2 import Struct, Value
from pulumi import _types
from pulumi.runtime import resource, rpc
from pulumi.runtime.proto import source_pb2

COMPARED_WITH = "3.272.0"
"""The version of the SDK whose answers these functions give."""

SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key by which a struct is a secret, an asset or a reference, and no struct."""

LEAVES = frozenset({str, bool, int, float, type(None)})
CONSTRUCTORS = 3
"""`__init__` frames between the SDK and the line that makes a resource."""

_serialize: Callable[..., Any] = rpc.serialize_property
_deserialize: Callable[..., Any] = rpc.deserialize_property
_resolve_outputs: Callable[..., None] = rpc.resolve_outputs
_translate: Callable[..., Any] = rpc.translate_output_properties
_create_urn: Callable[..., Any] = resource.create_urn


def apply() -> bool:
    """Put the functions in their places; whether this is the SDK that they were made for."""
    if not pathlib.Path(pulumi.__file__).parents[1].joinpath(f"pulumi-{COMPARED_WITH}.dist-info").is_dir():
        return False
    places: Any = rpc
    places.serialize_property = serialize_property
    places.deserialize_property = deserialize_property
    places.translate_output_properties = translate_output_properties
    places.resolve_outputs = resolve_outputs
    places.contains_unknowns = contains_unknowns
    places = resource
    places._get_stack_trace = stack_trace
    places.create_urn = create_urn
    places = _types
    places.resource_types = functools.cache(_types.resource_types)
    return True


def stack_trace() -> source_pb2.StackTrace:
    """Where the program makes the resource: the names and lines alone, without reading the source files for them."""
    frame: Any = sys._getframe(1)
    found = 0
    while frame and found < CONSTRUCTORS:
        found += frame.f_code.co_name == "__init__"
        frame = frame.f_back
    frames = []
    while frame:
        frames.append(source_pb2.StackFrame(pc=_position(frame.f_code.co_filename, frame.f_lineno)))
        frame = frame.f_back
    return source_pb2.StackTrace(frames=frames)


def _position(file: str, line: int | None) -> source_pb2.SourcePosition | None:
    uri = _uri(file)
    return None if uri is None or line is None else source_pb2.SourcePosition(uri=uri, line=line)


@functools.cache
def _uri(file: str) -> str | None:
    try:
        return pathlib.Path(file).as_uri() if file else None
    except ValueError:
        return None


async def serialize_property(
    value: Any,
    deps: Any,
    property_key: Any,
    resource_obj: Any = None,
    input_transformer: Any = None,
    typ: Any = None,
    *rest: Any,
    **named: Any,
) -> Any:
    """What is plain throughout is its own serialization, unless its keys have other names for the engine."""
    if not named.get("return_protobuf_value"):
        if type(value) in LEAVES:
            return value
        keeps_names = input_transformer is None or _keeps_names(input_transformer, pulumi.Resource.translate_input_property)
        if typ is None and keeps_names and is_plain(value):
            return value
    return await _serialize(value, deps, property_key, resource_obj, input_transformer, typ, *rest, **named)


def is_plain(value: Any) -> bool:
    """Whether a value is made of text, numbers, switches, lists and dictionaries alone: nothing to wait for."""
    kind = type(value)
    if kind is dict:
        return all(is_plain(item) for item in value.values())
    if kind is list:
        return all(is_plain(item) for item in value)
    return kind in LEAVES


def deserialize_property(value: Any, keep_unknowns: bool | None = None, keep_internal: bool | None = True) -> Any:
    """A struct without a mark in it is read field by field; anything else is the SDK's to read."""
    if isinstance(value, Struct) and keep_internal is not False:
        try:
            return _fields(value)
        except _MarkedError:
            pass
    return _deserialize(value, keep_unknowns, keep_internal)


class _MarkedError(Exception):
    """A struct holds more than plain values."""


def _fields(struct: Struct) -> dict[str, Any]:
    if SIGNATURE in struct.fields:
        raise _MarkedError
    read = {key: _plain(value) for key, value in struct.fields.items()}
    return {key: value for key, value in read.items() if value is not None}


def _plain(value: Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        if value.string_value == rpc.UNKNOWN:
            raise _MarkedError
        return value.string_value
    if kind == "struct_value":
        return _fields(value.struct_value)
    if kind == "list_value":
        return [_plain(item) for item in value.list_value.values]
    if kind is None:
        raise _MarkedError
    return None if kind == "null_value" else getattr(value, kind)


def translate_output_properties(output: Any, output_transformer: Any, typ: Any = None, *rest: Any, **named: Any) -> Any:
    """Nothing changes where keys keep their names and no type is asked for."""
    if typ is None and _keeps_names(output_transformer, pulumi.Resource.translate_output_property):
        return output
    return _translate(output, output_transformer, typ, *rest, **named)


def _keeps_names(translate: Any, base: Any) -> bool:
    return getattr(translate, "__func__", None) is base


def resolve_outputs(res: Any, inputs: Struct, outputs: Struct, deps: Any, resolvers: Any, custom: bool, *rest: Any, **named: Any) -> None:
    """Read only those outputs that the resource has a place for: the SDK drops the others, such as the provider's own notes."""
    uses_types = any(rest[:1]) or named.get("transform_using_type_metadata")
    keeps_names = not uses_types and _keeps_names(res.translate_output_property, pulumi.Resource.translate_output_property)
    if keeps_names and SIGNATURE not in outputs.fields:
        wanted = Struct()
        for key in outputs.fields.keys() & resolvers.keys():
            wanted.fields[key].CopyFrom(outputs.fields[key])
        outputs = wanted
    _resolve_outputs(res, inputs, outputs, deps, resolvers, custom, *rest, **named)


def contains_unknowns(value: Any) -> bool:
    """Whether there is an unknown in a value, or in the lists and dictionaries that it is made of."""
    waiting, seen = [value], set[int]()
    while waiting:
        item = waiting.pop()
        if type(item) in LEAVES:
            continue
        if isinstance(item, pulumi.output.Unknown):
            return True
        if isinstance(item, dict | list) and id(item) not in seen:
            seen.add(id(item))
            waiting.extend(item if isinstance(item, list) else [item[key] for key in item])
    return False


def create_urn(name: Any, type_: Any, parent: Any = None, project: str | None = None, stack: str | None = None) -> Any:
    """A URN whose parts are all text needs no waiting."""
    if not (isinstance(name, str) and isinstance(type_, str) and isinstance(parent, str)):
        return _create_urn(name, type_, parent, project, stack)
    return pulumi.Output.from_input(f"{parent[: parent.rfind('::')]}${type_}::{name}")
