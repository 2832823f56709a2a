"""What tests of several files watch together."""

import pytest

from tests.live import memory
from tests.live.platform import Platform


@pytest.fixture(scope="session")
def nearly_full(platform: Platform) -> str:
    """A pod near its memory limit in a namespace of its own, both of this name: it is there until the platform is taken down.

    The warning about it is held for ten minutes. test_patterns.py starts it, as the crash tests, which end the cluster and with
    it what the alert sink knows, are over by then; test_warning.py, which comes late, tells what became of it.
    """
    name = "nearly-full"
    platform.output(f"kubectl create namespace {name}")
    memory.start(platform, name, name)
    return name
