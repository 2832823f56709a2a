"""Who still runs, and which locks of the state nobody holds any more."""

import json
import os
import socket
import subprocess
from pathlib import Path

from workspace.home import Home
from workspace.processes import is_alive
from workspace.pulumi import release_stale_locks


def test_ended_process_that_nobody_waited_for_is_not_alive() -> None:
    """F1: a process that was killed counts as gone at once, also where its parent never asks how it ended."""
    with subprocess.Popen(["true"]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)

        assert not is_alive(child.pid)
        assert is_alive(os.getpid())


def test_lock_of_an_ended_process_is_released(tmp_path: Path) -> None:
    """F1: a lock goes with the process that held it; one held here or on another machine stays."""
    home = Home(tmp_path, tmp_path, "test")
    folder = home.backend / ".pulumi" / "locks" / "organization" / "causeway" / "minikube"
    folder.mkdir(parents=True)
    with subprocess.Popen(["true"]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        here = socket.gethostname()
        for name, process, machine in (("ended", child.pid, here), ("running", os.getpid(), here), ("elsewhere", child.pid, f"not-{here}")):
            (folder / f"{name}.json").write_text(json.dumps({"pid": process, "hostname": machine}))

        released = release_stale_locks(home)

    assert ["ended.json"] == [lock.name for lock in released]
    assert {"running.json", "elsewhere.json"} == {lock.name for lock in folder.iterdir()}
