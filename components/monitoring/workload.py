"""What each workload gets without asking: its SLO and alert rules, and its dashboard."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._kit import Manifest
from .dashboards import workload_dashboard
from .model import Alert, Rule, Severity, alerting, group, prometheus_rule
from .slo import Objective, availability_ratio, latency_p99, slo_groups

ERROR_SHARE = 0.05


@dataclass(frozen=True)
class Backlog:
    """Waiting work: a metric with the age of the oldest piece in seconds, and the age that it may have."""

    metric: str
    objective_seconds: int


@dataclass(frozen=True)
class MonitoredWorkload:
    """What monitoring needs to know of a workload."""

    metadata: Mapping[str, Any]
    """Name, namespace and labels of the workload: those of the objects made."""
    pattern: str
    team: str
    objective: Objective | None = None
    """What its users are promised; none for a workload that answers no HTTP requests or shows no metrics."""
    backlog: Backlog | None = None

    @property
    def name(self) -> str:
        return str(self.metadata["name"])

    @property
    def namespace(self) -> str:
        return str(self.metadata["namespace"])


def workload_objects(workload: MonitoredWorkload) -> list[Manifest]:
    """The PrometheusRule (where there is anything of the workload's own to watch) and the dashboard's ConfigMap.

    Raises ValueError when its objective cannot be measured.
    """
    groups = slo_groups(workload.objective) if workload.objective else []
    alerts = workload_alerts(workload)
    if alerts:
        groups = [*groups, group(f"{workload.name}-alerts", alerts)]
    rules = [prometheus_rule(workload.metadata, groups)] if groups else []
    return [*rules, workload_dashboard(workload.metadata, workload.pattern)]


def workload_alerts(workload: MonitoredWorkload) -> list[Rule]:
    """The alerts whose threshold is the workload's own, and the share of errors that no service may have."""
    alerts: list[Alert] = []
    if workload.objective:
        alerts += [_high_error_rate(workload, workload.objective), _high_latency(workload, workload.objective)]
    if workload.backlog:
        alerts.append(_queue_backlog(workload, workload.backlog))
    return [alerting(alert) for alert in alerts]


def _high_error_rate(workload: MonitoredWorkload, objective: Objective) -> Alert:
    return _alert(
        workload,
        "HighErrorRate",
        f"{availability_ratio(objective)} > {ERROR_SHARE:.2f}",
        "5m",
        Severity.CRITICAL,
        f"{workload.name} answers many requests with an error.",
        f"{{{{ $value | humanizePercentage }}}} of the requests to {workload.namespace}/{workload.name} were answered with 5xx.",
    )


def _high_latency(workload: MonitoredWorkload, objective: Objective) -> Alert:
    return _alert(
        workload,
        "HighLatencyP99",
        f"{latency_p99(objective)} > {objective.latency_seconds:g}",
        "10m",
        Severity.WARNING,
        f"{workload.name} answers slowly.",
        f"The slowest 1% of the requests to {workload.namespace}/{workload.name} took {{{{ $value | humanizeDuration }}}} or more; "
        f"the objective is {objective.latency_seconds:g} s.",
    )


def _queue_backlog(workload: MonitoredWorkload, backlog: Backlog) -> Alert:
    return _alert(
        workload,
        "QueueBacklog",
        # Every worker reports the same backlog.
        f'max({backlog.metric}{{namespace="{workload.namespace}"}}) > {backlog.objective_seconds}',
        "10m",
        Severity.WARNING,
        f"Work waits too long for {workload.name}.",
        f"The oldest piece of work for {workload.namespace}/{workload.name} has waited {{{{ $value | humanizeDuration }}}}; "
        f"the objective is {backlog.objective_seconds} s.",
    )


def _alert(workload: MonitoredWorkload, name: str, expression: str, hold: str, severity: Severity, summary: str, description: str) -> Alert:
    return Alert(
        name=name,
        expression=expression,
        hold=hold,
        severity=severity,
        summary=summary,
        description=description,
        dashboard=f"/d/causeway-workload?var-namespace={workload.namespace}&var-workload={workload.name}",
        team=workload.team,
        service=workload.name,
        labels={"namespace": workload.namespace},
    )
