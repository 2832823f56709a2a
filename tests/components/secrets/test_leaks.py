"""The finder of leaks finds a value in every form, and nothing where there is none."""

import base64
import gzip
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from components.secrets.leaks import Leak, find

VALUE = 'canary-4f "ü"/+& 9c0b'
WRITTEN: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "base64 from the first byte": lambda value: base64.b64encode(value.encode()),
    "base64 from the second byte": lambda value: base64.b64encode(b"u" + value.encode() + b"tail"),
    "base64 from the third byte": lambda value: base64.b64encode(b"us" + value.encode() + b"t"),
    "hex": lambda value: value.encode().hex().encode(),
    "hex in capitals": lambda value: value.encode().hex().upper().encode(),
    "URL": lambda value: quote(value, safe="").encode(),
    "form": lambda value: quote_plus(value).encode(),
    "JSON": lambda value: json.dumps({"password": value}).encode(),
    "JSON in UTF-8": lambda value: json.dumps({"password": value}, ensure_ascii=False).encode(),
    "JSON as Go writes it": lambda value: json.dumps({"password": value}, ensure_ascii=False).replace("&", "\\u0026").encode(),
    "gzip": lambda value: gzip.compress(value.encode()),
    "gzip amid bytes": lambda value: b"\x00state\x00" + gzip.compress(value.encode()) + b"\x00",
    "Helm's release data": lambda value: base64.b64encode(base64.b64encode(gzip.compress(json.dumps({"v": value}).encode()))),
    "base64 in base64": lambda value: base64.b64encode(base64.b64encode(value.encode())),
}


@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN)
def test_found(write: Callable[[str], bytes]) -> None:
    """4.13: a leaked value is found in each form, and told by its name."""
    content = b'{"before": "x"} ' + write(VALUE) + b" after"

    assert {"token"} == {leak.name for leak in find({"token": VALUE, "other": "canary-that-is-not-there"}, content)}


def test_found_among_many() -> None:
    """4.13: however many values are looked for, each is found, and only those that are there."""
    values = {str(number): f"canary-{number:03}-{number * 7919}" for number in range(300)}
    content = b" ".join([values["7"].encode(), base64.b64encode(gzip.compress(values["150"].encode()))])

    assert {"7", "150"} == {leak.name for leak in find(values, content)}


def test_nothing_where_nothing_is() -> None:
    """Digests, ciphertext and names of values are no leak."""
    assert set() == find({"token": VALUE}, b"token sha256:" + bytes(range(256)) + base64.b64encode(bytes(range(200))))


def test_a_leak_does_not_tell_the_value() -> None:
    """What a finding shows is safe to print."""
    assert {Leak("token", "plain")} == {leak for leak in find({"token": VALUE}, VALUE.encode()) if leak.form == "plain"}
    assert VALUE not in str(find({"token": VALUE}, VALUE.encode()))
