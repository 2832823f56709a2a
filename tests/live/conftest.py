"""What tests of several files watch together."""

import pytest

from tests.live import memory
from tests.live.platform import Platform


@pytest.fixture(scope="session")
def nearly_full(platform: Platform) -> str:
    """A pod near its memory limit in a namespace of its own, both of this name: it is there until the platform is taken down.

    The warning about it is held for ten minutes. Whoever tells of memory first starts it; test_warning.py, which comes
    late, tells what became of it. Nothing else may be in its namespace, which no test empties.
    """
    name = "nearly-full"
    platform.output(f"kubectl create namespace {name}")
    memory.start(platform, name, name)
    return name
