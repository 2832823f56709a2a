"""What many tests need: a state directory of their own with a seed in it, or a running platform."""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.live.platform import Platform, checkout

pytest_plugins = ["tests.guard"]

# A machine under load is no failure, nor is a new clone, which computes the tables of all characters first.
hypothesis.settings.register_profile("unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("unhurried")
SEED = "5eed" * 16


SHARED = frozenset({"platform", "kubeconfig"})
"""Fixtures of the live tests that lead to the one platform."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that share one platform, before any are chosen by their marks."""
    for item in items:
        if SHARED & set(getattr(item, "fixturenames", ())):
            item.add_marker("shared")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A CAUSEWAY_HOME with the seed that `scripts/up` would have made."""
    (tmp_path / "seed").write_text(f"{SEED}\n")
    monkeypatch.setenv("CAUSEWAY_HOME", str(tmp_path))
    monkeypatch.delenv("PULUMI_SKIP_CHECKPOINTS", raising=False)
    return tmp_path


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform brought up by `scripts/up` in a checkout of its own, shared by the live tests, taken down at the end.

    Whoever breaks it mends it before the test ends.
    """
    made = checkout(tmp_path_factory.mktemp("checkout"), f"test{os.getpid()}")
    made.watch_closely()
    made.own_the_shop()
    try:
        answer = made.script("up")
        assert answer.returncode == 0, answer.stdout + answer.stderr
        yield made
    finally:
        made.script("down")
