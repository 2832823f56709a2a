"""Property values between the engine and plain Python."""

import pytest
from google.protobuf.struct_pb2 import Struct
from hypothesis import given, settings
from hypothesis import strategies as st

from stand_ins.plugins.kubernetes.properties import UNKNOWN, Secret, decode, encode, has_secret, has_unknown, mark_secrets, reveal

LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-(2**50), 2**50), st.text(max_size=8))
TREES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3))


@settings(max_examples=30)
@given(st.dictionaries(st.text(max_size=5), TREES, max_size=4))
def test_encoded_values_come_back(values: dict[str, object]) -> None:
    """What the provider sends is what the engine's message holds."""
    assert values == decode(encode(values))


def test_whole_numbers_are_integers() -> None:
    """The API server refuses 2.0 where it wants an integer, so 2.0 becomes 2 and 2.5 stays."""
    struct = Struct()
    struct.update({"replicas": 2.0, "ratio": 2.5})

    decoded = decode(struct)

    assert [int, float] == [type(decoded[key]) for key in ("replicas", "ratio")]


def test_secrets_and_unknowns_survive() -> None:
    """Marks are kept on the way in and out, also when nested."""
    values = {"data": Secret({"password": UNKNOWN}), "list": [Secret("x"), UNKNOWN]}

    decoded = decode(encode(values))

    assert values == decoded
    assert has_secret(decoded)
    assert has_unknown(decoded)


def test_a_secret_does_not_print() -> None:
    """A secret in a message or log shows as a mark, never as its value."""
    assert "topsecret" not in repr({"password": Secret("topsecret")})


def test_reveal_removes_every_mark() -> None:
    """What goes to the API server holds plain values at any depth."""
    assert {"a": ["x", {"b": "y"}]} == reveal({"a": Secret(["x", Secret({"b": Secret("y")})])})


@pytest.mark.parametrize(
    ("inputs", "outputs", "expected"),
    {
        "a secret input makes the output of its name secret": ({"a": Secret("x")}, {"a": "x"}, {"a": Secret("x")}),
        "objects are marked key by key": ({"o": {"a": Secret(1)}}, {"o": {"a": 1, "b": 2}}, {"o": {"a": Secret(1), "b": 2}}),
        "one secret item makes the whole list secret": ({"l": [1, Secret(2)]}, {"l": [2, 1]}, {"l": Secret([2, 1])}),
        "a whole secret object stays whole": ({"o": Secret({"a": 1})}, {"o": {"a": 1}}, {"o": Secret({"a": 1})}),
        "what the server leaves out stays out": ({"a": Secret("x")}, {"b": 1}, {"b": 1}),
    }.values(),
)
def test_secrecy_follows_the_inputs(inputs: dict[str, object], outputs: dict[str, object], expected: dict[str, object]) -> None:
    """Outputs are secret where the inputs are; the server returns them bare."""
    assert expected == mark_secrets(outputs, inputs)


def test_the_data_of_a_secret_is_always_secret() -> None:
    """A Secret's data never reaches the state in the clear, even when the program did not mark it."""
    marked = mark_secrets({"kind": "Secret", "data": {"a": "eA=="}}, {"stringData": {"a": "x"}})

    assert Secret({"a": "eA=="}) == marked["data"]
