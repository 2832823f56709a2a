"""The shorter ways of the language host's executor give the SDK's own answers."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pulumi
import pytest
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import resource, rpc

from stand_ins.plugins import language_savings as savings
from stand_ins.plugins import protocol

SECRET = {rpc._special_sig_key: rpc._special_secret_sig, "value": "hunter2"}
PLAIN: list[Any] = [
    "text", 1, 1.5, True, None, [], {}, ["a", None, {"b": [1]}], {"a": {"b": [{"c": None}]}, "d": [[1, 2], []]},
]  # fmt: skip


class Renaming(pulumi.CustomResource):
    """A resource whose keys have other names for the engine, as a generated SDK's have."""

    def translate_input_property(self, prop: str) -> str:
        return f"in-{prop}"

    def translate_output_property(self, prop: str) -> str:
        return f"out-{prop}"


def struct(**fields: Any) -> Struct:
    made = Struct()
    made.update(fields)
    return made


def shown(value: Any) -> str:
    """A value in words, in which one unknown looks like the other."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))


@pytest.fixture(params=[pulumi.CustomResource, Renaming])
def object_of(request: pytest.FixtureRequest) -> Any:
    """A resource that was never registered: only its translations are asked for."""
    return object.__new__(request.param)


def test_the_savings_are_for_the_sdk_that_is_pinned() -> None:
    """A raised SDK has to be compared anew: until then the executor would leave it as it is, and be slow (issue 3, point 11)."""
    assert protocol.sdk_version(protocol.site_packages()) == savings.COMPARED_WITH


def test_another_sdk_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is put into an SDK that the functions were not compared with."""
    monkeypatch.setattr(savings, "COMPARED_WITH", "0.0.1")

    assert not savings.apply()
    assert rpc.serialize_property is savings._serialize


@pytest.mark.parametrize(
    "extra", [pulumi.UNKNOWN, (1, {"a": 2}), pulumi.StringAsset("text"), {"a": pulumi.UNKNOWN}, {"nested": {"key": (1,)}}]
)
def test_serialization_is_the_same(object_of: Any, extra: Any) -> None:
    """Plain values, and those that are not, reach the engine as the SDK sends them, renamed where the resource renames."""
    rename = object_of.translate_input_property
    for value in [*PLAIN, extra]:
        for translate in (None, rename):
            wanted = asyncio.run(savings._serialize(value, [], "key", object_of, translate))
            assert wanted == asyncio.run(savings.serialize_property(value, [], "key", object_of, translate))


def test_an_output_is_still_waited_for() -> None:
    """An output inside a dictionary is sent as its value, marked where it is secret."""

    async def sent() -> tuple[Any, Any]:
        value = {"a": pulumi.Output.secret({"b": "c"}), "d": "e"}
        return await savings._serialize(value, [], "key"), await savings.serialize_property(value, [], "key")

    theirs, ours = asyncio.run(sent())
    assert theirs == ours
    assert "d" in ours


@pytest.mark.parametrize(
    "value",
    [*PLAIN, SECRET, {"a": SECRET}, {"a": [SECRET, 1]}, rpc.UNKNOWN, {"a": rpc.UNKNOWN}, [{"a": [rpc.UNKNOWN]}], {"__a": 1, "b": 2}],
)
@pytest.mark.parametrize("keep_internal", [True, False])
def test_reading_is_the_same(value: Any, keep_internal: bool, object_of: Any) -> None:
    """What the engine answers is read as the SDK reads it, with secrets and unknowns where they belong, and renamed alike."""
    sent = struct(key={"inside": value})["key"]
    theirs, ours = (function(sent, True, keep_internal) for function in (savings._deserialize, savings.deserialize_property))
    assert shown(theirs) == shown(ours)

    translate = object_of.translate_output_property
    assert shown(savings._translate(theirs, translate)) == shown(savings.translate_output_properties(theirs, translate))


@pytest.mark.parametrize("value", [*PLAIN, pulumi.UNKNOWN, [{"a": pulumi.UNKNOWN}], {"a": [[pulumi.UNKNOWN]]}, (pulumi.UNKNOWN,), {1: {2}}])
def test_unknowns_are_found_alike(value: Any) -> None:
    """An unknown counts wherever the SDK looks for one."""
    assert rpc.contains_unknowns(value) == savings.contains_unknowns(value)


def test_a_value_that_holds_itself_ends() -> None:
    """A list inside itself is looked at once, as the SDK does."""
    value: list[Any] = ["a"]
    value.append(value)

    assert savings.contains_unknowns(value) is rpc.contains_unknowns(value) is False


def test_a_resource_gets_the_same_outputs(object_of: Any) -> None:
    """What the resource has a place for is resolved alike, given by the engine or only by the program; the rest is dropped alike."""
    object_of._name = "made"
    inputs = struct(spec={"a": 1}, kept="mine", id="x")
    outputs = struct(spec={"a": 2, "b": None}, status=SECRET, __inputs={"spec": {}}, **{"in-x": 3})

    def resolved(function: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        places = ("spec", "status", "kept", "missing", "out-spec", "out-status")
        resolvers = {key: lambda *given, key=key: found.__setitem__(key, repr(given)) for key in places}
        function(object_of, inputs, outputs, {"spec": {object_of}}, resolvers, True, False, True, resolve_missing_as_unknown=True)
        return found

    assert resolved(savings._resolve_outputs) == resolved(savings.resolve_outputs)


def test_the_trace_is_the_same() -> None:
    """The engine is told the line that made the resource, and what led there, as by the SDK."""

    class Outermost:
        def __init__(self, depth: int = 3) -> None:
            self.traces = Outermost(depth - 1).traces if depth else (resource._get_stack_trace(), savings.stack_trace())

    theirs, ours = Outermost().traces
    assert theirs == ours
    assert ours.frames[0].pc.uri == Path(__file__).as_uri()
    none, nothing = resource._get_stack_trace(), savings.stack_trace()
    assert none == nothing


@pytest.mark.parametrize("parent", ["urn:pulumi:s::p::a:b:C::name", "", "odd"])
def test_a_urn_is_the_same(parent: str) -> None:
    """A URN out of text is the one that the SDK waits for."""

    async def made() -> list[Any]:
        return [await make("name", "a:b:D", parent).future() for make in (savings._create_urn, savings.create_urn)]

    theirs, ours = asyncio.run(made())
    assert theirs == ours
