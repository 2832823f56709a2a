"""The worker's sign of life: a file that is touched while its loop turns."""

import sys
import time
from pathlib import Path


def beat(file: Path) -> None:
    file.touch()


def check(file: Path, max_age: float) -> int:
    """0 if `file` was touched in the last `max_age` seconds, else 1 and one line saying why."""
    try:
        age = time.time() - file.stat().st_mtime
    except OSError as error:
        print(f"no heartbeat: {error}", file=sys.stderr)
        return 1
    if age > max_age:
        print(f"the last heartbeat is {age:.0f} s old, more than {max_age:.0f} s", file=sys.stderr)
        return 1
    return 0
