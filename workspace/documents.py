"""Files that people write, for commands: whatever is wrong with one is a Problem of one line, its path first."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workspace.progress import Problem

STANDARD_INPUT = "-"


class Unreadable(Problem):
    """A file that a person gave, or wrote where it belongs, and that cannot be taken."""


def read_text(file: str | Path) -> str:
    """The text of a file, its line ends as they are, or of standard input for `-`; raises Unreadable."""
    from components import _texts  # the whole library comes with it, which `--help` need not wait for

    with _named(file):
        if str(file) == STANDARD_INPUT:
            return _texts.decoded(sys.stdin.buffer.read(_texts.LARGEST + 1))
        return _texts.read_text(Path(file))


def parse_yaml(text: str, source: str | Path) -> list[Any]:
    """The documents of a YAML text, empty ones as None; raises Unreadable that names `source` and the line."""
    from components import _yaml

    with _named(source):
        return _yaml.read(text)


def read_mapping(file: str | Path) -> dict[str, Any]:
    """The one mapping of a YAML file, empty for an empty file; raises Unreadable."""
    from components import _yaml

    text = read_text(file)
    with _named(file):
        found = _yaml.read_one(text)
        if not isinstance(found or {}, dict):
            raise ValueError(f"expects a mapping, got {type(found).__name__}")
        return found or {}


def read_config(stack_file: Path) -> dict[str, Any]:
    """The settings of a stack file, or what a project file declares: the mapping below `config`; raises Unreadable."""
    config = read_mapping(stack_file).get("config")
    with _named(stack_file):
        if not isinstance(config or {}, dict):
            raise ValueError(f"config: expects a mapping, got {type(config).__name__}")
        return config or {}


@contextmanager
def _named(file: str | Path) -> Iterator[None]:
    """Put the path, on one line whatever characters it is made of, before what is wrong with its text."""
    try:
        yield
    except ValueError as wrong:
        from components._texts import one_line

        raise Unreadable(one_line(f"{file}: {wrong}")) from None
