"""Files that are there whole or not at all, at whatever moment a run is killed."""

import os
from pathlib import Path


def write(path: Path, content: str | bytes, mode: int = 0o600) -> None:
    """Put `content` into the file, over what it had; by default its owner alone can read it.

    What a killed run leaves beside it is hidden, so that nobody who looks for files of that name finds it.
    """
    working = path.with_name(f".{path.name}.{os.getpid()}.partial")
    working.unlink(missing_ok=True)
    with os.fdopen(os.open(working, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as stream:
        stream.write(content.encode() if isinstance(content, str) else content)
        stream.flush()
        # A machine that loses its power may otherwise keep the new name and lose the content.
        os.fsync(stream.fileno())
    working.rename(path)


def make_once(path: Path, content: str) -> None:
    """Write the file where it is not there, or is empty: what an earlier version left when it was killed in the middle."""
    if not path.exists() or not path.stat().st_size:
        write(path, content)
