"""`scripts/soak` itself: what it runs, and what it keeps."""

import pytest

from tests.run import BESIDE, LIVE, PROCESS
from tests.soak.__main__ import HELP, MEASURED, main, parts
from tests.soak.report import Result, results, rows, with_section
from workspace.progress import Problem

REPORT = """<testsuites><testsuite>
<testcase name="test_destroy_ends[dead]"><properties><property name="seconds" value="41"/></properties></testcase>
<testcase name="test_other"><failure/></testcase>
</testsuite></testsuites>"""
FOUND = [Result("destroy ends[dead]", True, {"seconds": "41"}), Result("other", False)]


def test_figures_of_a_report() -> None:
    """Design 8: every test has a row, every figure a column; what failed is not kept silent."""
    assert FOUND == results(REPORT)
    assert ["| test | seconds | passed |", "| --- | --- | --- |", "| destroy ends[dead] | 41 | yes |", "| other |  | no |"] == rows(FOUND)


def test_the_last_figures_replace_those_before() -> None:
    """Design 8: one section a part, with date and machine; the other parts' sections stay as they are."""
    once = with_section("# Page\n\n## b\nold\n", "a", "2026-12-01", ["| x |"])
    again = with_section(once, "b", "2026-12-02", ["| y |"])

    assert "# Page\n\n## b\nold\n\n## a\n2026-12-01\n\n| x |\n" == once
    assert "# Page\n\n## b\n2026-12-02\n\n| y |\n\n## a\n2026-12-01\n\n| x |\n" == again
    assert again == with_section(again, "a", "2026-12-01", ["| x |"])


def test_parts_are_the_files() -> None:
    """Design 8: a file is all that a new part needs; an unknown part is refused by what there is."""
    assert "teardown" in parts()
    assert "PART" in HELP
    assert MEASURED.read_text().startswith("# ")
    with pytest.raises(Problem, match=r"PART: given 'teardwn'; allowed: .*teardown"):
        main(["teardwn"])


def test_no_tier_runs_a_long_form() -> None:
    """Design 8: CI does not run them: no tier beyond the quick one takes what is marked `soak`."""
    assert all("not soak" in tier.arguments[1] for tier in (PROCESS, LIVE, BESIDE))
