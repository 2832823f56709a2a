"""What a long form reports: the figures that its tests record, as a table, and as a section of docs/measured.md. Pure but for `machine`."""

import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Result:
    """One test: its name, whether it passed, and the figures that it recorded."""

    name: str
    passed: bool
    figures: Mapping[str, str] = field(default_factory=dict)


def results(report: str) -> list[Result]:
    """The tests of a report in JUnit's form, in their order."""
    found = []
    for case in ET.fromstring(report).iter("testcase"):
        figures = {str(entry.get("name")): str(entry.get("value")) for entry in case.iter("property")}
        passed = not [part for part in case if part.tag in ("failure", "error", "skipped")]
        found.append(Result(case.get("name", "").removeprefix("test_").replace("_", " "), passed, figures))
    return found


def rows(found: Sequence[Result]) -> list[str]:
    """A table with a row for each test and a column for each figure that any of them has."""
    columns = list(dict.fromkeys(name for result in found for name in result.figures))
    head = ["test", *columns, "passed"]
    body = [[result.name, *(result.figures.get(name, "") for name in columns), "yes" if result.passed else "no"] for result in found]
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *body)]


def with_section(text: str, part: str, head: str, lines: Sequence[str]) -> str:
    """The page with the section of this part replaced, or added at its end."""
    section = f"## {part}\n{head}\n\n" + "\n".join(lines) + "\n"
    pattern = re.compile(rf"^## {re.escape(part)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if pattern.search(text):
        return pattern.sub(lambda _: f"{section}\n", text).rstrip() + "\n"
    return f"{text.rstrip()}\n\n{section}"


def machine() -> str:
    """The machine that measured: its processors, and its load over the last 15 minutes."""
    return f"{os.cpu_count()} processors, load {os.getloadavg()[2]:.0f}"
