"""Keeps a local cluster's programs running: starts all, starts again what ends, and ends with all of them.

Runs as its own process, `python -m local.cluster.supervisor FILE`, inside the cluster's network and mount namespaces.
FILE is JSON: `daemons` (name -> command), `logs` (folder), `environment`. A program never outlives the supervisor.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from workspace.processes import end_with_parent

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
"""Seconds before a program that ended is started again: doubled at each quick end, up to the longest."""

STOP_SECONDS = 5.0


class Supervisor:
    """The running programs of one cluster."""

    def __init__(self, specification: dict[str, Any]) -> None:
        self.commands: dict[str, list[str]] = specification["daemons"]
        self.logs = Path(specification["logs"])
        self.environment = os.environ | specification["environment"]
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.pauses: dict[str, float] = {}
        self.stopping = False

    def start(self, name: str) -> None:
        with (self.logs / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                self.commands[name],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=end_with_parent,
            )

    def run(self) -> None:
        """Start everything and stay until SIGTERM or SIGINT."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        started = {name: time.monotonic() for name in self.commands}
        for name in self.commands:
            self.start(name)
        while not self.stopping:
            time.sleep(0.1)
            for name, process in list(self.running.items()):
                if process.poll() is None or self.stopping:
                    continue
                lived = time.monotonic() - started[name]
                pause = self.pauses.get(name, FIRST_PAUSE) if lived < 30 else FIRST_PAUSE
                if lived < pause:
                    continue
                self.pauses[name] = min(pause * 2, LONGEST_PAUSE)
                started[name] = time.monotonic()
                self.start(name)
        self._end_all()

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def _end_all(self) -> None:
        for name in reversed(self.commands):
            self.running[name].terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for name in reversed(self.commands):
            try:
                self.running[name].wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.running[name].kill()
                self.running[name].wait()


if __name__ == "__main__":
    Supervisor(json.loads(Path(sys.argv[1]).read_text())).run()
