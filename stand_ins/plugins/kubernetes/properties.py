"""Pulumi property values as plain Python: protobuf structs in and out, with secrets and unknowns kept apart."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf.struct_pb2 import ListValue, Struct, Value

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
ASSET = "c44067f5952c0a294b673a41bacd8c17"
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
LARGEST_EXACT = 2.0**53


class Unknown:
    """A value that a preview cannot know yet; there is one, `UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that is encrypted in the state; `repr` keeps it out of logs."""

    value: Any

    def __repr__(self) -> str:
        return "[secret]"


@dataclass(frozen=True)
class Asset:
    """A text given in the program or a file named by it; only Helm values may hold one."""

    text: str
    path: str

    def content(self) -> str:
        return Path(self.path).read_text() if self.path else self.text


def decode(struct: Struct) -> dict[str, Any]:
    """A property map; whole numbers become `int`, since the API server refuses 2.0 where it wants an integer."""
    return {key: decode_value(value) for key, value in struct.fields.items()}


def decode_value(value: Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        text = value.string_value
        return UNKNOWN if text == UNKNOWN_TEXT else text
    if kind == "struct_value":
        return decode_struct(value.struct_value)
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() and abs(number) < LARGEST_EXACT else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [decode_value(item) for item in value.list_value.values]
    return None


def decode_struct(struct: Struct) -> Any:
    fields = struct.fields
    if SIGNATURE not in fields:
        return {key: decode_value(value) for key, value in fields.items()}
    signature = fields[SIGNATURE].string_value
    if signature == SECRET:
        return Secret(decode_value(fields["value"]))
    if signature == OUTPUT:
        inner = decode_value(fields["value"]) if "value" in fields else UNKNOWN
        return Secret(inner) if "secret" in fields and fields["secret"].bool_value else inner
    if signature == ASSET and "uri" not in fields:
        return Asset(*(fields[key].string_value if key in fields else "" for key in ("text", "path")))
    raise ValueError("assets from the network, archives and resource references are not Kubernetes properties")


def encode(values: dict[str, Any]) -> Struct:
    struct = Struct()
    fill(struct, values)
    return struct


def fill(struct: Struct, values: dict[str, Any]) -> None:
    fields = struct.fields
    for key, value in values.items():
        encode_into(fields[key], value)


def encode_into(target: Value, value: Any) -> None:
    if isinstance(value, str):
        target.string_value = value
    elif isinstance(value, dict):
        target.struct_value.SetInParent()
        fill(target.struct_value, value)
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, (int, float)):
        target.number_value = value
    elif isinstance(value, list):
        target.list_value.SetInParent()
        fill_list(target.list_value, value)
    elif value is None:
        target.null_value = 0
    elif isinstance(value, Secret):
        fields = target.struct_value.fields
        fields[SIGNATURE].string_value = SECRET
        encode_into(fields["value"], value.value)
    elif value is UNKNOWN:
        target.string_value = UNKNOWN_TEXT
    else:
        raise TypeError(f"no property value can be made of {type(value).__name__}")


def fill_list(target: ListValue, items: list[Any]) -> None:
    values = target.values
    for item in items:
        encode_into(values.add(), item)


def reveal(value: Any) -> Any:
    """The value without secret marks, as the API server needs it."""
    if isinstance(value, Secret):
        return reveal(value.value)
    if isinstance(value, dict):
        return {key: reveal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [reveal(item) for item in value]
    return value


def has_secret(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(has_secret, value.values()))
    if isinstance(value, list):
        return any(map(has_secret, value))
    return isinstance(value, Secret)


def has_unknown(value: Any) -> bool:
    if isinstance(value, Secret):
        return has_unknown(value.value)
    if isinstance(value, dict):
        return any(map(has_unknown, value.values()))
    if isinstance(value, list):
        return any(map(has_unknown, value))
    return value is UNKNOWN


def mark_secrets(outputs: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
    """`outputs` with each value secret whose input is, or holds, a secret.

    A list with one secret item becomes secret as a whole: the server may reorder it. The data of a Secret is always
    secret, wherever the object stands.
    """
    marked = dict(outputs)
    for key, given in inputs.items():
        value = marked.get(key)
        if isinstance(given, Secret) and isinstance(given.value, dict) and isinstance(value, dict):
            marked[key] = Secret(value)
        elif isinstance(value, dict) and isinstance(given, dict):
            marked[key] = mark_secrets(value, given)
        elif key in marked and not isinstance(value, Secret) and has_secret(given):
            marked[key] = Secret(value)
    if outputs.get("kind") == "Secret":
        for key in ("data", "stringData"):
            if key in outputs and not isinstance(marked[key], Secret):
                marked[key] = Secret(reveal(marked[key]))
    return marked
