"""docs/runbooks has one page for each alert, and each page what a woken reader needs."""

import re
from pathlib import Path

import pytest

from tests.components.monitoring.samples import alerts

REPOSITORY = Path(__file__).parents[3]
RUNBOOKS = REPOSITORY / "docs" / "runbooks"
PAGES = sorted(RUNBOOKS.glob("*.md"))


def test_one_page_for_each_alert() -> None:
    """Every alert's runbook is a page that exists, and no page is of an alert that does not (1.13)."""
    linked = {REPOSITORY / rule["annotations"]["runbook_url"] for rule in alerts().values()}

    assert linked == set(PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_pages_have_the_four_parts(page: Path) -> None:
    """A page says meaning, impact, diagnosis with commands, and mitigation, in this order (1.13)."""
    text = page.read_text()

    assert text.startswith(f"# {page.stem}\n")
    assert ["Meaning", "Impact", "Diagnosis", "Mitigation"] == re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert re.search(r"```sh\n(kubectl|causeway) .+", text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    """A page that a page links to exists."""
    assert all((RUNBOOKS / target).is_file() for target in re.findall(r"\]\((\w+\.md)\)", page.read_text()))
