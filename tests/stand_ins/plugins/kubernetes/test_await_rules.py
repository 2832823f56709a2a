"""When an object counts as ready."""

from typing import Any

import pytest

from stand_ins.plugins.kubernetes import await_rules
from stand_ins.plugins.kubernetes.await_rules import Verdict


def item(kind: str, spec: dict[str, Any], status: dict[str, Any], generation: int = 1) -> dict[str, Any]:
    versions = {"Deployment": "apps/v1", "StatefulSet": "apps/v1", "DaemonSet": "apps/v1", "Job": "batch/v1"}
    versions |= {"Ingress": "networking.k8s.io/v1", "CustomResourceDefinition": "apiextensions.k8s.io/v1"}
    return {
        "apiVersion": versions.get(kind, "v1"),
        "kind": kind,
        "metadata": {"name": "x", "generation": generation},
        "spec": spec,
        "status": status,
    }


def judged(entry: dict[str, Any]) -> Verdict:
    rule = await_rules.rule_of(entry)
    assert rule
    return rule(entry)


def conditions(*true: str) -> dict[str, Any]:
    return {"conditions": [{"type": kind, "status": "True", "reason": "R", "message": "M"} for kind in true]}


COMPLETE = {"observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2}
STATEFUL = {"observedGeneration": 1, "replicas": 2, "readyReplicas": 2, "currentRevision": "a", "updateRevision": "a"}


@pytest.mark.parametrize(
    ("entry", "ready"),
    {
        "a Deployment with all pods new and available": (item("Deployment", {"replicas": 2}, COMPLETE), True),
        "a Deployment whose change is not seen yet": (item("Deployment", {"replicas": 2}, COMPLETE, generation=2), False),
        "a Deployment with an old pod left": (item("Deployment", {"replicas": 2}, {**COMPLETE, "replicas": 3}), False),
        "a Deployment with a pod not available": (item("Deployment", {"replicas": 2}, {**COMPLETE, "availableReplicas": 1}), False),
        "a Deployment without pods": (item("Deployment", {"replicas": 0}, {"observedGeneration": 1}), True),
        "a Deployment that says nothing of replicas wants one": (item("Deployment", {}, {"observedGeneration": 1}), False),
        "a paused Deployment": (item("Deployment", {"paused": True}, {"observedGeneration": 1}), True),
        "a StatefulSet at one revision": (item("StatefulSet", {"replicas": 2}, STATEFUL), True),
        "a StatefulSet in mid-update": (item("StatefulSet", {"replicas": 2}, {**STATEFUL, "updateRevision": "b"}), False),
        "a StatefulSet that updates on delete": (
            item("StatefulSet", {"replicas": 2, "updateStrategy": {"type": "OnDelete"}}, {**STATEFUL, "updateRevision": "b"}),
            True,
        ),
        "a StatefulSet partitioned": (
            item(
                "StatefulSet",
                {"replicas": 2, "updateStrategy": {"rollingUpdate": {"partition": 1}}},
                {**STATEFUL, "updateRevision": "b", "updatedReplicas": 1},
            ),
            True,
        ),
        "a DaemonSet on no node": (item("DaemonSet", {}, {"observedGeneration": 1}), True),
        "a DaemonSet on one of two nodes": (
            item(
                "DaemonSet",
                {},
                {"observedGeneration": 1, "desiredNumberScheduled": 2, "updatedNumberScheduled": 2, "numberAvailable": 1},
            ),
            False,
        ),
        "a Job that completed": (item("Job", {}, conditions("Complete")), True),
        "a Job that runs": (item("Job", {}, {"active": 1}), False),
        "a suspended Job": (item("Job", {"suspend": True}, {}), True),
        "a Pod that is ready": (item("Pod", {}, conditions("Ready")), True),
        "a Pod that ended well": (item("Pod", {}, {"phase": "Succeeded"}), True),
        "a Pod that starts": (item("Pod", {}, {"phase": "Pending"}), False),
        "an Ingress without an address": (item("Ingress", {}, {}), False),
        "an Ingress with an address": (item("Ingress", {}, {"loadBalancer": {"ingress": [{"ip": "1.2.3.4"}]}}), True),
        "a load balancer without an address": (item("Service", {"type": "LoadBalancer"}, {}), False),
        "a Service inside the cluster": (item("Service", {"type": "ClusterIP"}, {}), True),
        "an established definition": (item("CustomResourceDefinition", {}, conditions("Established")), True),
        "a new definition": (item("CustomResourceDefinition", {}, {}), False),
        "a service account token without data": ({**item("Secret", {}, {}), "type": await_rules.TOKEN_SECRET}, False),
        "any other Secret": (item("Secret", {}, {}), True),
    }.values(),
)
def test_readiness(entry: dict[str, Any], ready: bool) -> None:
    """Each kind is ready by its own rule, and says what it waits for otherwise."""
    verdict = judged(entry)

    assert ready is verdict.ready
    assert ready is not bool(verdict.waiting)


def test_hopeless_failures() -> None:
    """A Job or Pod that has failed is not waited for any longer."""
    assert "M" in judged(item("Job", {}, conditions("Failed"))).failed
    assert judged(item("Pod", {}, {"phase": "Failed"})).failed


@pytest.mark.parametrize(
    ("phase", "mode", "ready"),
    [("Bound", "", True), ("Pending", "WaitForFirstConsumer", True), ("Pending", "Immediate", False), ("Lost", "", False)],
)
def test_volume_claims(phase: str, mode: str, ready: bool) -> None:
    """A claim waits to be bound, unless its class binds only when a pod uses it."""
    assert ready is await_rules.claim(item("PersistentVolumeClaim", {}, {"phase": phase}), mode).ready


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"selector": {"a": "b"}}, True),
        ({}, False),
        ({"selector": {"a": "b"}, "clusterIP": "None"}, False),
        ({"selector": {"a": "b"}, "type": "ExternalName"}, False),
    ],
)
def test_services_that_target_pods(spec: dict[str, Any], expected: bool) -> None:
    """Headless, external and selectorless Services have no endpoints to wait for."""
    assert expected is await_rules.targets_pods(item("Service", spec, {}))


def test_conditions_that_most_controllers_agree_on() -> None:
    """The generic rule reads Ready, Reconciling and Stalled; an object without them is ready."""
    assert await_rules.generic(item("Tab", {}, {})).ready
    assert await_rules.generic(item("Tab", {}, conditions("Ready"))).ready
    assert not await_rules.generic(item("Tab", {}, conditions("Ready", "Reconciling"))).ready
    assert not await_rules.generic(item("Tab", {}, conditions("Stalled"))).ready
