"""Processes of other runs, which a file names, and of this one, which may be told to end."""

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)
IS_LINUX = sys.platform == "linux"
ENDINGS = (signal.SIGTERM, signal.SIGHUP)
"""What a person's terminal, a service manager and CI end a run with, besides SIGINT."""


def end_with_parent() -> None:
    """Have the kernel kill this process when its parent dies; for `preexec_fn`. Other systems than Linux know no such thing."""
    if IS_LINUX:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@contextmanager
def interruptible() -> Iterator[None]:
    """Have SIGTERM and SIGHUP interrupt the block as Ctrl-C does, so that it ends as well; one that is ignored stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours = [number for number in ENDINGS if signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def is_alive(process: int) -> bool:
    """Whether `process` runs on this machine. One that has ended but that nobody has waited for does not."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][:1]
    except OSError:
        # Not Linux, or gone between the two looks; the next look tells.
        return not Path("/proc/self").exists()
    return state not in ("Z", "X")


def command(process: int) -> str:
    """The words that `process` was started with, the program without its folder; "" where the system does not tell."""
    with suppress(OSError):
        program, *words = Path(f"/proc/{process}/cmdline").read_text(errors="replace").rstrip("\0").split("\0")
        return " ".join([Path(program).name, *words])
    return ""


def began(process: int) -> float | None:
    """When `process` was started, in seconds since 1970 and right to a second; None where the system does not tell."""
    with suppress(OSError, ValueError, StopIteration):
        ticks = int(Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()[19])
        booted = next(int(line.split()[1]) for line in Path("/proc/stat").read_text().splitlines() if line.startswith("btime "))
        return booted + ticks / os.sysconf("SC_CLK_TCK")
    return None
