"""The commands that README and docs name, and those that tests start: read out of both, so that no list has to be kept."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tests.stacks.program import REPOSITORY

PAGES = sorted([REPOSITORY / "README.md", *(REPOSITORY / "docs").rglob("*.md"), *(REPOSITORY / "components").glob("*/README.md")])
TESTS = sorted(path for path in (REPOSITORY / "tests").rglob("*.py") if not path.is_relative_to(REPOSITORY / "tests" / "contract"))
WHICH = {"--stack"}
"""Options that say which stack: a test's has one."""
_BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_START = re.compile(r"(?:^|[;&|(]|eval \"\$\()\s*((?:\./scripts/\w+|causeway|pulumi)(?= |$|\)).*)")
_END = re.compile(r" #| [&|;] | && |; |\)")
SHELLS = ("script", "shell", "output", "run", "engine", "command", "Popen")
"""Functions of the tests that start what they are given."""
_WORD = re.compile(r"[a-z][a-z-]*")


@dataclass(frozen=True, order=True)
class Command:
    """A program, what it is told to do, and its options; values are left out."""

    program: str
    words: tuple[str, ...]
    options: frozenset[str]

    def __str__(self) -> str:
        return " ".join((self.program, *self.words, *sorted(self.options)))

    def is_run_by(self, other: "Command") -> bool:
        """Whether somebody who runs `other` runs this too."""
        return self.program == other.program and self.words == other.words[: len(self.words)] and self.options <= other.options


def read(text: str) -> Command:
    """A command as it is typed; what a page has in square brackets counts as given."""
    program, *rest = re.sub(r"[\[\]'\"]|\.\.\.", " ", text).split()
    words: list[str] = []
    for word in rest:
        if word.startswith("-") or not _WORD.fullmatch(word):
            break
        words.append(word)
    options = {word.partition("=")[0] for word in rest if re.match(r"--[a-z]", word)} - WHICH
    return Command(program, () if program.startswith("./") else tuple(words), frozenset(options))


def named(text: str) -> Iterator[str]:
    """The commands in a page's blocks and inline code, as they are typed."""
    lines = [line for block in _BLOCK.findall(text) for line in block.splitlines()]
    lines += re.findall(r"`([^`\n]+)`", _BLOCK.sub("", text))
    for line in lines:
        yield from commands(line)


def commands(line: str) -> Iterator[str]:
    """The commands in a line of shell."""
    found = _START.search(line)
    if found and not found[1].endswith(("...", "work")):
        yield _END.split(found[1].replace("\\|", "/"))[0].strip()
        yield from commands(line[found.start(1) + 3 :])


@cache
def documented() -> dict[str, str]:
    """Each command that a page names, to the first page."""
    found: dict[str, str] = {}
    for page in PAGES:
        for text in named(page.read_text()):
            found.setdefault(text, str(page.relative_to(REPOSITORY)))
    return found


@cache
def started() -> dict[Command, str]:
    """Each command that a test starts, as far as its source shows it, to the first file."""
    found: dict[Command, str] = {}
    for path in TESTS:
        for text in _calls(ast.parse(path.read_text()), is_live="live" in path.parts):
            found.setdefault(read(text), str(path.relative_to(REPOSITORY)))
    return found


def _calls(tree: ast.Module, is_live: bool) -> Iterator[str]:
    """Commands that a test starts: a list or tuple that begins with the program, `script("up", ...)`, lines given to a shell.

    A live test has its lines of shell in constants too, which stand for themselves.
    """
    for node in ast.walk(tree):
        words = _texts(node.elts) if isinstance(node, ast.List | ast.Tuple) else []
        if is_live and isinstance(node, ast.Constant | ast.JoinedStr):
            for line in _text(node).splitlines():
                yield from commands(line)
        if isinstance(node, ast.Call) and _name(node.func) in SHELLS:
            for inner in ast.walk(node):
                for line in _text(inner).splitlines():
                    yield from commands(line)
            words = _texts(node.args)
            if _name(node.func) == "script" and words:
                yield " ".join((f"./scripts/{words[0]}", *words[1:]))
        if words and re.fullmatch(r"pulumi|\./scripts/\w+", words[0]):
            yield " ".join(words)


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", "") or getattr(function, "id", "")


def _texts(nodes: list[ast.expr]) -> list[str]:
    return [_text(node) or "X" for node in nodes]


def _text(node: ast.AST) -> str:
    """A text of the source, X for what only a run knows; a path below the repository as somebody would type it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "X" for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        path = f"{_text(node.left) or '.'}/{_text(node.right)}".removeprefix("./")
        return f"./{path}" if path.startswith("scripts") else path
    return ""
