"""The cost tables of docs/clouds: no price without a source, and sums that are sums."""

import re

import pytest

from tests.stacks.program import REPOSITORY

Row = list[str]


def table(target: str) -> list[Row]:
    """The rows of a cloud's cost table: part, price, source, development, production."""
    section = (REPOSITORY / f"docs/clouds/{target}.md").read_text().partition("## Cost in a month\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("|")]
    return rows[2:]


@pytest.mark.parametrize("target", ["eks", "gke"])
def test_every_price_has_a_source_and_a_date(target: str) -> None:
    """Issue 8, item 6: a price names where it was read and when that was written; where none was found, nothing is priced."""
    parts = [row for row in table(target) if not row[0].startswith("together")]
    undated = [row[0] for row in parts if re.search(r"\d", "".join(row[3:])) and not re.search(r"20\d\d|undated copy|the same", row[2])]
    unpriced = [row for row in parts if "not priced" in row[3:]]

    assert len(parts) > 5
    assert [] == undated
    assert [] == [row[0] for row in unpriced if not row[1].startswith(("by use alone", "no source found"))], "each has its reason"
    assert not [row for row in unpriced if re.search(r"\d", "".join(row[3:]))]


@pytest.mark.parametrize(
    ("target", "together"), [("eks", "together, without the last row"), ("gke", "together, without what is not priced, on Autopilot")]
)
@pytest.mark.parametrize("column", [3, 4])
def test_sums(target: str, together: str, column: int) -> None:
    """The sum is that of its rows, but for rounding; in brackets stands what the other mode costs."""
    priced = sum(int(row[column]) for row in table(target) if re.fullmatch(r"-?\d+", row[column]))
    said = next(row for row in table(target) if row[0] == together)[column]

    assert abs(int(said.removeprefix("about ")) - priced) <= 5
