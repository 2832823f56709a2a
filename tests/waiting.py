"""Waiting for a condition instead of sleeping."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
PATIENCE = 60.0
"""Seconds after which a condition counts as never coming true; far above what an idle machine takes."""
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.2


def eventually(look: Callable[[], Found | None], seconds: float = PATIENCE) -> Found:
    """What `look` finds, asked again until it is something; after `seconds` it fails, with what `look` last complained about."""
    deadline, pause = time.monotonic() + seconds, FIRST_PAUSE
    last: Exception | None = None
    while time.monotonic() < deadline:
        try:
            if found := look():
                return found
        except (OSError, AssertionError) as error:
            last = error
        time.sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE)
    raise AssertionError(f"nothing after {seconds:.0f} s" + (f": {last}" if last else ""))
