"""Running one command and knowing what it took: wall time, processor time, memory, bytes written."""

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workspace.progress import Problem

SAMPLE_SECONDS = 0.05
BLOCK = 512
"""Bytes in a unit of `ru_oublock`."""


@dataclass(frozen=True)
class Cost:
    """What a command and the processes that it waited for took.

    `memory` is the peak of the resident memory of all its processes together in MiB, and `parts` that peak's share of
    each program; both are there only when the run was watched.
    """

    seconds: float
    processor_seconds: float
    written_bytes: int
    largest_process_mib: float
    memory: float = 0.0
    parts: dict[str, float] = field(default_factory=dict)


def run(command: Sequence[str], environment: Mapping[str, str], folder: Path, watched: bool = False) -> Cost:
    """Run `command` to its end; raises Problem with what it said when it fails. An interruption ends all of it."""
    with tempfile.TemporaryFile("w+") as said:
        started = time.monotonic()
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
        )
        watch = Watch(process.pid)
        if watched:
            watch.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        finally:
            watch.over.set()
        seconds = time.monotonic() - started
        if process.returncode:
            said.seek(0)
            raise Problem(f"`{' '.join(command[:3])}` ended with code {process.returncode}: {complaint(said.read())}")
    return Cost(
        seconds=seconds,
        processor_seconds=usage.ru_utime + usage.ru_stime,
        written_bytes=usage.ru_oublock * BLOCK,
        largest_process_mib=usage.ru_maxrss / 1024,
        memory=watch.peak,
        parts=watch.parts,
    )


def complaint(text: str) -> str:
    """What a failed command said was wrong, in one line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " / ".join(dict.fromkeys(line for line in lines if "error" in line.lower())) or (lines or ["no message"])[-1]


class Watch(threading.Thread):
    """Samples the resident memory of a process and its descendants until `over` is set."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.root = root
        self.over = threading.Event()
        self.peak = 0.0
        self.parts: dict[str, float] = {}

    def run(self) -> None:
        while not self.over.wait(SAMPLE_SECONDS):
            parts = resident(self.root)
            if sum(parts.values()) > self.peak:
                self.peak, self.parts = sum(parts.values()), parts


def resident(root: int) -> dict[str, float]:
    """MiB by program of `root` and all that descends from it."""
    parts: dict[str, float] = {}
    waiting = [root]
    while waiting:
        process = waiting.pop()
        try:
            pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
            command = Path(f"/proc/{process}/cmdline").read_text()
            for thread in Path(f"/proc/{process}/task").iterdir():
                waiting.extend(map(int, (thread / "children").read_text().split()))
        except (OSError, ValueError, IndexError):
            continue  # it ended while we looked
        name = role(command)
        parts[name] = parts.get(name, 0.0) + pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    return parts


def role(command: str) -> str:
    """What a process of a run is, from its command line."""
    roles = {"language_exec": "program", "language_python": "language host", "plugins/kubernetes": "provider", "kubectl": "kubectl"}
    return next((name for part, name in roles.items() if part in command), "engine")
