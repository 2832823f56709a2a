"""The layout on disk: reading it whole, writing files of it."""

from collections.abc import Mapping
from pathlib import Path

from cli.refusal import Refused
from components._inputs import Problem
from components.gitops.layout import PROJECTS
from workspace.home import REPOSITORY

NAME = "gitops"


def place(given: Path | None) -> Path:
    """The directory given; else that of the clone one stands in, where it is one of a layout; else this repository's."""
    here = Path(NAME)
    return given or (here if (here / PROJECTS).is_file() else REPOSITORY / NAME)


def read(directory: Path) -> dict[str, str]:
    """Path to text of every file below the directory; hidden ones are not of the layout."""
    if not directory.is_dir():
        raise Refused(f"{directory}: is no directory; fix: causeway gitops init {directory}")
    paths = sorted(path for path in directory.rglob("*") if path.is_file())
    found: dict[str, str] = {}
    for path in paths:
        name = path.relative_to(directory)
        if any(part.startswith(".") for part in name.parts):
            continue
        try:
            found[name.as_posix()] = path.read_text()
        except UnicodeDecodeError:
            raise Refused(f"{path}: is no UTF-8 text, and the layout holds nothing else") from None
    return found


def write(directory: Path, files: Mapping[str, str]) -> list[str]:
    """Write what differs; return the paths written."""
    changed = []
    for name, text in files.items():
        path = directory / name
        if not path.is_file() or path.read_text() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            changed.append(name)
    return changed


def lines(found: list[Problem]) -> str:
    """A line for each problem."""
    return "\n".join(f"{problem.path}: {problem.reason}" if problem.path else problem.reason for problem in found)
