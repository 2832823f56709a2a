"""Files that their owner alone may read."""

import os
from pathlib import Path


def write(file: Path, text: str) -> None:
    """Put `text` into the file, whole or not at all."""
    partial = file.with_name(f"{file.name}-partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
    partial.rename(file)
