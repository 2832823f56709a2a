"""What a long run shows where there is no terminal: a line a step, and a reminder while one takes long."""

from io import StringIO

import pytest
from rich.console import Console

from workspace import progress
from workspace.progress import Progress

Shown = tuple[Progress, StringIO]


@pytest.fixture
def shown() -> Shown:
    said = StringIO()
    return Progress(Console(file=said, soft_wrap=True, width=40)), said


def test_step_that_is_done(shown: Shown) -> None:
    """Item 1: a step has its name, its time and how far it came, on one line and as it is written, markup or not."""
    steps, said = shown
    with steps.step("image [shop]: building") as step:
        step.update("12 of [48] MB, a detail that is wider than this terminal")
    steps.say("cluster: [local]")

    first, second = said.getvalue().splitlines()
    assert first.startswith("✓ image [shop]: building  0.")
    assert first.endswith(" s  12 of [48] MB, a detail that is wider than this terminal")
    assert second == "  cluster: [local]"
    assert ["image [shop]: building"] == list(steps.times)


def test_step_that_fails(shown: Shown) -> None:
    """Item 1: a step that fails is marked, with its time, whatever ended it."""
    steps, said = shown
    with pytest.raises(KeyboardInterrupt), steps.step("building"):
        raise KeyboardInterrupt

    assert said.getvalue().startswith("✗ building  0.")


def test_step_that_takes_long(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 1: a log shows now and then that a step is still under way, and how far it is."""
    steps, said = shown
    monkeypatch.setattr(progress, "REMIND_SECONDS", 0.001)
    with steps.step("building") as step:
        step.update("7 packages")
        while "7 packages" not in said.getvalue():
            pass

    reminders = [line for line in said.getvalue().splitlines() if line.startswith("… building  0.")]
    assert reminders
    assert reminders[-1].endswith("  7 packages")
