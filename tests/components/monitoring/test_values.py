"""The chart's values: every key exists in the chart, and each profile changes only what it may."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from components._inputs import merge, resolve
from components.monitoring.args import ControlPlane, MonitoringStackArgs
from components.monitoring.checks import CHARTS, HELD
from components.monitoring.component import DEFAULTS
from components.monitoring.value_keys import DOCUMENTED, KEYS, unknown
from components.monitoring.values import chart_values, selectors, size_limit
from workspace.home import REPOSITORY

OPEN = ("grafana.ini",)
"""Mappings whose defaults are examples: below them is another program's configuration."""
UPSTREAM = REPOSITORY.parent / "shared/upstream/kube-prometheus-stack-88.5.3"
SUBCHARTS = ("grafana", "kube-state-metrics", "prometheus-node-exporter")
DOUBLE = REPOSITORY / "stand_ins/charts/kube-prometheus-stack"
PINS = {name: {"version": "1.0.0", "repository": "https://charts.example"} for name in CHARTS}
with_upstream = pytest.mark.skipif(not UPSTREAM.exists(), reason="the chart's own values are not on this machine")


def values(platform: Mapping[str, Any] | None = None, **inputs: Any) -> dict[str, Any]:
    given = {"charts": PINS, "sink_image": "causeway/alert-sink:1.0.0", "platform": platform or {}, **inputs}
    return chart_values(resolve("monitoring", "sample", MonitoringStackArgs, given, DEFAULTS), [])


def paths(tree: Mapping[str, Any], free: Mapping[str, Any] | None, path: str = "") -> Iterator[str]:
    """The paths of `tree`, no deeper than `free` (the chart's values) has keys: below that they are the user's own."""
    for key, value in tree.items():
        yield f"{path}{key}"
        inner = free.get(key) if isinstance(free, Mapping) else None
        if isinstance(value, Mapping) and isinstance(inner, Mapping) and inner and key not in OPEN:
            yield from paths(value, inner, f"{path}{key}.")


def upstream() -> dict[str, Any]:
    """The chart's values, with its subcharts' own below."""
    whole = yaml.safe_load((UPSTREAM / "values.yaml").read_text())
    for chart in SUBCHARTS:
        whole[chart] = merge(yaml.safe_load((UPSTREAM / f"values-{chart}.yaml").read_text()), whole[chart])
    return dict(whole)


@with_upstream
@pytest.mark.parametrize("sees_nodes", [True, False])
def test_every_key_exists_in_the_chart(sees_nodes: bool) -> None:
    """A key that the chart does not read would be silently ignored (issue 5, item 1)."""
    chart = upstream()
    known = set(paths(chart, chart))
    ours = set(paths(values({"enable_node_exporter": sees_nodes}), chart))

    assert set() == ours - known - set(DOCUMENTED)


@with_upstream
def test_documented_keys_are_in_a_comment() -> None:
    """A key that is only documented stands in the chart's values, commented out."""
    text = (UPSTREAM / "values.yaml").read_text() + (UPSTREAM / "values-grafana.yaml").read_text()

    assert all(f"# {path.rpartition('.')[2]}:" in text for path in DOCUMENTED)


@with_upstream
def test_list_of_keys_is_the_charts() -> None:
    """The list that the escape hatch is checked against has every key of the pinned chart, three levels deep."""
    listed = json.loads(KEYS.read_text())
    chart = yaml.safe_load((UPSTREAM / "values.yaml").read_text())

    assert [] == list(unknown(chart, "values"))
    assert set(chart) == set(listed)


def test_every_key_is_in_the_list() -> None:
    """Where the chart's values are not at hand, the committed list says the same for three levels."""
    assert [] == list(unknown(values(), "values"))


def test_held_keys_are_keys() -> None:
    """What the escape hatch refuses exists: a misspelt entry would guard nothing."""
    tree: dict[str, Any] = {}
    for path in HELD:
        inner = tree
        for part in path.split(".")[:-1]:
            inner = inner.setdefault(part, {})
        inner[path.rpartition(".")[2]] = True

    assert [] == list(unknown(tree, "values"))


def test_selectors_take_any_namespace() -> None:
    """1.03: no monitor, rule or probe has to carry the release's label."""
    spec = values()["prometheus"]["prometheusSpec"]

    assert {False} == {value for key, value in spec.items() if key.endswith("SelectorNilUsesHelmValues")}
    assert 5 == sum(key.endswith("SelectorNilUsesHelmValues") for key in spec)


def test_webhooks_and_their_certificate_are_off_together() -> None:
    """Only both off leave no operator waiting for a Secret that nobody makes (ecosystem 1.2)."""
    operator = values()["prometheusOperator"]

    assert {"enabled": False} == operator["admissionWebhooks"] == operator["tls"]


def test_password_is_named_and_not_given() -> None:
    """1.16: values hold the name of a Secret, and nothing that looks like a password."""
    grafana = values()["grafana"]

    assert {"existingSecret": "grafana-admin", "userKey": "admin-user", "passwordKey": "admin-password"} == grafana["admin"]
    assert "adminPassword" not in grafana


