"""Rules over the program's own files: sizes, purity, where settings and versions are read, links that resolve."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.stacks.program import REPOSITORY

ROOTS = ("components", "platforms", "policy", "stack")
FILES = sorted(path for root in ROOTS for path in (REPOSITORY / root).rglob("*.py") if ".venv" not in path.parts)
PROGRAM = [*FILES, REPOSITORY / "__main__.py"]
OTHERS = ("cli", "local", "services", "stand_ins", "tests", "workspace")
SIZED = [*PROGRAM, *sorted(path for root in OTHERS for path in (REPOSITORY / root).rglob("*.py"))]
COMPONENT_FILES = [path for path in FILES if path.is_relative_to(REPOSITORY / "components")]
DOCUMENTS = sorted([*(REPOSITORY / "components").rglob("*.md"), *(REPOSITORY / "docs").rglob("*.md"), *REPOSITORY.glob("*.md")])
# Wiring registers resources or handles Outputs; everything else in a component is data to data.
WIRING = {
    "_inputs.py", "_kit.py", "access.py", "args.py", "component.py", "parts.py",
    "secrets/values.py", "patterns/containers.py", "patterns/pod.py",
}  # fmt: skip
PURE = [path for path in COMPONENT_FILES if not any(path.match(wiring) for wiring in WIRING)]


def _name(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def test_file_size() -> None:
    """No file has more than 400 lines, the program itself no more than 80: tests, stand-ins and services no less than components."""
    lines = {path: len(path.read_text().splitlines()) for path in SIZED}

    assert not [_name(path) for path, count in lines.items() if count > (80 if path == REPOSITORY / "__main__.py" else 400)]


def test_function_size() -> None:
    """No function has more than 70 lines."""
    functions = [
        (path, node) for path in SIZED for node in ast.walk(_tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]

    assert not [f"{_name(path)}: {node.name}" for path, node in functions if (node.end_lineno or 0) - node.lineno >= 70]


@pytest.mark.parametrize("path", PURE, ids=_name)
def test_pure_modules_do_not_import_pulumi(path: Path) -> None:
    """What is computed is computed without the engine."""
    assert not [name for name in _imports(path) if name.partition(".")[0].startswith("pulumi")]


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.relative_to(REPOSITORY).as_posix() not in ("stack/settings.py", "stack/state.py")], ids=_name
)
def test_only_settings_read_config(path: Path) -> None:
    """No component, platform or part reads configuration or environment."""
    text = path.read_text()

    assert "pulumi.Config" not in text
    assert "os.environ" not in text


@pytest.mark.parametrize("path", COMPONENT_FILES, ids=_name)
def test_components_know_no_target(path: Path) -> None:
    """No component compares anything with the name of a target."""
    compared = [
        node.value
        for comparison in ast.walk(_tree(path))
        if isinstance(comparison, ast.Compare | ast.Match)
        for node in ast.walk(comparison)
        if isinstance(node, ast.Constant)
    ]

    assert not {"minikube", "eks", "gke"} & set(compared)


@pytest.mark.parametrize("path", PROGRAM, ids=_name)
def test_no_pins_in_code(path: Path) -> None:
    """Images and their versions are in versions.json only."""
    literals = [node.value for node in ast.walk(_tree(path)) if isinstance(node, ast.Constant) and isinstance(node.value, str)]

    assert not [text for text in literals if re.fullmatch(r"[a-z0-9./-]+:v?\d+\.\d+(\.\d+)?", text)]


@pytest.mark.parametrize("path", PROGRAM, ids=_name)
def test_every_module_and_class_says_what_it_is(path: Path) -> None:
    """A reader knows a file by its first line, and a class by its own."""
    tree = _tree(path)

    assert ast.get_docstring(tree)
    assert all(ast.get_docstring(node) for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=_name)
def test_links_resolve(path: Path) -> None:
    """A link to a file of this repository leads to a file of this repository."""
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text()) if "://" not in target]

    assert not [target for target in targets if target and not (path.parent / target).exists()]


def test_code_names_documents_that_exist() -> None:
    """A decision that a docstring points to can be read."""
    named = {match for path in PROGRAM for match in re.findall(r"docs/adr/(\d{4})", path.read_text())}
    there = {path.name[:4] for path in (REPOSITORY / "docs/adr").glob("*.md")}

    assert named <= there
