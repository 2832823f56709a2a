"""An alert as data, and the objects that carry rules. An incomplete alert cannot be built (requirements 1.13)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from .._kit import Manifest

MONITORING_API = "monitoring.coreos.com/v1"
RUNBOOKS = "docs/runbooks"
"""Folder of the runbook pages; every alert has the page `<Alert>.md` in it."""

REQUIRED_LABELS = ("severity", "team", "service")
REQUIRED_ANNOTATIONS = ("summary", "description", "runbook_url", "dashboard_url")

Rule = dict[str, Any]
Group = dict[str, Any]


class Severity(str, Enum):
    """Who hears of an alert: a person now, a ticket, or nobody (it explains other alerts)."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


class IncompleteAlertError(ValueError):
    """An alert without what its reader needs; the message has a line for each thing that is missing."""


@dataclass(frozen=True)
class Alert:
    """One alert. `team` and `service` are fixed names, or templates over the labels of the expression's series."""

    name: str
    expression: str
    hold: str
    """How long the expression must hold before the alert fires, for example `10m`."""
    severity: Severity
    summary: str
    description: str
    dashboard: str
    """Where to look, as Grafana's path with variables: `/d/causeway-memory?var-namespace=shop`."""
    team: str = "{{ $labels.team }}"
    service: str = "{{ $labels.service }}"
    labels: Mapping[str, str] = field(default_factory=dict)
    """Further labels, over those of the series."""


def alerting(alert: Alert) -> Rule:
    """The rule of an alert, as Prometheus reads it."""
    return {
        "alert": alert.name,
        "expr": alert.expression,
        "for": alert.hold,
        "labels": {"severity": alert.severity.value, "team": alert.team, "service": alert.service, **alert.labels},
        "annotations": {
            "summary": alert.summary,
            "description": alert.description,
            "runbook_url": f"{RUNBOOKS}/{alert.name}.md",
            "dashboard_url": alert.dashboard,
        },
    }


def recording(record: str, expression: str, labels: Mapping[str, str] | None = None) -> Rule:
    """A rule that keeps an expression's result under the name `record`."""
    return {"record": record, "expr": expression, **({"labels": dict(labels)} if labels else {})}


def group(name: str, rules: Sequence[Rule]) -> Group:
    """Rules that are evaluated one after the other, at Prometheus' own interval."""
    return {"name": name, "rules": list(rules)}


def rule_problems(rule: Mapping[str, Any]) -> Iterator[str]:
    """What a rule lacks; nothing for a recording rule or a complete alert."""
    if "alert" not in rule:
        return
    for kind, required in (("labels", REQUIRED_LABELS), ("annotations", REQUIRED_ANNOTATIONS)):
        given = rule.get(kind) or {}
        for key in required:
            if not given.get(key):
                yield f"alert {rule['alert']}: {kind}.{key} is missing"
    severity = (rule.get("labels") or {}).get("severity")
    if severity and severity not in {member.value for member in Severity}:
        yield f"alert {rule['alert']}: labels.severity is '{severity}', allowed: {', '.join(member.value for member in Severity)}"


def manifest_problems(manifest: Manifest) -> Iterator[str]:
    """What the alerts of a PrometheusRule lack."""
    for rules in manifest["spec"].get("groups") or []:
        for rule in rules.get("rules") or []:
            yield from rule_problems(rule)


def prometheus_rule(metadata: Mapping[str, Any], groups: Sequence[Group]) -> Manifest:
    """The object that carries rule groups; raises IncompleteAlertError when an alert in it lacks something."""
    manifest = {"apiVersion": MONITORING_API, "kind": "PrometheusRule", "metadata": dict(metadata), "spec": {"groups": list(groups)}}
    problems = list(manifest_problems(manifest))
    if problems:
        raise IncompleteAlertError("\n".join(problems))
    return manifest


def alerts_of(manifest: Manifest) -> list[Rule]:
    """The alerting rules of a PrometheusRule."""
    return [rule for rules in manifest["spec"]["groups"] for rule in rules["rules"] if "alert" in rule]
