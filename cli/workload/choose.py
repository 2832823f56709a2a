"""`causeway workload choose`: the questions, on a terminal or by options, and the pattern that the answers lead to."""

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import typer
from rich.console import Console

from cli import output
from cli.refusal import Refused
from cli.workload import documents
from components.workload.choice import Answers, Choice, Question, choose, next_question

Ask = Callable[[Question], bool]


def run(given: Answers, as_json: bool) -> int:
    """Ask what the options left open, and print the choice."""
    choice = find(given, prompt if sys.stdin.isatty() else _refuse)
    if as_json:
        output.print_json(_as_json(choice))
    else:
        print_choice(output.console(), choice)
    return 0


def find(given: Answers, ask: Ask) -> Choice:
    """The choice once `ask` has answered every question that still matters; raises Refused for answers that contradict each other."""
    answers = given
    while question := next_question(answers):
        answers = replace(answers, **{question.key: ask(question)})
    try:
        return choose(answers)
    except ValueError as contradiction:
        key, _, reason = str(contradiction).partition(": ")
        raise Refused(f"{_option(key)}: {reason}") from None


def prompt(question: Question) -> bool:
    """Ask on the terminal, beside standard output, which may be JSON for somebody else."""
    return typer.confirm(question.text, default=None, err=True)


def _refuse(question: Question) -> bool:
    raise Refused(f"{question.text} not answered: give {_option(question.key)} or {_option(f'no_{question.key}')}")


def _option(key: str) -> str:
    return f"--{key.replace('_', '-')}"


def print_choice(target: Console, choice: Choice) -> None:
    """The pattern first; then why, and what would change it."""
    output.print_line(target, f"pattern {choice.pattern.value}: {choice.kind}")
    for title, lines in (("Why", choice.reasons), ("What would change it", choice.would_change)):
        output.print_title(target, title)
        for line in lines:
            output.print_line(target, f"  {line}")
    output.print_title(target, "Start with a file of this, and causeway workload render FILE")
    for line in documents.write([choice.start], explicit_start=False).splitlines():
        output.print_line(target, f"  {line}")


def _as_json(choice: Choice) -> dict[str, Any]:
    return {
        "pattern": choice.pattern.value,
        "kind": choice.kind,
        "reasons": list(choice.reasons),
        "wouldChange": list(choice.would_change),
        "start": choice.start,
    }
