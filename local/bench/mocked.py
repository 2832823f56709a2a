"""What a workload costs in the program beside the bare resources that it is made of, under mocks: no engine, no cluster."""

import os
import subprocess
import sys

from local.bench.figures import Figure
from workspace.home import REPOSITORY
from workspace.progress import Problem, Progress

WORKLOADS = 200
TARGET = 1.2
PEER = "the same objects by pulumi_kubernetes' classes"


def measure(pairs: int, progress: Progress) -> list[Figure]:
    """Processor time of both sides, a fresh interpreter each time; the one that goes first changes with each pair."""
    times: dict[str, list[float]] = {"ours": [], "peer": []}
    with progress.step(f"{WORKLOADS} workloads under mocks") as step:
        for pair in range(pairs):
            step.update(f"pair {pair + 1} of {pairs}")
            for side in ("ours", "peer") if pair % 2 == 0 else ("peer", "ours"):
                times[side].append(processor_seconds(side, WORKLOADS))
    return [Figure(f"program, {WORKLOADS} workloads under mocks", "s", times["ours"], times["peer"], PEER, TARGET)]


def processor_seconds(side: str, number: int) -> float:
    """What registering took; raises Problem with what went wrong."""
    command = [sys.executable, "-m", "local.bench.registering", side, str(number)]
    answer = subprocess.run(command, cwd=REPOSITORY, env=os.environ, capture_output=True, text=True)
    if answer.returncode:
        raise Problem(f"registering {side}: {(answer.stderr.strip().splitlines() or ['no message'])[-1]}")
    return float(answer.stdout)
