"""Who still runs, and since when."""

import os
import subprocess
import time
from pathlib import Path

from workspace.processes import began, command, is_alive

NO_PROCESS = 2**22 + 1
"""Above the kernel's largest process id."""


def test_ended_process_that_nobody_waited_for_is_not_alive() -> None:
    """F1: a process that was killed counts as gone at once, also where its parent never asks how it ended."""
    with subprocess.Popen(["true"]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)

        assert not is_alive(child.pid)
        assert is_alive(os.getpid())


def test_process_is_told_by_its_words_and_its_start() -> None:
    """Issue 13, point 5: a run that holds something is named as a person started it, and since when."""
    start = began(os.getpid())

    assert command(os.getpid()).endswith(" ".join(Path("/proc/self/cmdline").read_text().split("\0")[1:-1]))
    assert "/" not in command(os.getpid()).partition(" ")[0]
    assert start is not None
    assert 0 <= time.time() + 1 - start < 24 * 3600
    assert ("", None) == (command(NO_PROCESS), began(NO_PROCESS))
