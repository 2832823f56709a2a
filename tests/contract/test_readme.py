"""The README tells the truth: its table of parts, its links, its scripts."""

import re

import pytest

from local import parts
from local.stand_ins import rows
from workspace.home import REPOSITORY

README = (REPOSITORY / "README.md").read_text()


def test_table_of_parts_is_what_up_prints() -> None:
    """The README says of each part whether it is real, in the words of `scripts/up`."""
    shown = (*rows("local"), *parts.rows(parts.wanted()))
    expected = [f"| {row.part} | {row.what} | {'real' if row.real else f'stand-in: {row.why}'} |" for row in shown]

    assert expected == [line for line in README.splitlines() if line in expected]


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_links_resolve(link: str) -> None:
    """Every link of the README leads to a file or folder of the repository."""
    assert (REPOSITORY / link).exists()


@pytest.mark.parametrize("script", sorted(set(re.findall(r"\./scripts/(\w+)", README))))
def test_scripts_exist(script: str) -> None:
    """Every script that the README names can be run."""
    assert (REPOSITORY / "scripts" / script).stat().st_mode & 0o111
