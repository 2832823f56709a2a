"""One run at a time on a checkout, and on a stack."""

import json
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from workspace import processes
from workspace.home import Home
from workspace.lock import exclusive, free, holders
from workspace.progress import Problem


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "state", tmp_path / "cache", "test")


def test_second_run_is_told_of_the_first(home: Home) -> None:
    """Item 6: at the same time the second says which run is under way, with its process; the first goes on."""
    with (
        exclusive(home, "./scripts/up"),
        pytest.raises(Problem, match=r"^\./scripts/up \(process \d+\) is running on"),
        exclusive(home, "x"),
    ):
        pytest.fail("two runs at once")


def test_next_run_finds_the_lock_free(home: Home) -> None:
    """Item 6: however a run ended, the next one begins, and is the one that is named."""
    with pytest.raises(KeyboardInterrupt), exclusive(home, "./scripts/up with a long name"):
        raise KeyboardInterrupt
    with exclusive(home, "./scripts/down"), pytest.raises(Problem, match=r"^\./scripts/down \(process \d+\) is"), exclusive(home, "x"):
        pytest.fail("two runs at once")


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def lock(backend: Path, name: str, process: int, machine: str = "", since: datetime | None = None, stack: str = "minikube") -> Path:
    """A lock as the engine writes it."""
    file = backend / ".pulumi" / "locks" / "organization" / "causeway" / stack / f"{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    content = {"pid": process, "username": "ann", "hostname": machine or socket.gethostname()}
    file.write_text(json.dumps(content | ({"timestamp": since.isoformat()} if since else {})))
    return file


@pytest.fixture
def dead() -> Iterator[int]:
    """A process that has ended, and that nobody has waited for."""
    with subprocess.Popen(["true"]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        yield child.pid


def test_lock_of_a_dead_owner_is_taken_away(tmp_path: Path, dead: int) -> None:
    """F1 and issue 13, point 5: a lock goes with the process that held it; another stack's stays as it is."""
    left, other = lock(tmp_path, "left", dead), lock(tmp_path, "other", dead, stack="gke")

    assert [left] == free(tmp_path, "minikube")
    assert [False, True] == [left.exists(), other.exists()]


def test_lock_whose_process_number_was_given_again_is_taken_away(tmp_path: Path) -> None:
    """Issue 13, point 5: a process that began after the lock was made is not its owner."""
    left = lock(tmp_path, "left", os.getpid(), since=LONG_AGO)

    assert [left] == free(tmp_path, "minikube")


def test_live_owner_is_named(tmp_path: Path, dead: int) -> None:
    """Issue 13, point 5: who is at work is told, with the command and since when; no lock is touched meanwhile."""
    left = lock(tmp_path, "a-left", dead)
    since = datetime.now(UTC)
    held = lock(tmp_path, "held", os.getpid(), since=since)
    told = f"process {os.getpid()} of ann ({processes.command(os.getpid())}), since {since.astimezone():%Y-%m-%d %H:%M:%S}"
    expected = f"the stack minikube is in use by {told}: wait for it, or end it (kill {os.getpid()}), then run this again"

    with pytest.raises(Problem, match=f"^{re.escape(expected)}$"):
        free(tmp_path, "minikube")
    assert left.exists()
    assert held.exists()


def test_owner_on_another_machine_is_left_alone(tmp_path: Path, dead: int) -> None:
    """Issue 13, point 5: of a process elsewhere nothing is known from here."""
    held = lock(tmp_path, "held", dead, machine="elsewhere")

    with pytest.raises(Problem, match=rf"process {dead} of ann on elsewhere: wait for it; once it has ended there: pulumi cancel"):
        free(tmp_path, "minikube")
    assert held.exists()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"pid": "x", "hostname": "y"}'])
def test_file_that_is_no_lock_is_named(tmp_path: Path, text: str) -> None:
    """Issue 13, point 3: a lock that cannot be read is not "no lock"; the engine would end on it in a riddle."""
    file = lock(tmp_path, "broken", 1)
    file.write_text(text)

    with pytest.raises(Problem, match=rf"^{file}: is no lock that can be read; remove it once no pulumi runs"):
        holders(tmp_path)
