"""Mutants of an alert: its thresholds, comparisons, hold and labels, each changed a little."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

# Not the numbers inside selectors, ranges, functions or percentages of text: those that something is compared with.
_THRESHOLD = re.compile(r"(?P<sign>[<>!=]=|[<>]) (?P<open>\(?)(?P<number>\d+(?:\.\d+)?)(?=$|[\s)]| \*)")
_OPPOSITE = {">": "<", "<": ">", "==": "!=", "!=": "=="}


class Mutant(NamedTuple):
    """A changed rule, and what was changed in it."""

    kind: str
    change: str
    rule: dict[str, Any]


def mutants(rule: Mapping[str, Any]) -> Iterator[Mutant]:
    """Every mutant of an alerting rule."""
    yield from _thresholds(rule)
    yield from _holds(rule)
    for label in ("severity", "team", "service"):
        yield Mutant("label", f"{label} changed", {**rule, "labels": {**rule["labels"], label: "other"}})
        without = {name: value for name, value in rule["labels"].items() if name != label}
        # Where the series carry the label themselves, the rule's own one says the same again: no change to be seen.
        if not rule["labels"][label].startswith("{{ $labels." + label):
            yield Mutant("label", f"{label} missing", {**rule, "labels": without})


def _thresholds(rule: Mapping[str, Any]) -> Iterator[Mutant]:
    expression = rule["expr"]
    for match in _THRESHOLD.finditer(expression):
        sign, opening, number = match["sign"], match["open"], float(match["number"])
        small = number.is_integer() and number <= 10
        for changed in (number + 1, number - 1) if small else (number * 1.1, number * 0.9):
            yield _replaced(rule, match, f"{sign} {opening}{changed:.10g}", "threshold")
        yield _replaced(rule, match, f"{_OPPOSITE[sign]} {opening}{match['number']}", "comparison")


def _replaced(rule: Mapping[str, Any], match: re.Match[str], text: str, kind: str) -> Mutant:
    expression = rule["expr"]
    changed = expression[: match.start()] + text + expression[match.end() :]
    return Mutant(kind, f"'{match[0]}' became '{text}'", {**rule, "expr": changed})


def _holds(rule: Mapping[str, Any]) -> Iterator[Mutant]:
    number, unit = int(rule["for"][:-1]), rule["for"][-1]
    minutes = number * {"m": 1, "h": 60}[unit]
    for changed in {minutes + 1, max(minutes - 1, 0), 0} - {minutes}:
        yield Mutant("hold", f"{minutes}m became {changed}m", {**rule, "for": f"{changed}m"})
