"""The layout on disk: reading it whole, writing files of it."""

from collections.abc import Mapping
from pathlib import Path

from cli.refusal import Refused
from components._inputs import Problem
from components._texts import one_line, read_tree
from components.gitops.layout import PROJECTS
from workspace.home import REPOSITORY

NAME = "gitops"


def place(given: Path | None) -> Path:
    """The directory given; else that of the clone one stands in, where it is one of a layout; else this repository's."""
    here = Path(NAME)
    return given or (here if (here / PROJECTS).is_file() else REPOSITORY / NAME)


def read(directory: Path) -> dict[str, str]:
    """Path to text of every file below the directory, line ends as they are; hidden ones are not of the layout.

    Raises Refused with a line for each file that cannot be read.
    """
    if not directory.is_dir():
        raise Refused(f"{directory}: is no directory; fix: causeway gitops init {directory}")
    found, problems = read_tree(directory)
    if problems:
        raise Refused("\n".join(f"{problem}; the layout holds nothing but text" for problem in problems))
    return found


def write(directory: Path, files: Mapping[str, str]) -> list[str]:
    """Write what differs; return the paths written."""
    changed = []
    for name, text in files.items():
        path = directory / name
        if not path.is_file() or path.read_bytes() != text.encode():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
            changed.append(name)
    return changed


def lines(found: list[Problem]) -> str:
    """A line for each problem."""
    return "\n".join(one_line(f"{problem.path}: {problem.reason}" if problem.path else problem.reason) for problem in found)
