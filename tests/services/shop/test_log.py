"""What the log may show."""

import json
import subprocess
import sys

import pytest

from tests.services.shop.process import SOURCE

CRASH = """
from shop import log
log.configure("web", "info")
def connect(url):
    raise ValueError("gone")
connect("never-" + "show-this")
"""


@pytest.mark.process
def test_a_crash_is_one_json_line_without_local_values() -> None:
    """An uncaught error is logged like all else, and the values that its functions held are not shown."""
    crashed = subprocess.run([sys.executable, "-c", CRASH], check=False, capture_output=True, text=True, env={"PYTHONPATH": str(SOURCE)})
    record = json.loads(crashed.stderr)

    assert 1 == crashed.returncode
    assert ("critical", "gone") == (record["level"], record["exception"][0]["exc_value"])
    assert "never-show-this" not in crashed.stderr
