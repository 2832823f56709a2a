"""Finding known values in text and bytes, in every form that they are likely to have: for the proof that nothing leaks. Pure."""

import base64
import binascii
import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote, quote_plus

DEPTH = 4
"""Layers of base64 and gzip that are opened; Helm's own release data has three."""
PREFIX, MANY = 8, 100
"""Beyond MANY forms to look for, a place is looked at more closely only where the first PREFIX bytes of one stand."""
_BASE64_RUN = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")
_GO_JSON = re.compile("[&<>\u2028\u2029]")
_GZIP = b"\x1f\x8b\x08"


class Leak(NamedTuple):
    """A value, by its name, that was found, and in which form. Never the value itself."""

    name: str
    form: str


def forms(value: str) -> Mapping[str, bytes]:
    """A value as it may be written down: plain, in base64 at its three alignments, hex, URL and JSON."""
    raw = value.encode()
    unescaped = json.dumps(value, ensure_ascii=False)[1:-1]
    written = {
        "plain": raw,
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "url": quote(value, safe="").encode(),
        "form": quote_plus(value).encode(),
        "json": json.dumps(value)[1:-1].encode(),
        "json in UTF-8": unescaped.encode(),
        "json as Go writes it": _GO_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", unescaped).encode(),
    }
    return {**written, **{f"base64+{shift}": _aligned(raw, shift) for shift in range(3)}}


def find(values: Mapping[str, str], content: bytes) -> set[Leak]:
    """The values (name to value) that are in `content`, also below layers of base64 and gzip."""
    wanted = [(Leak(name, form), written) for name, value in values.items() for form, written in forms(value).items()]
    return {leak for layer in _layers(content, DEPTH) for leak, written in _likely(wanted, layer) if written in layer}


def _likely(wanted: list[tuple[Leak, bytes]], layer: bytes) -> list[tuple[Leak, bytes]]:
    """Those of `wanted` whose beginning is in `layer`; all of them where they are few, for then this saves nothing."""
    if len(wanted) <= MANY:
        return wanted
    size = min(PREFIX, *(len(written) for _, written in wanted))
    beginnings = {written[:size] for _, written in wanted}
    there = {piece for start in range(len(layer)) if (piece := layer[start : start + size]) in beginnings}
    return [(leak, written) for leak, written in wanted if written[:size] in there]


def _aligned(raw: bytes, shift: int) -> bytes:
    """The characters of base64 that hold nothing but `raw` when `shift` bytes precede it."""
    text = base64.b64encode(bytes(shift) + raw)
    return text[-(-shift * 8 // 6) : (shift + len(raw)) * 8 // 6]


def _layers(content: bytes, depth: int) -> Iterator[bytes]:
    """The content, and what is packed in it."""
    yield content
    if not depth:
        return
    for start in _starts(content):
        if opened := _inflated(content[start:]):
            yield from _layers(opened, depth - 1)
    for run in set(_BASE64_RUN.findall(content)):
        if (decoded := _decoded(run)) and (decoded.startswith(_GZIP) or _BASE64_RUN.match(decoded)):
            yield from _layers(decoded, depth - 1)


def _starts(content: bytes) -> Iterator[int]:
    position = content.find(_GZIP)
    while position >= 0:
        yield position
        position = content.find(_GZIP, position + 1)


def _inflated(content: bytes) -> bytes:
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(content)
    except (zlib.error, gzip.BadGzipFile):
        return b""


def _decoded(run: bytes) -> bytes:
    plain = run.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    try:
        return base64.b64decode(plain + b"=" * (-len(plain) % 4))
    except binascii.Error:
        return b""
