"""The whole rehearsal of each cloud, as a user runs it."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from local.home import REPOSITORY

pytestmark = pytest.mark.live


@pytest.mark.parametrize("target", ["eks", "gke"])
def test_rehearsal(target: str, tmp_path: Path) -> None:
    """Issue 8, items 3 and 7: preview, up, no change, the commands' answers, and a destroy in the right order that leaves nothing."""
    environment = {**os.environ, "CAUSEWAY_HOME": str(tmp_path / "home"), "CAUSEWAY_CLUSTER": f"t{os.getpid()}"}
    before = (REPOSITORY / f"Pulumi.{target}.yaml").read_text()
    command = [REPOSITORY / "scripts/rehearse", target]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True)

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "no change" in answer.stdout
    assert re.search(r"causeway +healthy workloads: [1-9]\d*, URLs: [1-9]\d*, secrets: [1-9]", answer.stdout)
    assert "in order, nothing left" in answer.stdout
    assert "This was a rehearsal" in answer.stdout
    assert "…" not in answer.stdout, "nothing is cut off where the output is not a terminal"
    assert before == (REPOSITORY / f"Pulumi.{target}.yaml").read_text()
    assert not (tmp_path / "home/rehearsal" / target).exists()
