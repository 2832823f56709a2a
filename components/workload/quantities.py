"""Kubernetes quantities: `256Mi`, `1Gi`, `250m`."""

import re

_UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
_MEMORY = re.compile(r"(\d+(?:\.\d+)?)(Ki|Mi|Gi|Ti|k|M|G|T)?")
_CPU = re.compile(r"\d+m|\d+(\.\d{1,3})?")


def is_memory(text: str) -> bool:
    """Whether the text is an amount of memory or disk, with the unit written out: `1` would be one byte."""
    match = _MEMORY.fullmatch(text)
    return bool(match and match[2] and float(match[1]) > 0)


def is_cpu(text: str) -> bool:
    """Whether the text is an amount of processor: thousandths (`250m`) or whole processors (`0.5`)."""
    return bool(_CPU.fullmatch(text)) and float(text.rstrip("m")) > 0


def as_processors(text: str) -> float:
    """The number of processors; not a number compares as neither more nor less."""
    if not _CPU.fullmatch(text):
        return float("nan")
    return int(text[:-1]) / 1000 if text.endswith("m") else float(text)


def as_bytes(text: str) -> float:
    """The number of bytes; not a number compares as neither more nor less."""
    match = _MEMORY.fullmatch(text)
    return float(match[1]) * _UNITS[match[2] or ""] if match else float("nan")
