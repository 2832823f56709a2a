"""One run at a time on a checkout."""

from pathlib import Path

import pytest

from workspace.home import Home
from workspace.lock import exclusive
from workspace.progress import Problem


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "state", tmp_path / "cache", "test")


def test_second_run_is_told_of_the_first(home: Home) -> None:
    """Item 6: at the same time the second says which run is under way, with its process; the first goes on."""
    with (
        exclusive(home, "./scripts/up"),
        pytest.raises(Problem, match=r"^\./scripts/up \(process \d+\) is running on"),
        exclusive(home, "x"),
    ):
        pytest.fail("two runs at once")


def test_next_run_finds_the_lock_free(home: Home) -> None:
    """Item 6: however a run ended, the next one begins, and is the one that is named."""
    with pytest.raises(KeyboardInterrupt), exclusive(home, "./scripts/up with a long name"):
        raise KeyboardInterrupt
    with exclusive(home, "./scripts/down"), pytest.raises(Problem, match=r"^\./scripts/down \(process \d+\) is"), exclusive(home, "x"):
        pytest.fail("two runs at once")
