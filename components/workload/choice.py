"""Which pattern fits: four questions in order (requirements 3.3), an answer with its reasons, and what would change it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .args import Pattern


@dataclass(frozen=True)
class Answers:
    """What is known about a program; None means "not answered"."""

    ends: bool | None = None
    """Does it end by itself?"""
    on_schedule: bool | None = None
    """Is it to run again and again at set times? Asked only if it ends."""
    needs_identity: bool | None = None
    """Does it need a disk or a name of its own?"""
    one_per_node: bool | None = None
    """Does every node need exactly one?"""
    serves: bool | None = None
    """Does anything connect to it?"""


@dataclass(frozen=True)
class Question:
    """One question of the chooser."""

    key: str
    text: str


@dataclass(frozen=True)
class Choice:
    """The pattern that the answers lead to."""

    pattern: Pattern
    kind: str
    reasons: tuple[str, ...]
    would_change: tuple[str, ...]
    start: Mapping[str, Any]
    """The least that a workload of this pattern says, as an example to begin with."""


QUESTIONS: tuple[Question, ...] = (
    Question("ends", "Does the program end by itself?"),
    Question("on_schedule", "Is it to run at set times?"),
    Question("needs_identity", "Does each copy need a disk or a name of its own?"),
    Question("one_per_node", "Does every node need exactly one copy?"),
    Question("serves", "Does anything connect to it?"),
)
_ENDING = ("ends", "on_schedule")
_LASTING = ("ends", "needs_identity", "one_per_node", "serves")
_KINDS = {
    Pattern.STATELESS: "Deployment, Service and perhaps Ingress",
    Pattern.STATEFUL: "StatefulSet, headless Service and volumes",
    Pattern.WORKER: "Deployment without a Service",
    Pattern.BATCH: "CronJob",
    Pattern.JOB: "Job",
    Pattern.DAEMON: "DaemonSet",
}


def _example(repository: str) -> str:
    """An image that nobody takes for a pin."""
    return f"registry.example.com/{repository}:1.0.0"


_STARTS: dict[Pattern, dict[str, Any]] = {
    Pattern.STATELESS: {"image": _example("orders"), "port": 8080, "ingress": {}},
    Pattern.STATEFUL: {
        "image": _example("database"),
        "port": 5432,
        "readiness": {"command": ["pg_isready"]},
        "storage": {"mount_path": "/var/lib/postgresql/data"},
    },
    Pattern.WORKER: {"image": _example("orders"), "args": ["worker"]},
    Pattern.BATCH: {"image": _example("orders"), "batch": {"schedule": "0 6 * * *", "time_zone": "Etc/UTC"}},
    Pattern.JOB: {"image": _example("orders"), "args": ["migrate"]},
    Pattern.DAEMON: {"image": _example("agent"), "liveness": {"command": ["agent", "alive"]}},
}
_REASONS = {
    ("ends", True): "it ends by itself: a Deployment would start it again for ever and use resources around the clock",
    ("ends", False): "it runs until it is stopped",
    ("on_schedule", True): "it runs at set times, which must neither overlap nor be missed unnoticed",
    ("on_schedule", False): "it runs once, when it is deployed",
    ("needs_identity", True): "each copy keeps a disk or a name: as a Deployment it would lose its data when it moves",
    ("needs_identity", False): "its copies are interchangeable",
    ("one_per_node", True): "every node gets one, also nodes that join later",
    ("one_per_node", False): "the number of copies follows the load, not the nodes",
    ("serves", True): "clients connect to it, so it needs a stable address and no lost request when it is updated",
    ("serves", False): "nothing connects to it: it takes work and must hand it back when it is stopped",
}


def next_question(answers: Answers) -> Question | None:
    """The first question that still matters; None when the answers suffice."""
    return next((question for question in QUESTIONS if question.key in _path(answers) and getattr(answers, question.key) is None), None)


def choose(answers: Answers) -> Choice:
    """The pattern, why, and which other answers would lead elsewhere.

    Raises ValueError where a question is still open, or where answers contradict each other.
    """
    if open_question := next_question(answers):
        raise ValueError(f"{open_question.key}: not answered: {open_question.text}")
    _refuse_contradictions(answers)
    pattern = _pattern(answers)
    asked = _path(answers)
    return Choice(
        pattern=pattern,
        kind=_KINDS[pattern],
        reasons=tuple(_REASONS[key, bool(getattr(answers, key))] for key in asked),
        would_change=tuple(change for key in asked if (change := _change(answers, key, pattern))),
        start={"name": "example", "pattern": pattern.value, **_STARTS[pattern]},
    )


def _path(answers: Answers) -> tuple[str, ...]:
    """The questions that matter, given the answers so far: an answer that settles the matter ends the path."""
    if answers.ends:
        return _ENDING
    if answers.needs_identity:
        return _LASTING[:2]
    return _LASTING[:3] if answers.one_per_node else _LASTING


def _pattern(answers: Answers) -> Pattern:
    if answers.ends:
        return Pattern.BATCH if answers.on_schedule else Pattern.JOB
    if answers.needs_identity:
        return Pattern.STATEFUL
    if answers.one_per_node:
        return Pattern.DAEMON
    return Pattern.STATELESS if answers.serves else Pattern.WORKER


def _change(answers: Answers, key: str, pattern: Pattern) -> str | None:
    """What the opposite answer to one question would lead to, as far as that is known."""
    question = next(question.text for question in QUESTIONS if question.key == key)
    opposite = Answers(**{**vars(answers), key: not getattr(answers, key)})
    said = "yes" if getattr(opposite, key) else "no"
    if next_question(opposite):
        return f"'{question}' {said}: then more would have to be asked"
    other = _pattern(opposite)
    return None if other is pattern else f"'{question}' {said}: pattern '{other.value}' ({_KINDS[other]})"


def _refuse_contradictions(answers: Answers) -> None:
    if answers.ends and answers.needs_identity:
        raise ValueError(
            "needs_identity: a program that ends keeps nothing: let it write to a stateful workload, or say that it does not end"
        )
    if answers.ends and answers.serves:
        raise ValueError("serves: nobody can rely on connecting to a program that ends: say that it does not end")
    if answers.needs_identity and answers.one_per_node:
        raise ValueError("one_per_node: a node's copy has no disk or name that follows it: keep one of the two")
    if answers.ends is False and answers.on_schedule:
        raise ValueError("on_schedule: a program that does not end cannot start again: say that it ends")
