"""The helps of `causeway` and its groups, and its version, from outside."""

import re
import tomllib

import pytest
from typer.testing import CliRunner

from cli.app import app
from workspace.home import REPOSITORY

GROUPS = ((), ("dashboards",), ("gitops",), ("secrets",), ("workload",))


def help_of(*words: str) -> str:
    """What `--help` prints on a terminal of 80 columns."""
    result = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "80"}, prog_name="causeway")
    assert 0 == result.exit_code
    return result.stdout


def rows(text: str) -> dict[str, str]:
    """Each command of a group with its summary."""
    return dict(re.findall(r"^  ([a-z-]+) {2,}(.*)$", text.partition("Commands:\n")[2], re.MULTILINE))


def test_every_group_is_looked_at() -> None:
    """A new group of commands is looked at here too."""
    groups = {name for name in rows(help_of()) if "COMMAND [ARGS]" in help_of(name)}

    assert set(GROUPS) == {(), *((name,) for name in groups)}


@pytest.mark.parametrize("words", GROUPS, ids=" ".join)
def test_summaries_are_whole_sentences(words: tuple[str, ...]) -> None:
    """A command's summary is a sentence to its full stop, none cut by the edge of a terminal."""
    summaries = rows(help_of(*words))

    assert summaries
    assert {} == {name: summary for name, summary in summaries.items() if not re.search(r"[^.]\.$", summary)}


def test_version() -> None:
    """`--version` is that of pyproject.toml; it needs no command and no platform."""
    version = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["version"]
    result = CliRunner().invoke(app, ["--version"], prog_name="causeway")

    assert (0, f"causeway {version}\n") == (result.exit_code, result.stdout)
