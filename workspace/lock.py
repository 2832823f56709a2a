"""One run at a time: on a checkout's platform by a lock of the kernel, on a stack by Pulumi's file, whose owner may be dead."""

import contextlib
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from workspace import processes
from workspace.home import Home
from workspace.progress import Problem

CLOCK_SECONDS = 2.0
"""The kernel tells the start of a process to a second."""


@contextlib.contextmanager
def exclusive(home: Home, what: str) -> Iterator[None]:
    """Hold this checkout's lock for the block; raises Problem naming the run that holds it. Freed by the kernel."""
    home.state.mkdir(parents=True, exist_ok=True)
    with (home.state / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise Problem(f"{file.read().strip() or 'another run'} is running on {home.state}: wait for it or end it") from None
        file.truncate(0)
        file.write(f"{what} (process {os.getpid()})")
        file.flush()
        yield
        file.truncate(0)


@dataclass(frozen=True)
class Holder:
    """Who holds a stack's lock in a file backend; `is_alive` is None where that is another machine."""

    file: Path
    process: int
    user: str
    machine: str
    since: datetime | None
    is_alive: bool | None

    def __str__(self) -> str:
        """`process 4711 (pulumi destroy --yes), since 05:12:03`."""
        command = processes.command(self.process) if self.is_alive else ""
        where = "" if self.is_alive is not None else f" on {self.machine}"
        since = f", since {self.since.astimezone():%Y-%m-%d %H:%M:%S}" if self.since else ""
        return f"process {self.process} of {self.user}{where}{f' ({command})' if command else ''}{since}"


def holders(backend: Path, stack: str = "*") -> list[Holder]:
    """Who holds the locks of `stack` (all stacks where none is named); a lock that goes away while it is read is none.

    Raises Problem for a file that is no lock: whether somebody holds the stack is then not known.
    """
    found = []
    for file in sorted(backend.glob(f".pulumi/locks/**/{stack}/*.json")):
        try:
            found.append(_holder(file, json.loads(file.read_text())))
        except FileNotFoundError:
            continue
        except (ValueError, KeyError, TypeError):
            raise Problem(f"{file}: is no lock that can be read; remove it once no pulumi runs on this stack") from None
    return found


def free(backend: Path, stack: str) -> list[Path]:
    """Take away the locks whose owner on this machine is dead, and return them; raises Problem naming an owner who is not."""
    left = refuse_held(backend, stack)
    for holder in left:
        holder.file.unlink(missing_ok=True)
    return [holder.file for holder in left]


def refuse_held(backend: Path, stack: str) -> list[Holder]:
    """The dead owners of the stack's locks; raises Problem naming an owner who is not dead."""
    found = holders(backend, stack)
    for holder in found:
        if holder.is_alive:
            raise Problem(f"the stack {stack} is in use by {holder}: wait for it, or end it (kill {holder.process}), then run this again")
        if holder.is_alive is None:
            raise Problem(f"the stack {stack} is in use by {holder}: wait for it; once it has ended there: pulumi cancel --stack {stack}")
    return found


def _holder(file: Path, content: dict[str, Any]) -> Holder:
    process, machine = int(content["pid"]), str(content["hostname"])
    since = datetime.fromisoformat(content["timestamp"]) if content.get("timestamp") else None
    alive = processes.is_alive(process) and not _is_another(process, since) if machine == socket.gethostname() else None
    return Holder(file, process, content.get("username") or "an unknown user", machine, since, alive)


def _is_another(process: int, since: datetime | None) -> bool:
    """Whether `process` began after the lock was made: its number was given again, and the owner is dead."""
    began = processes.began(process)
    return began is not None and since is not None and began > since.timestamp() + CLOCK_SECONDS
