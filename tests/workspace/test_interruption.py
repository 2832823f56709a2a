"""A run that is told to end: by Ctrl-C, by CI or a service manager, by a terminal that closes."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from workspace.home import REPOSITORY

pytestmark = pytest.mark.process

GUARDED = """
from rich.console import Console
from workspace.progress import guarded
with guarded(Console(stderr=True), "./scripts/up"):
    print("begun", flush=True)
    print(input())
"""
COMPILING = """
import sys
from pathlib import Path
from rich.console import Console
from workspace.progress import guarded
from local.toolchain import golang
with guarded(Console(stderr=True), "./scripts/up"):
    golang._compile(["sh", "-c", "echo $$; exec sleep 600"], Path("."), lambda _: None)
"""
SECONDS = 30.0


def start(script: str, *ignored: signal.Signals) -> "subprocess.Popen[str]":
    """A run that minds every signal but those `ignored`, whatever the tests' own surroundings do."""

    def prepare() -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)

    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return subprocess.Popen([sys.executable, "-c", script], cwd=REPOSITORY, text=True, preexec_fn=prepare, **pipes)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_run_that_is_told_to_end_says_how_to_go_on(number: signal.Signals) -> None:
    """Item 6: however a run is ended, it cleans up, says in one line what goes on from there, and has exit code 130."""
    run = start(GUARDED)
    assert run.stdout
    assert "begun\n" == run.stdout.readline()
    run.send_signal(number)
    _, said = run.communicate(timeout=SECONDS)

    assert (130, "interrupted: run ./scripts/up again to go on from here\n") == (run.returncode, said)


def test_run_under_nohup_goes_on() -> None:
    """Item 6: a signal that whoever started the run has switched off stays off."""
    run = start(GUARDED, signal.SIGHUP)
    assert run.stdout
    assert "begun\n" == run.stdout.readline()
    run.send_signal(signal.SIGHUP)
    told, said = run.communicate("went on\n", timeout=SECONDS)

    assert (0, "went on\n", "") == (run.returncode, told, said)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_compiler_ends_with_its_run(number: signal.Signals) -> None:
    """Item 10: no build goes on after the run that wanted it, to be in the way of the next."""
    run = start(COMPILING)
    assert run.stdout
    compiler = os.pidfd_open(int(run.stdout.readline()))
    run.send_signal(number)
    run.wait(SECONDS)

    assert [compiler] == select.select([compiler], [], [], SECONDS)[0]
    os.close(compiler)
    run.communicate()


def test_no_process_is_told_what_its_system_does_not_know(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the kernel cannot end a process with its parent, as on macOS, the program is started all the same."""
    monkeypatch.setattr("workspace.processes.IS_LINUX", False)
    monkeypatch.setattr("workspace.processes.LIBC", None)
    from workspace.processes import end_with_parent

    assert 0 == subprocess.run(["true"], cwd=tmp_path, preexec_fn=end_with_parent).returncode
