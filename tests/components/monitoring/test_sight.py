"""Nothing is silently ignored: every metric has a source, every monitor and rule is selected, every monitor finds a port."""

import json
from typing import Any

import pulumi
import pytest

from components.monitoring import dashboards
from components.monitoring.dashboards import LABEL, TEMPLATES, workload_dashboard
from components.monitoring.metrics import SOURCES, metrics, unknown_metrics
from components.monitoring.selection import EVERYTHING, blind, matches, unselected
from components.workload import render
from tests.components.monitoring.promql import content, queries
from tests.components.monitoring.samples import METADATA, WORKER, rule_objects
from tests.components.monitoring.test_workload import SHOP

assert WORKER.backlog
OWN = [WORKER.backlog.metric]
ALL = [manifest for name, wanted in SHOP.items() for manifest in render(name, wanted)]
OPEN: dict[str, Any] = {
    f"{kind}{field}": {} for kind in ("serviceMonitor", "podMonitor", "rule") for field in ("Selector", "NamespaceSelector")
}
BOARDS = [*dashboards(), *(workload_dashboard(METADATA, pattern) for pattern in TEMPLATES)]


def _used() -> set[str]:
    rules = [rule["expr"] for manifest in rule_objects() for group in manifest["spec"]["groups"] for rule in group["rules"]]
    return {
        name
        for expression in (*rules, *(query for board in BOARDS for _, query in queries(content(board))))
        for name in metrics(expression)
    }


def test_rules_and_panels_read_metrics_that_exist() -> None:
    """Each metric of a rule or panel comes from a known exporter, a recording rule or the workload (issue 5, item 6)."""
    assert [] == list(unknown_metrics([*rule_objects(), *BOARDS], OWN))


def test_a_misspelt_metric_of_a_panel_is_named() -> None:
    """A panel or picker over a metric that nobody has is an error that names the dashboard and it (issue 5, item 6)."""
    panel = {"title": "Pods", "targets": [{"expr": 'sum(kube_pod_informations{namespace="$namespace"})'}]}
    picker = {"type": "query", "name": "pod", "query": 'label_values(kube_podium{namespace="$namespace"}, pod)'}
    text = json.dumps({"panels": [panel], "templating": {"list": [picker]}})
    board = {"kind": "ConfigMap", "metadata": {"namespace": "shop", "name": "web", "labels": LABEL}, "data": {"web.json": text}}

    assert [
        "ConfigMap shop/web: Pods reads kube_pod_informations, which nothing provides",
        "ConfigMap shop/web: pod reads kube_podium, which nothing provides",
    ] == list(unknown_metrics([board]))


def test_the_list_of_metrics_has_no_more_than_is_read() -> None:
    """A source lists what we read of it, and nothing that nobody reads any more."""
    assert set() == {name for names in SOURCES.values() for name in names} - _used()


def test_a_misspelt_metric_is_named() -> None:
    """A rule over a metric that nobody has is an error that names the object, the rule and the metric (issue 5, item 6)."""
    rule = {"alert": "Sample", "expr": 'sum by (kind) (rate(kube_pod_informations{job="x"}[5m])) > 0'}
    manifest = {"kind": "PrometheusRule", "metadata": {"namespace": "shop", "name": "web"}, "spec": {"groups": [{"rules": [rule]}]}}

    assert ["PrometheusRule shop/web: Sample reads kube_pod_informations, which nothing provides"] == list(unknown_metrics([manifest]))


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ('rate(a_total{b="c_total",d=~"e|f"}[5m])', {"a_total"}),
        ("sum by (a, b) (c) / on (a) group_left (d) e", {"c", "e"}),
        ("a offset 5m unless b == 1 or vector(0)", {"a", "b"}),
        ("causeway:pod_owner:info and slo:x:ratio_rate5m > 14.4 * (1 - 0.999)", {"causeway:pod_owner:info", "slo:x:ratio_rate5m"}),
        ("histogram_quantile(0.99, sum by (le) (a_bucket)) > 1e3", {"a_bucket"}),
    ],
)
def test_metrics_of_an_expression(expression: str, names: set[str]) -> None:
    """Functions, labels, words and numbers are no metrics."""
    assert names == metrics(expression)


def test_the_open_selectors_take_all_that_we_make() -> None:
    """A Prometheus whose selectors are empty sees every monitor and rule, of any namespace and label (1.03)."""
    assert [] == list(unselected(OPEN, [*ALL, *rule_objects()]))


@pytest.mark.parametrize("closed", [None, {"matchLabels": {"release": "kps"}}], ids=["no selector", "the chart's default"])
def test_the_selector_trap_is_named(closed: dict[str, Any] | None) -> None:
    """A Prometheus that wants a release label ignores our monitors, and is refused with each of their names (1.03)."""
    ignored = list(unselected({**OPEN, "serviceMonitorSelector": closed}, ALL))

    assert [f"ServiceMonitor shop/web is ignored: serviceMonitorSelector is {closed}"] == ignored


def test_a_workload_that_nobody_would_watch_is_refused() -> None:
    """Before anything is applied: a workload whose monitor the target's Prometheus ignores is refused by its name (issue 5, item 6)."""
    closed = {**EVERYTHING, "serviceMonitorSelector": {"matchLabels": {"release": "kps"}}}
    wanted = {**SHOP["web"], "platform": {**SHOP["web"]["platform"], "monitor_selectors": closed}}

    with pytest.raises(pulumi.InputPropertiesError, match="metrics: ServiceMonitor shop/web is ignored: serviceMonitorSelector is"):
        render("web", wanted)


def test_each_monitor_finds_its_port() -> None:
    """The shop's monitors select Services and pods that have the port they name (1.09)."""
    assert [] == list(blind(ALL))


def test_a_monitor_of_nothing_is_named() -> None:
    """A monitor without a target, or with a port that its target lacks, is an error that names it (issue 5, item 6)."""
    alone = [manifest for manifest in ALL if manifest["kind"] in ("ServiceMonitor", "PodMonitor")]

    assert [
        "ServiceMonitor shop/web finds no port http; there: none",
        "PodMonitor shop/worker finds no port metrics; there: none",
    ] == list(blind(alone))


@pytest.mark.parametrize(
    ("expression", "taken"),
    [
        ({"key": "a", "operator": "In", "values": ["1"]}, True),
        ({"key": "a", "operator": "NotIn", "values": ["1"]}, False),
        ({"key": "a", "operator": "Exists"}, True),
        ({"key": "a", "operator": "DoesNotExist"}, False),
    ],
)
def test_selector_expressions(expression: dict[str, Any], taken: bool) -> None:
    """Selectors are read as Kubernetes reads them (1.03)."""
    assert taken is matches({"matchExpressions": [expression]}, {"a": "1"})


def test_an_unknown_operator_is_refused() -> None:
    """An operator that Kubernetes lacks is an error, not a selector that takes nothing."""
    with pytest.raises(ValueError, match="'Like' is no operator"):
        matches({"matchExpressions": [{"key": "a", "operator": "Like"}]}, {})
