"""What a check says."""

from dataclasses import dataclass
from enum import Enum


class Verdict(str, Enum):
    """How a check ends: only `fail` stops the platform, and gives exit code 1."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """The result of one check: `found` is the fact, `fix` the command that mends it (empty where there is nothing to)."""

    name: str
    verdict: Verdict
    found: str
    fix: str = ""


def passed(name: str, found: str) -> Finding:
    return Finding(name, Verdict.PASS, found)


def warned(name: str, found: str, fix: str) -> Finding:
    return Finding(name, Verdict.WARN, found, fix)


def failed(name: str, found: str, fix: str) -> Finding:
    return Finding(name, Verdict.FAIL, found, fix)


def graded(name: str, amount: float, least: float, enough: float, found: str, fix: str) -> Finding:
    """Fail below `least`, warn below `enough`; all three in one unit."""
    if amount < least:
        return failed(name, found, fix)
    return passed(name, found) if amount >= enough else warned(name, found, fix)
