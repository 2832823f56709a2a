"""Whether a process that some file names still runs."""

import os
from pathlib import Path


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
