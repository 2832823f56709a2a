"""promtool and amtool, the judges of rules and routes: from PATH, or unpacked into the cache from Debian's packages."""

from pathlib import Path

import pytest

from local.toolchain import ensure
from workspace.home import Home
from workspace.progress import Progress


@pytest.fixture(scope="session")
def promtool() -> Path:
    """Prometheus' checker of rules."""
    return _tool("promtool")


@pytest.fixture(scope="session")
def amtool() -> Path:
    """Alertmanager's checker of routes."""
    return _tool("amtool")


def _tool(name: str) -> Path:
    return ensure([name], Home.load(), Progress())[name].program()
