"""`causeway workload choose` from outside: by options, on a terminal, and where nobody can be asked."""

import json
import os
import pty
import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner, Result

from cli.app import app
from cli.workload import choose
from components.workload.choice import QUESTIONS, Answers
from workspace.home import REPOSITORY

WORKER = ("--no-ends", "--no-needs-identity", "--no-one-per-node", "--no-serves")


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["workload", "choose", *words], prog_name="causeway")


def test_by_options() -> None:
    """3.01: with every answer given, the pattern, the reasons and what would change it are printed."""
    lines = run(*WORKER).stdout.splitlines()

    assert "pattern worker: Deployment without a Service" == lines[0]
    assert {"Why", "What would change it"} <= set(lines)
    assert ["  name: example", "  pattern: worker"] == lines[
        lines.index("Start with a file of this, and causeway workload render FILE") + 1 :
    ][:2]


def test_json_as_documented() -> None:
    """The JSON has the keys that docs/cli.md shows, and its example is a true answer."""
    text = (REPOSITORY / "docs" / "cli.md").read_text()
    example = re.search(r"## workload choose\n.*?```json\n(.*?)```", text, re.DOTALL)
    answer = json.loads(run(*WORKER, "--json").stdout)

    assert example
    shown = json.loads(example.group(1))
    assert (list(shown), shown["pattern"], shown["kind"]) == (list(answer), answer["pattern"], answer["kind"])
    assert set(shown["reasons"]) <= set(answer["reasons"])
    assert set(shown["wouldChange"]) <= set(answer["wouldChange"])
    assert shown["start"] == answer["start"]


@pytest.mark.parametrize("as_json", [[], ["--json"]], ids=["text", "json"])
def test_nobody_to_ask(as_json: list[str]) -> None:
    """3.01: without a terminal an open question is one line that names its options, and exit code 2."""
    result = run("--no-ends", *as_json)

    message = "Does each copy need a disk or a name of its own? not answered: give --needs-identity or --no-needs-identity"
    assert (2, [f"error: {message}"]) == (result.exit_code, result.stderr.splitlines())
    assert ({"error": message} if as_json else None) == (json.loads(result.stdout) if result.stdout else None)


def test_contradiction() -> None:
    """Answers that cannot both be true are one line that names the option, and exit code 2."""
    result = run("--ends", "--on-schedule", "--serves")

    assert (2, 1) == (result.exit_code, len(result.stderr.splitlines()))
    assert result.stderr.startswith("error: --serves: nobody can rely on")


def test_asked_only_what_matters() -> None:
    """3.3: the questions are asked in order, and none that no longer matters."""
    asked: list[str] = []
    choice = choose.find(Answers(), lambda question: bool(asked.append(question.key)) or question.key != "ends")

    assert (["ends", "needs_identity"], "stateful") == (asked, choice.pattern.value)


@pytest.mark.process
def test_on_a_terminal() -> None:
    """3.01: on a terminal what is open is asked there, a slip is asked again, and standard output has the answer alone."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "cli", "workload", "choose", "--json"]
    with subprocess.Popen(command, cwd=REPOSITORY, stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        os.close(slave)
        os.write(master, b"y\nperhaps\nn\n")
        stdout, stderr = process.communicate(timeout=60)
    os.close(master)

    assert (0, "job") == (process.returncode, json.loads(stdout)["pattern"])
    assert (1, 2) == tuple(stderr.count(question.text) for question in QUESTIONS[:2])


@pytest.mark.process
def test_stopped_at_a_question() -> None:
    """Whoever leaves a question open with Ctrl-D gets one line and no traceback."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "cli", "workload", "choose"]
    with subprocess.Popen(command, cwd=REPOSITORY, stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        os.close(slave)
        os.write(master, b"\x04")
        _, stderr = process.communicate(timeout=60)
    os.close(master)

    assert (1, "error: stopped before its end") == (process.returncode, stderr.splitlines()[-1])


def test_options_are_the_questions() -> None:
    """Every question is an option, with the question as its help, so that neither can drift."""
    text = " ".join(CliRunner().invoke(app, ["workload", "choose", "--help"], env={"COLUMNS": "200"}).stdout.split())

    assert all(f"--{question.key.replace('_', '-')}" in text and question.text in text for question in QUESTIONS)


def test_unknown_subcommand() -> None:
    """A misspelt command is answered with the commands of its own group."""
    result = CliRunner().invoke(app, ["workload", "chose"], prog_name="causeway")

    assert (2, 1) == (result.exit_code, len(result.stderr.splitlines()))
    assert "allowed: choose" in result.stderr
