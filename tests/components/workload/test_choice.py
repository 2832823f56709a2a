"""The chooser: every path through the questions, its reasons, and what would change the answer."""

import pytest

from components.workload import render
from components.workload.args import Pattern
from components.workload.choice import Answers, choose, next_question

PATHS: dict[str, tuple[Answers, Pattern]] = {
    "A nightly report should be a batch.": (Answers(ends=True, on_schedule=True), Pattern.BATCH),
    "A migration should be a job.": (Answers(ends=True, on_schedule=False), Pattern.JOB),
    "A database should be stateful.": (Answers(ends=False, needs_identity=True), Pattern.STATEFUL),
    "A log shipper should be a daemon.": (Answers(ends=False, needs_identity=False, one_per_node=True), Pattern.DAEMON),
    "A web API should be stateless.": (Answers(ends=False, needs_identity=False, one_per_node=False, serves=True), Pattern.STATELESS),
    "A queue consumer should be a worker.": (Answers(ends=False, needs_identity=False, one_per_node=False, serves=False), Pattern.WORKER),
}
CONTRADICTIONS: dict[str, tuple[Answers, str]] = {
    "A run that keeps a disk should be refused.": (Answers(ends=True, on_schedule=True, needs_identity=True), "needs_identity"),
    "A run that serves should be refused.": (Answers(ends=True, on_schedule=False, serves=True), "serves"),
    "A database on every node should be refused.": (Answers(ends=False, needs_identity=True, one_per_node=True), "one_per_node"),
    "A server on a schedule should be refused.": (Answers(ends=False, on_schedule=True, needs_identity=True), "on_schedule"),
}


@pytest.mark.parametrize(("answers", "pattern"), PATHS.values(), ids=PATHS)
def test_choice(answers: Answers, pattern: Pattern) -> None:
    """3.01: the answers lead to the pattern, with a reason for each question that was asked."""
    choice = choose(answers)

    assert pattern is choice.pattern
    assert len([answer for answer in vars(answers).values() if answer is not None]) == len(choice.reasons)


@pytest.mark.parametrize(("answers", "pattern"), PATHS.values(), ids=PATHS)
def test_start(answers: Answers, pattern: Pattern) -> None:
    """3.01: what an answer gives to begin with is a workload of that pattern as it stands."""
    inputs = dict(choose(answers).start)

    assert pattern.value == inputs["pattern"]
    assert render(inputs.pop("name"), inputs)


def test_what_would_change_the_answer() -> None:
    """3.01: the one other answer that leads elsewhere is named with where it leads."""
    choice = choose(PATHS["A web API should be stateless."][0])

    assert "'Does anything connect to it?' no: pattern 'worker' (Deployment without a Service)" in choice.would_change


@pytest.mark.parametrize(("answers", "key"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_contradictions(answers: Answers, key: str) -> None:
    """Answers that cannot both be true are refused by the question's name."""
    with pytest.raises(ValueError, match=f"^{key}: "):
        choose(answers)


def test_questions_are_asked_in_order() -> None:
    """3.3: a question that no longer matters is not asked."""
    first = next_question(Answers())
    after = next_question(Answers(ends=True))

    assert first is not None
    assert after is not None
    assert ("ends", "on_schedule") == (first.key, after.key)
    assert next_question(Answers(ends=True, on_schedule=False)) is None


def test_open_question_is_refused() -> None:
    """Without an answer nothing is guessed."""
    with pytest.raises(ValueError, match="serves: not answered"):
        choose(Answers(ends=False, needs_identity=False, one_per_node=False))
