"""What a workload gets where there is monitoring: its monitor, of the kind that fits the pattern (1.09), rules, SLO, dashboard."""

from collections.abc import Iterator, Sequence
from typing import Any

from ..._kit import Manifest

# By module, since MonitoringStack in turn is made of workloads.
from ...monitoring.selection import EVERYTHING, overlooked
from ...monitoring.slo import Objective
from ...monitoring.workload import Backlog, MonitoredWorkload, workload_objects
from ..args import Pattern
from ..model import Workload

MONITORING_API = "monitoring.coreos.com/v1"
_SERVED = (Pattern.STATELESS, Pattern.STATEFUL)


def monitoring(workload: Workload) -> list[Manifest]:
    """Monitor, rules and dashboard; nothing where the target has no monitoring."""
    if not workload.platform["enable_monitors"]:
        return []
    return [*_monitors(workload), *workload_objects(_monitored(workload))]


def unwatched(workload: Workload, made: Sequence[Manifest]) -> Iterator[str]:
    """A line for each of the workload's monitors, rules and panels that the target's Prometheus would silently ignore."""
    if workload.platform["enable_monitors"]:
        own = [backlog["metric"]] if (backlog := workload.inputs.get("backlog")) else []
        yield from overlooked(made, workload.platform.get("monitor_selectors") or EVERYTHING, own)


def objective(workload: Workload) -> Objective | None:
    """What the users of a workload are promised; None where no metrics could show it."""
    if workload.pattern is not Pattern.STATELESS or not workload.metrics_port:
        return None
    promised: dict[str, Any] = {**workload.inputs.get("slo", {})}
    if "latency_buckets" in promised:
        promised["buckets"] = tuple(promised.pop("latency_buckets"))
    return Objective(workload.name, workload.namespace, workload.inputs["team"], **promised)


def _monitored(workload: Workload) -> MonitoredWorkload:
    backlog = workload.inputs.get("backlog")
    return MonitoredWorkload(
        metadata=workload.metadata(),
        pattern=workload.pattern.value,
        team=workload.inputs["team"],
        objective=objective(workload),
        backlog=Backlog(**backlog) if backlog else None,
    )


def _monitors(workload: Workload) -> list[Manifest]:
    """By Service where there is one, else by pod; none where there are no metrics."""
    if not workload.metrics_port:
        return []
    endpoint = {"port": workload.metrics_port_name, "path": workload.inputs["metrics"].get("path", "/metrics")}
    if workload.pattern in _SERVED:
        selector = {"matchLabels": {**workload.selector, "causeway.dev/service": "client"}}
        return [workload.object(MONITORING_API, "ServiceMonitor", {"selector": selector, "endpoints": [endpoint]})]
    selector = {"matchLabels": workload.selector}
    return [workload.object(MONITORING_API, "PodMonitor", {"selector": selector, "podMetricsEndpoints": [endpoint]})]
