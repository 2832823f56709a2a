"""Reasons for not being ready, in words."""

from typing import Any

import pytest

from stand_ins.plugins.kubernetes import await_diagnosis


def pod(*containers: dict[str, Any], phase: str = "Pending", conditions: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {
        "metadata": {"name": "web-1"},
        "status": {"phase": phase, "containerStatuses": list(containers), "conditions": list(conditions)},
    }


def container(ready: bool = False, **state: Any) -> dict[str, Any]:
    return {"name": "main", "ready": ready, **state}


@pytest.mark.parametrize(
    ("entry", "words"),
    {
        "an image that cannot be pulled": (
            pod(container(state={"waiting": {"reason": "ImagePullBackOff", "message": "not found"}})),
            "ImagePullBackOff: not found",
        ),
        "a crash loop tells how it last ended": (
            pod(
                container(
                    state={"waiting": {"reason": "CrashLoopBackOff"}},
                    lastState={"terminated": {"exitCode": 3, "reason": "Error", "message": "no database\n"}},
                )
            ),
            "CrashLoopBackOff; it last exited with code 3 (Error): no database",
        ),
        "an unschedulable pod": (
            pod(conditions=({"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/1 nodes"},)),
            "not scheduled: [Unschedulable] 0/1 nodes",
        ),
        "a probe that is not answered": (
            pod(
                container(state={"running": {}}),
                phase="Running",
                conditions=({"type": "Ready", "status": "False", "message": "containers with unready status: [main]"},),
            ),
            "is its readiness probe answered?",
        ),
    }.values(),
)
def test_pods_explain_themselves(entry: dict[str, Any], words: str) -> None:
    """The cause stands in one line with the pod's name."""
    (problem,) = await_diagnosis.pod_problems(entry)

    assert problem.startswith("[Pod web-1]: ")
    assert words in problem


def test_a_starting_pod_is_no_problem() -> None:
    """Creating containers is normal for a while, and a ready container has nothing to say."""
    assert [] == await_diagnosis.pod_problems(pod(container(state={"waiting": {"reason": "ContainerCreating"}})))
    assert [] == await_diagnosis.pod_problems(pod(container(ready=True, state={"running": {}}), phase="Running"))


def test_conditions_of_the_owner() -> None:
    """What admission refuses shows as the owner's ReplicaFailure."""
    owner = {"status": {"conditions": [{"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "forbidden"}]}}

    assert ["[FailedCreate] forbidden"] == await_diagnosis.own_problems(owner)


def test_events_are_told_once() -> None:
    """Repeated warnings are one line; the latest comes first; normal events are not told."""
    about = {"kind": "Pod", "name": "web-1"}
    events = [
        {"type": "Warning", "reason": "A", "message": "m", "involvedObject": about, "lastTimestamp": "2026-01-01T00:00:00Z"},
        {"type": "Warning", "reason": "B", "message": "m", "involvedObject": about, "lastTimestamp": "2026-01-02T00:00:00Z"},
        {"type": "Warning", "reason": "A", "message": "m", "involvedObject": about, "lastTimestamp": "2026-01-01T00:00:00Z"},
        {"type": "Normal", "reason": "C", "message": "m", "involvedObject": about},
    ]

    assert ["[Pod web-1]: B: m", "[Pod web-1]: A: m"] == await_diagnosis.event_problems(events)


def test_selectors() -> None:
    """The pods of an owner are asked for by its own selector; other kinds own none."""
    selector = {"matchLabels": {"a": "b"}, "matchExpressions": [{"key": "c", "operator": "In", "values": ["d", "e"]}]}

    assert "a=b,c in (d,e)" == await_diagnosis.label_selector({"kind": "Deployment", "spec": {"selector": selector}})
    assert "" == await_diagnosis.label_selector({"kind": "Service", "spec": {"selector": {"a": "b"}}})
