"""Each workload gets its monitor, rules, objective and dashboard without asking, where there is monitoring."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from components.shop.component import DEFAULTS
from components.shop.workloads import workloads
from components.workload import Pattern, render
from tests.components.workload.samples import inputs

ON = {"platform": {"enable_monitors": True}}
SHOP = workloads({**DEFAULTS, "namespace": "shop", "shop_image": "shop:1.0.0", "postgres_image": "postgres:15.20", **ON})
KINDS = ("ServiceMonitor", "PodMonitor", "PrometheusRule", "ConfigMap")


def _kinds(name: str, wanted: Mapping[str, Any]) -> list[str]:
    return [manifest["kind"] for manifest in render(name, wanted) if manifest["kind"] in KINDS]


def _alerts(name: str, wanted: Mapping[str, Any]) -> set[str]:
    groups = [group for manifest in render(name, wanted) if manifest["kind"] == "PrometheusRule" for group in manifest["spec"]["groups"]]
    return {rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule}


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("web", ["ServiceMonitor", "PrometheusRule", "ConfigMap"]),
        ("worker", ["PodMonitor", "PrometheusRule", "ConfigMap"]),
        ("database", ["ConfigMap"]),
        ("report", ["ConfigMap"]),
    ],
)
def test_the_shop_is_monitored(name: str, kinds: list[str]) -> None:
    """The shop's workloads get a monitor of the right kind, rules and a dashboard, and name none of them (1.09)."""
    assert kinds == _kinds(name, SHOP[name])


def test_the_shop_s_own_alerts() -> None:
    """The web API is watched by its objectives, the worker by its backlog (1.12)."""
    assert {"SLOFastBurn", "SLOMediumBurn", "SLOSlowBurn", "HighErrorRate", "HighLatencyP99"} == _alerts("web", SHOP["web"])
    assert {"QueueBacklog"} == _alerts("worker", SHOP["worker"])


@pytest.mark.parametrize("pattern", Pattern)
def test_nothing_is_made_without_monitoring(pattern: Pattern) -> None:
    """Where the kinds do not exist, none is made (1.09)."""
    extra = {"metrics": {}} if pattern in (Pattern.STATELESS, Pattern.WORKER) else {}

    assert [] == _kinds("sample", inputs(pattern.value, **extra))


def test_monitoring_objects_carry_the_workload_s_labels() -> None:
    """Rules and dashboard belong to the workload's team, like its other objects (design, section 5)."""
    teams = {manifest["metadata"]["labels"]["causeway.dev/team"] for manifest in render("web", {**SHOP["web"], "team": "orders"})}

    assert {"orders"} == teams


@pytest.mark.parametrize(
    ("pattern", "changes", "path"),
    [
        ("stateless", {"slo": {}}, "slo"),
        ("stateless", {"metrics": {}, "slo": {"latency_seconds": 0.3}}, "slo.latency_seconds"),
        ("stateless", {"metrics": {}, "slo": {"availability_percent": 100}}, "slo.availability_percent"),
        ("worker", {"metrics": {}, "slo": {}}, "slo"),
        ("worker", {"backlog": {"metric": "age_seconds", "objective_seconds": 60}}, "backlog"),
        ("worker", {"metrics": {}, "backlog": {"metric": "age seconds", "objective_seconds": 60}}, "backlog.metric"),
        ("worker", {"metrics": {}, "backlog": {"metric": "age_seconds", "objective_seconds": 0}}, "backlog.objective_seconds"),
    ],
)
def test_wrong_objectives_are_refused(pattern: str, changes: dict[str, Any], path: str) -> None:
    """An objective that nothing can measure is refused by its path, before any object (1.12)."""
    with pytest.raises(pulumi.InputPropertiesError, match=f"workload 'sample': {path}: "):
        render("sample", inputs(pattern, **changes))


def test_an_objective_of_one_s_own() -> None:
    """The declared objective is the one in the rules (1.12)."""
    made = render("web", {**SHOP["web"], "slo": {"availability_percent": 99, "latency_seconds": 0.3, "latency_buckets": [0.3, 1]}})
    text = str(made)

    assert "vector(0.99)" in text
    assert 'le=~"0.3"' in text
