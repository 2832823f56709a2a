"""`scripts/test` itself: what an interrupt does, and which tests share one platform."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.run import LIVE, PROCESS, QUICK, STEPS, selected
from tests.waiting import eventually
from workspace.home import REPOSITORY

TEARS_DOWN = """
import pathlib, sys, time
begun, ended = map(pathlib.Path, sys.argv[1:])
try:
    begun.touch()
    time.sleep(60)
except KeyboardInterrupt:
    time.sleep(0.5)
    ended.touch()
"""
WAITS = """
import subprocess, sys
from tests.run import wait
wait([subprocess.Popen([sys.executable, "-c", *sys.argv[1:]], process_group=0)])
"""


@pytest.mark.process
def test_an_interrupt_waits_for_the_teardown(tmp_path: Path) -> None:
    """Issue 3, 6: interrupted, the tests take down what they brought up before `scripts/test` ends; it used to kill them at once."""
    begun, ended = tmp_path / "begun", tmp_path / "ended"
    command = [sys.executable, "-c", WAITS, TEARS_DOWN, str(begun), str(ended)]
    with subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True) as running:
        eventually(begun.exists)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=30)

    assert ended.exists()
    assert "interrupted: taking down what the tests brought up" in said


@pytest.mark.process
def test_words_choose_the_steps() -> None:
    """A test of the quick tier named by its path has no other step prepared."""
    assert [True, False, False] == [selected(step, ["tests/cli/test_urls.py"]) for step in STEPS]
    assert [(QUICK,), (PROCESS,)] == list(STEPS[:2])
    assert LIVE in STEPS[2]
