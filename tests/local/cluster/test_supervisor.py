"""Whether a cluster's supervisor runs, as the next command sees it."""

import os
import subprocess
from pathlib import Path

import pytest

from local.cluster import layout, lifecycle
from local.cluster.layout import Cluster
from workspace.home import Home


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    made = layout.locate(Home(tmp_path / "state", tmp_path / "cache", "test"), simulated=True)
    made.run.mkdir(parents=True)
    return made


def test_supervisor_that_is_becoming_another_program_runs(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """F5: on a busy machine a look may fall between two programs, when a process has no command line; it has not ended."""
    (cluster.run / "supervisor.pid").write_text(str(os.getpid()))
    monkeypatch.setattr(Path, "read_bytes", lambda _: b"")

    assert os.getpid() == lifecycle.supervisor_process(cluster)


def test_supervisor_that_ended_does_not_run(cluster: Cluster) -> None:
    """F5: a process that ended, and that nobody has waited for yet, has neither command line nor program."""
    with subprocess.Popen(["true"]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        (cluster.run / "supervisor.pid").write_text(str(child.pid))

        assert lifecycle.supervisor_process(cluster) is None


def test_another_program_is_no_supervisor(cluster: Cluster) -> None:
    """A process id that was given again is not taken for ours."""
    (cluster.run / "supervisor.pid").write_text(str(os.getpid()))

    assert lifecycle.supervisor_process(cluster) is None
