"""Files that people write, read so that whatever is wrong with one is one line with its path, and the line where it is known."""

import errno
import os
import stat
import sys
from pathlib import Path
from typing import Any

from components import _yaml
from workspace.progress import Problem

STANDARD_INPUT = "-"
LARGEST = 8 << 20
"""Bytes; the API server and Git hosts take less, and YAML of this size already takes seconds to read."""
_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


class Unreadable(Problem):
    """A file that a person gave, or wrote where it belongs, and that cannot be taken."""


def read_text(file: str | Path) -> str:
    """The text of a file, its line ends as they are, or of standard input for `-`; raises Unreadable."""
    source = str(file)
    try:
        content = sys.stdin.buffer.read(LARGEST + 1) if source == STANDARD_INPUT else _content(Path(file))
    except ValueError:  # a path with a null character
        raise Unreadable(f"{source!r}: is no path of a file") from None
    except OSError as error:
        raise Unreadable(f"{source}: {_reason(error)}") from None
    if len(content) > LARGEST:
        raise Unreadable(f"{source}: is larger than {LARGEST >> 20} MiB, the most that is read")
    if mark := _MARKS.get(content[:2]):
        raise Unreadable(f"{source}: is {mark}: save it as UTF-8")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Unreadable(f"{source}: line {line}: is no UTF-8 text") from None


def read_yaml(file: str | Path) -> list[Any]:
    """The documents of a YAML file, empty ones as None; raises Unreadable."""
    return parse_yaml(read_text(file), str(file))


def parse_yaml(text: str, source: str) -> list[Any]:
    """The documents of a YAML text, empty ones as None; raises Unreadable that names `source` and the line."""
    try:
        return _yaml.read(text)
    except _yaml.Unreadable as wrong:
        raise Unreadable(f"{source}: {wrong}") from None


def read_mapping(file: str | Path) -> dict[str, Any]:
    """The one mapping of a YAML file, empty for an empty file; raises Unreadable."""
    documents = [document for document in read_yaml(file) if document is not None]
    if len(documents) > 1:
        raise Unreadable(f"{file}: holds {len(documents)} documents; allowed: one")
    found = documents[0] if documents else {}
    if not isinstance(found, dict):
        raise Unreadable(f"{file}: expects a mapping, got {type(found).__name__}")
    return found


def _content(path: Path) -> bytes:
    """At most one byte more than is taken; a device has no end, and opening it may do something."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
        raise OSError(errno.EINVAL, "is no file")
    with path.open("rb") as stream:
        return stream.read(LARGEST + 1)


def _reason(error: OSError) -> str:
    reasons = {
        errno.ENOENT: "is missing",
        errno.EISDIR: "is a directory; allowed: a file",
        errno.ELOOP: "is a link that leads back to itself",
        errno.EACCES: "may not be read by this user",
    }
    return reasons.get(error.errno or 0) or error.strerror or str(error)
