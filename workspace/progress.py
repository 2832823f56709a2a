"""Live progress for long work: what is being done, for how long, and how far it is; one line a step once it is over."""

import errno
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape

from workspace.processes import interruptible

REMIND_SECONDS = 15.0
"""Without a terminal, a step that takes longer says so again at this interval."""


class Problem(Exception):
    """Something the user can act on: shown as one line, without a traceback."""


class Step:
    """One piece of work under way; `detail` is shown behind its name until the work is over."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.detail = ""
        self.started = time.monotonic()

    def update(self, detail: str) -> None:
        """Show how far the work is, for example `1,240 packages` or `12 of 48 MB`."""
        self.detail = detail

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.started

    def line(self) -> str:
        detail = f"  [dim]{escape(self.detail)}[/dim]" if self.detail else ""
        return f"{escape(self.name)}  [dim]{self.elapsed:.1f} s[/dim]{detail}"


class Progress:
    """Prints steps to `console`: a live line on a terminal, plain lines elsewhere. Keeps each step's time."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(file=sys.stderr, highlight=False, soft_wrap=True)
        self.times: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Show `name` as under way for the length of the block, then as done or failed, with its time in seconds."""
        step = Step(name)
        over = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(step, over), daemon=True)
        watcher.start()
        mark = "[red]✗[/red]"
        try:
            yield step
            mark = "[green]✓[/green]"
        finally:
            over.set()
            watcher.join()
            self.times[name] = step.elapsed
            self.console.print(f"{mark} {step.line()}")

    def say(self, text: str) -> None:
        self.console.print(f"  {escape(text)}")

    def _watch(self, step: Step, over: threading.Event) -> None:
        if self.console.is_terminal:
            with self.console.status(step.line()) as status:
                while not over.wait(0.2):
                    status.update(step.line())
            return
        while not over.wait(REMIND_SECONDS):
            self.console.print(f"… {step.line()}")


@contextmanager
def guarded(console: Console, command: str) -> Iterator[None]:
    """Turn what a user can meet into one line and an exit code: 1 for a problem, 130 for an interruption."""
    try:
        with interruptible():
            yield
    except Problem as problem:
        for line in str(problem).splitlines():
            console.print(f"[red]error:[/red] {escape(line)}")
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        console.print(f"[yellow]interrupted:[/yellow] run {command} again to go on from here")
        raise SystemExit(130) from None
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        console.print(f"[red]error:[/red] {escape(_denied(error))}, then run {command} again")
        raise SystemExit(1) from None


def _denied(error: OSError) -> str:
    """What the system did not do, and what would mend it."""
    if error.errno == errno.ENOSPC:
        return f"the disk is full ({error.filename or 'no file named'}): free some room"
    return f"{error.filename or type(error).__name__}: {error.strerror or error}: mend this"
