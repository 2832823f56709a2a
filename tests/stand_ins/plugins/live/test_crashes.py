"""Runs that are killed half-way and simply repeated."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.stand_ins.plugins.live.stack import Stack

pytestmark = pytest.mark.live

MANY = """
for number in range(12):
    name = f"web-{number}"
    k8s.apps.v1.Deployment(name, metadata={"name": name, "namespace": namespace}, spec={
        "replicas": 0, "selector": {"matchLabels": {"app": name}},
        "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [{"name": "main", "image": "IMAGE"}]}},
    }, opts=opts)
"""


def children(parent: int, word: str) -> list[int]:
    """Processes started by `parent` whose command line has `word` in it."""
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            status = (directory / "stat").read_text().rpartition(")")[2].split()
            if int(status[1]) == parent and word in (directory / "cmdline").read_text():
                found.append(int(directory.name))
        except OSError:
            continue
    return found


def deployments(stack: Stack) -> list[dict[str, object]]:
    answer = stack.api("GET", f"/apis/apps/v1/namespaces/{stack.namespace}/deployments")
    return list(answer["items"]) if answer else []


@pytest.mark.parametrize("victim", ["engine", "provider"])
@pytest.mark.parametrize("made", [1, 6])
def test_a_killed_run_is_repeated(stack: Stack, victim: str, made: int) -> None:
    """Killed after some objects and without checkpoints, the same command makes the rest and adopts what is there."""
    stack.environment["PULUMI_SKIP_CHECKPOINTS"] = "true"
    stack.write(MANY.replace("IMAGE", "web:1"))
    with stack.running("up", "--yes", "--skip-preview") as engine:
        deadline = time.monotonic() + 60
        while len(deployments(stack)) < made and time.monotonic() < deadline:
            time.sleep(0.02)
        plugins = children(engine.pid, "plugins/kubernetes")
        for process in [engine.pid] if victim == "engine" else plugins:
            os.kill(process, signal.SIGKILL)
        engine.communicate(timeout=60)
    before = {item["metadata"]["name"]: item["metadata"]["uid"] for item in deployments(stack)}  # type: ignore[index]
    stack.run("cancel", "--yes")

    stack.must_up()

    after = {item["metadata"]["name"]: item["metadata"]["uid"] for item in deployments(stack)}  # type: ignore[index]
    assert 12 == len(after)
    assert before.items() <= after.items()
    assert 15 == stack.must_up().changes["unchanged"]


def test_plugins_end_with_a_killed_engine(stack: Stack) -> None:
    """A killed engine leaves no plugin behind."""
    waiting = MANY.replace("IMAGE", "web:1").replace('"replicas": 0', '"replicas": 1').replace("range(12)", "range(1)")
    stack.write(waiting.replace('"spec": {"containers"', '"spec": {"nodeSelector": {"example.com/none": "x"}, "containers"'))
    with stack.running("up", "--yes", "--skip-preview") as engine:
        deadline = time.monotonic() + 60
        while not deployments(stack) and time.monotonic() < deadline:
            time.sleep(0.1)
        plugins = children(engine.pid, "stand_ins/plugins")
        engine.kill()
        engine.wait()

    assert plugins
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{plugin}").exists() for plugin in plugins) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [] == [plugin for plugin in plugins if Path(f"/proc/{plugin}").exists()]
