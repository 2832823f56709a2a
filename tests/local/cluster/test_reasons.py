"""Why a cluster that starts is not ready yet."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.cluster import lifecycle, reasons
from local.cluster.layout import Cluster
from workspace.progress import Problem

READY = {"type": "Ready", "status": "False", "message": "container runtime network not ready"}


def pod(name: str, **status: Any) -> dict[str, Any]:
    return {"metadata": {"name": name}, "status": {"phase": "Pending", **status}}


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    return {"containerStatuses": [{"state": {"waiting": {"reason": reason, "message": message}}}]}


def event(name: str, kind: str, at: str) -> dict[str, Any]:
    return {"type": kind, "reason": "FailedMount", "message": f"at {at}", "lastTimestamp": at, "involvedObject": {"name": name}}


EVENTS = [
    event("coredns-1", "Warning", "10"),
    event("coredns-1", "Warning", "20"),
    event("coredns-1", "Normal", "30"),
    event("other", "Warning", "40"),
]


@pytest.mark.parametrize(
    ("pods", "events", "reason"),
    [
        ([], [], "it has no pod yet"),
        ([pod("other-1")], [], "it has no pod yet"),
        ([pod("coredns-1", **waiting("ImagePullBackOff", "no such image"))], EVENTS, "ImagePullBackOff: no such image"),
        ([pod("coredns-1", **waiting("ContainerCreating"))], EVENTS, "FailedMount: at 20"),
        ([pod("coredns-1")], [], "pod coredns-1 is Pending, not ready yet"),
    ],
)
def test_reason_of_a_deployment(pods: Any, events: Any, reason: str) -> None:
    """Issue 13, 7: a container's reason, else the last warning about its pods, else what they do."""
    assert reason == reasons.deployment(*(json.dumps({"items": items}).encode() for items in (pods, events)), "coredns")


def test_reason_of_a_node() -> None:
    """Issue 13, 7: the condition's own message; nothing of a node that is ready, or that nobody knows yet."""
    assert READY["message"] == reasons.node(json.dumps({"status": {"conditions": [READY]}}).encode())
    assert "" == reasons.node(json.dumps({"status": {"conditions": [{**READY, "status": "True"}]}}).encode())
    assert "" == reasons.node(None)


def test_a_slow_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 13, 7: what is waited for is shown with its reason, and the failure has it too."""
    cluster = Cluster("test", 0, True, tmp_path, tmp_path)
    for name, value in (("SLOW_SECONDS", 0.0), ("LOOK_SECONDS", 0.0), ("READY_SECONDS", 0.1), ("is_running", lambda _: True)):
        monkeypatch.setattr(lifecycle, name, value)
    shown: list[str] = []

    with pytest.raises(Problem, match=r"^it does not become ready after 0 s \(a reason\): see the logs"):
        lifecycle._wait(lambda: False, "it does not become ready", cluster, shown.append, lambda: "a reason")

    assert ["it is asked to become ready", "it does not become ready: a reason"] == shown[:2]
