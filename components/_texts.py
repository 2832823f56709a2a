"""Texts that people write into files: read whole, with their line ends, or refused in words; never more than can be taken in."""

import errno
import os
import stat
from pathlib import Path

LARGEST = 8 << 20
"""Bytes; the API server and Git hosts take less, and YAML of this size already takes seconds to read."""
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_REASONS = {
    errno.ENOENT: "is missing",
    errno.EISDIR: "is a directory; allowed: a file",
    errno.ELOOP: "is a link that leads back to itself",
    errno.EACCES: "may not be read by this user",
}


class Unreadable(ValueError):
    """A file or a text that cannot be taken; the message says why, and in which line where it is known."""


def read_text(path: Path) -> str:
    """The text of a file; raises Unreadable."""
    try:
        return decoded(_content(path))
    except OSError as error:
        raise Unreadable(_REASONS.get(error.errno or 0) or error.strerror or str(error)) from None
    except ValueError as error:
        raise error if isinstance(error, Unreadable) else Unreadable("is no path of a file") from None


def read_tree(directory: Path) -> tuple[dict[str, str], list[str]]:
    """Path to text of every file below a directory, hidden ones left out; and a line for each that cannot be read."""
    found: dict[str, str] = {}
    problems: list[str] = []
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory)
        if path.is_dir() or any(part.startswith(".") for part in name.parts):
            continue
        try:
            found[name.as_posix()] = read_text(path)
        except Unreadable as wrong:
            problems.append(f"{path}: {wrong}")
    return found, problems


def decoded(content: bytes) -> str:
    """The text of what was read from a file or a pipe; raises Unreadable."""
    if len(content) > LARGEST:
        raise Unreadable(f"is larger than {LARGEST >> 20} MiB, the most that is read")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Unreadable("is UTF-16: save it as UTF-8" if content[:2] in _UTF_16 else f"is not UTF-8 text: line {line}") from None


def _content(path: Path) -> bytes:
    """At most one byte more than is taken; a device has no end, and opening it may do something."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
        raise Unreadable("is no file")
    with path.open("rb") as stream:
        return stream.read(LARGEST + 1)


def one_line(text: str, longest: int = 600) -> str:
    """A text as it can stand in a line of a refusal: what no terminal shows is escaped, the middle of what is long is left out."""
    shown = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
    return shown if len(shown) <= longest else f"{shown[: longest * 2 // 3]} ... {shown[-longest // 3 :]}"
