"""The platform that the live tests share: brought up by `scripts/up` in a checkout of its own, taken down at the end."""

import os
from collections.abc import Iterator

import pytest

from tests.live.platform import Platform, checkout


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A running platform; whoever breaks it mends it before the test ends."""
    made = checkout(tmp_path_factory.mktemp("checkout"), f"test{os.getpid()}")
    try:
        answer = made.script("up")
        assert answer.returncode == 0, answer.stdout + answer.stderr
        yield made
    finally:
        made.script("down")