@pytest.mark.parametrize(("size", "limit"), [("5Gi", "4096MB"), ("50Gi", "40960MB"), ("512Mi", "409MB"), ("1Ti", "838860MB")])
def test_size_limit_is_four_fifths_of_the_volume(size: str, limit: str) -> None:
    """1.4: samples may take 80 % of the volume, in Prometheus' binary megabytes."""
    assert limit == size_limit(size)


@pytest.mark.parametrize(
    ("part", "key", "rules"),
    [
        (ControlPlane.ETCD, "kubeEtcd", {"etcd"}),
        (ControlPlane.SCHEDULER, "kubeScheduler", {"kubeSchedulerAlerting", "kubeSchedulerRecording"}),
        (ControlPlane.CONTROLLER_MANAGER, "kubeControllerManager", {"kubeControllerManager"}),
        (ControlPlane.PROXY, "kubeProxy", {"kubeProxy"}),
    ],
)
def test_hidden_part_has_neither_job_nor_rules(part: ControlPlane, key: str, rules: set[str]) -> None:
    """1.07: what cannot be scraped is not asked, and no Down alert waits for it; what can be, has both."""
    hidden = values({"control_plane": []})
    shown = values({"control_plane": [part]})

    assert {"enabled": False} == hidden[key]
    assert rules <= {name for name, enabled in hidden["defaultRules"]["rules"].items() if not enabled}
    assert {"enabled": True} == shown[key]
    assert not rules & set(shown["defaultRules"]["rules"])


def test_profile_changes_only_its_own_keys() -> None:
    """1.04: between a small and a large target only the keys of requirements 1.4 and 1.5 differ."""
    large = {
        "replicas": 2,
        "alertmanager_replicas": 3,
        "retention": "15d",
        "storage_class": "gp3",
        "storage_size": "50Gi",
        "prometheus": {"cpu": "500m", "memory": "2Gi", "memory_limit": "4Gi"},
        "grafana": {"cpu": "200m", "memory": "256Mi", "memory_limit": "512Mi"},
    }
    one, other = values(), values(large)
    changed = ("replicas", "resources", "retention", "retentionSize", "storageSpec")
    for tree in (one, other):
        for key in changed:
            tree["prometheus"]["prometheusSpec"].pop(key)
        tree["alertmanager"]["alertmanagerSpec"].pop("replicas")
        tree["grafana"].pop("resources")

    assert one == other


def test_double_names_the_pinned_images() -> None:
    """The stand-in's images are those of versions.json, and its version is the pinned chart's."""
    pins = json.loads((REPOSITORY / "components" / "versions.json").read_text())
    images = yaml.safe_load((DOUBLE / "values.yaml").read_text())["images"]

    assert set(images.values()) <= set(pins["images"].values())
    for chart in CHARTS:
        double = yaml.safe_load((DOUBLE.parent / chart / "Chart.yaml").read_text())
        assert pins["charts"][chart]["version"] == double["version"]


def helm(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    tools = Path.home() / ".cache/causeway/tools"
    program = next(iter(sorted(tools.glob("helm-*/helm"))), Path("helm"))
    return subprocess.run([program, *arguments], input=stdin, capture_output=True, text=True)


def test_double_makes_objects_of_the_chart() -> None:
    """From our values the stand-in makes only objects that the chart makes by default, by kind and name, and takes every key."""
    if not UPSTREAM.exists():
        pytest.skip("the chart's list of objects is not on this machine")
    answer = helm("template", "kps", str(DOUBLE), "--namespace", "monitoring", "--values", "-", stdin=json.dumps(values()))
    made = {(item["kind"], item["metadata"]["name"]) for item in yaml.safe_load_all(answer.stdout) if item}
    lines = [line.split() for line in (UPSTREAM / "default-objects.txt").read_text().splitlines()]

    assert "" == answer.stderr
    assert set() == made - {(line[0], line[-1]) for line in lines}


def test_double_refuses_an_unknown_key() -> None:
    """A key that the stand-in does not know is an error, never ignored."""
    answer = helm("template", "kps", str(DOUBLE), "--values", "-", stdin=json.dumps({**values(), "thanosRuler": {"enabled": True}}))

    assert answer.returncode != 0
    assert "thanosRuler" in answer.stderr


def test_selectors_are_those_that_the_chart_will_make() -> None:
    """1.03: whatever is given by the escape hatch counts: a selector, or the return of the chart's own."""
    own = {"matchLabels": {"team": "shop"}}
    spec = {**values()["prometheus"]["prometheusSpec"], "ruleSelector": own, "probeSelectorNilUsesHelmValues": True}
    made = selectors({"prometheus": {"prometheusSpec": spec}})

    assert own == made["ruleSelector"]
    assert {"matchLabels": {"release": "kps"}} == made["probeSelector"]
    assert {} == made["serviceMonitorSelector"] == made["ruleNamespaceSelector"]
