"""The table of what is real and what is stood in."""

import pytest

from local.home import REPOSITORY
from local.stand_ins import BY_CLUSTER, rows
from local.toolchain import pins


@pytest.mark.parametrize("cluster", BY_CLUSTER)
def test_parts_are_told_once(cluster: str) -> None:
    """Every part has one row, with what runs and why."""
    parts = [row.part for row in rows(cluster)]

    assert sorted(set(parts)) == sorted(parts)
    assert all(row.what and row.why for row in rows(cluster))


@pytest.mark.parametrize("cluster", BY_CLUSTER)
def test_tools_are_pinned(cluster: str) -> None:
    """A part that is a tool has the name that versions.json has for it."""
    assert {row.tool for row in rows(cluster) if row.tool} <= set(pins())


def test_stand_ins_exist() -> None:
    """A stand-in that is a file of this repository is where its row says."""
    named = [row.what for row in rows("local") if row.what.startswith("local/")]

    assert ["local/plugins/language_python.py", "local/plugins/kubernetes"] == named
    assert all((REPOSITORY / path).exists() for path in named)
