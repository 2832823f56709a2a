"""All alerts that there are: the cluster's own, and those of a sample service and a sample worker."""

from typing import Any

from components._kit import Manifest
from components.monitoring import Backlog, MonitoredWorkload, Objective, rules, workload_objects
from components.monitoring.alerts_secrets import Rotation, rotations

METADATA: dict[str, Any] = {"name": "web", "namespace": "shop", "labels": {"app": "web"}}
OBJECTIVE = Objective("web", "shop", "shop")
SERVICE = MonitoredWorkload(METADATA, "stateless", "shop", OBJECTIVE)
WORKER = MonitoredWorkload({**METADATA, "name": "worker"}, "worker", "shop", backlog=Backlog("shop_backlog_oldest_age_seconds", 60))
ROTATIONS = [
    Rotation("shop", "shop-database", "database", 1_700_000_000, "shop", "shop"),
    Rotation("monitoring", "grafana-admin", "api-key", None, "platform", "monitoring"),
]


def rule_objects() -> list[Manifest]:
    """Every PrometheusRule."""
    made = [*rules(), *workload_objects(SERVICE), *workload_objects(WORKER), rotations({**METADATA, "name": "rotations"}, ROTATIONS)]
    return [manifest for manifest in made if manifest["kind"] == "PrometheusRule"]


def groups() -> list[dict[str, Any]]:
    """Every rule group."""
    return [group for manifest in rule_objects() for group in manifest["spec"]["groups"]]


def alerts() -> dict[str, dict[str, Any]]:
    """Every alerting rule, by a name of its own."""
    return {key(rule): rule for group in groups() for rule in group["rules"] if "alert" in rule}


def key(rule: dict[str, Any]) -> str:
    """The alert's name, with what tells it from others of the same name."""
    labels = rule["labels"]
    return " ".join([rule["alert"], *(labels[name] for name in ("kind", "class", "slo", "window") if name in labels), labels["severity"]])
