"""Printing: aligned columns on a terminal, the same as plain text elsewhere, or JSON."""

import json
import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

Cell = str | Text
NARROW = 100
"""Columns of a terminal below which a table leaves out what can be spared."""


def console() -> Console:
    """Standard output: colour on a terminal only, and there only without NO_COLOR."""
    return Console(highlight=False)


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    json.dump(value, sys.stdout, indent=2)
    print()


def is_narrow(target: Console) -> bool:
    return target.is_terminal and target.width < NARROW


def print_table(target: Console, header: Sequence[str], rows: Sequence[Sequence[Cell]], wrap: Sequence[str] = ()) -> None:
    """Aligned columns; a terminal wraps what is too long in the columns `wrap`, anything else gets a row on one line."""
    if target.is_terminal:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for title in header:
            table.add_column(title.upper(), no_wrap=title not in wrap, overflow="fold")
        for row in rows:
            table.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
        target.print(table)
        return
    lines = [[title.upper() for title in header], *([str(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print_line(target, "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def print_line(target: Console, line: Cell = "") -> None:
    """One line as it is, never broken: a command or an address can be copied whole."""
    target.print(line if isinstance(line, Text) else Text(line), soft_wrap=True)


def print_title(target: Console, title: str) -> None:
    print_line(target)
    print_line(target, Text(title, style="bold"))
