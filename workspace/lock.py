"""One run at a time on a checkout's platform."""

import contextlib
import fcntl
import os
from collections.abc import Iterator

from workspace.home import Home
from workspace.progress import Problem


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
