"""The table of what is real and what is stood in."""

import pytest

from local.stand_ins import BY_CLUSTER, rows
from local.toolchain import pins
from workspace.home import REPOSITORY


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


def test_stand_ins_of_pulumi() -> None:
    """What stands in for Pulumi's own programs is where its rows say, and is never called real."""
    ours = [row for row in rows("local") if "(stand_ins/plugins)" in row.what]

    assert [("Python language host", False), ("Kubernetes provider", False)] == [(row.part, row.real) for row in ours]
    assert (REPOSITORY / "stand_ins" / "plugins").is_dir()
