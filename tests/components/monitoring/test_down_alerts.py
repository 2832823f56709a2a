"""On no target can one of the chart's Down alerts fire for a part that the target hides (requirements 1.5)."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import yaml

from components.monitoring import MonitoringPlatformArgs
from platforms import _monitoring, eks, gke
from stack import settings, targets
from tests.components.monitoring.test_upstream import UPSTREAM
from tests.components.monitoring.test_values import values
from tests.stacks.program import REPOSITORY, stack_config


class Gate(NamedTuple):
    """What lets an alert out: a key of `defaultRules.rules`, none where it has no switch, and the part that it waits for."""

    rules: str
    part: str


SYSTEM = "kubernetesSystem"
GATES = {
    "etcdMembersDown": Gate("etcd", "kubeEtcd"),
    "etcdInsufficientMembers": Gate("etcd", "kubeEtcd"),
    "etcdHighNumberOfLeaderChanges": Gate("etcd", "kubeEtcd"),
    "KubeControllerManagerDown": Gate("kubeControllerManager", "kubeControllerManager"),
    "KubeControllerManagerInstanceUnreachable": Gate("kubeControllerManager", "kubeControllerManager"),
    "KubeProxyDown": Gate("kubeProxy", "kubeProxy"),
    "KubeProxyInstanceUnreachable": Gate("kubeProxy", "kubeProxy"),
    "KubeSchedulerDown": Gate("kubeSchedulerAlerting", "kubeScheduler"),
    "KubeSchedulerInstanceUnreachable": Gate("kubeSchedulerAlerting", "kubeScheduler"),
    "KubeAPIDown": Gate(SYSTEM, "kubeApiServer"),
    "KubeAPIInstanceUnreachable": Gate(SYSTEM, "kubeApiServer"),
    "KubeletDown": Gate(SYSTEM, "kubelet"),
    "KubeletInstanceUnreachable": Gate(SYSTEM, "kubelet"),
    "AlertmanagerClusterDown": Gate("alertmanager", "alertmanager"),
    "AlertmanagerClusterCrashlooping": Gate("alertmanager", "alertmanager"),
    "TargetDown": Gate("general", ""),
}
"""Every alert of the pinned chart about a target that does not answer, and the conditions in its template."""
ANSWERING = {"KubeAPIDown", "KubeAPIInstanceUnreachable", "KubeletDown", "KubeletInstanceUnreachable"}
OWN = {"AlertmanagerClusterDown", "AlertmanagerClusterCrashlooping"}


def _given(target: str, **cloud: Any) -> settings.Settings:
    config = stack_config(REPOSITORY / f"Pulumi.{target}.yaml")
    made = settings.parse(config)
    return made.model_copy(update={target: getattr(made, target).model_copy(update=cloud)}) if cloud else made


def _profiles() -> Iterator[tuple[str, MonitoringPlatformArgs]]:
    yield "minikube", _monitoring.small(_given("minikube"))
    yield "eks", eks.monitoring(_given("eks"))
    for mode in targets.GkeMode:
        given = _given("gke", mode=mode)
        assert given.gke
        yield f"gke {mode.value}", gke.monitoring(given, given.gke)


def _let_out(chart: dict[str, Any]) -> set[str]:
    """The Down alerts that the chart's templates make from these values."""
    rules, off = chart["defaultRules"]["rules"], chart["defaultRules"]["disabled"]
    return {
        name
        for name, gate in GATES.items()
        if rules.get(gate.rules, True) and not off.get(name) and chart.get(gate.part, {}).get("enabled", True)
    }


PROFILES = dict(_profiles())


@pytest.mark.parametrize("name", PROFILES)
def test_no_down_alert_waits_for_what_is_hidden(name: str) -> None:
    """1.07: what is left watches API server, kubelet and Alertmanager, which are scraped on every target."""
    chart = values(PROFILES[name])

    assert ANSWERING | OWN == _let_out(chart)
    assert chart["kubeApiServer"]["enabled"]
    assert chart["kubelet"]["enabled"]


def test_a_part_that_answers_keeps_its_alerts() -> None:
    """1.07: where a control plane shows its scheduler, the scheduler's Down alerts are there."""
    assert {"KubeSchedulerDown", "KubeSchedulerInstanceUnreachable"} <= _let_out(values({"control_plane": ["scheduler"]}))


@pytest.mark.parametrize("mode", targets.GkeMode)
def test_autopilot_alone_has_no_node_exporter(mode: targets.GkeMode) -> None:
    """1.07: no pod may look at an Autopilot node, so neither the exporter nor a rule over its metrics is made there."""
    given = _given("gke", mode=mode)
    assert given.gke
    chart = values(gke.monitoring(given, given.gke))
    rules = ("network", "node", "nodeExporterAlerting", "nodeExporterRecording")

    hidden = mode is targets.GkeMode.AUTOPILOT
    assert hidden is not chart["nodeExporter"]["enabled"]
    assert {not hidden} == {chart["defaultRules"]["rules"].get(name, True) for name in rules}


@pytest.mark.skipif(not UPSTREAM.is_dir(), reason="the chart's data is not beside this clone; the tests above hold without it")
def test_the_list_has_every_down_alert_of_the_chart() -> None:
    """1.07: each alert of the pinned chart that asks whether a target is up is in the list above."""
    documents = yaml.load_all((UPSTREAM / "default-rules.yaml").read_text(), yaml.CSafeLoader)
    rules = [rule for document in documents if document for group in document["spec"]["groups"] for rule in group["rules"]]

    assert {rule["alert"] for rule in rules if "alert" in rule and re.search(r"\bup\b|\babsent\b", rule["expr"])} == set(GATES)
