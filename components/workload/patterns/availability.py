"""What keeps a workload up: disruption budget, spread over nodes and zones, autoscaling."""

from typing import Any

from ..._kit import Manifest
from ..args import WorkloadSpread
from ..defaults import BACKLOG_PER_REPLICA, CPU_TARGET_PERCENT
from ..model import Workload


def fewest_replicas(workload: Workload) -> int:
    """The number of pods that the workload never scales below."""
    autoscaling = workload.inputs.get("autoscaling")
    return autoscaling.get("min_replicas", workload.inputs["replicas"]) if autoscaling else workload.inputs["replicas"]


def disruption_budgets(workload: Workload) -> list[Manifest]:
    """A budget of one pod at a time; none for a single pod, where it would only hinder node maintenance."""
    if fewest_replicas(workload) < 2:
        return []
    spec = {"maxUnavailable": 1, "selector": {"matchLabels": workload.selector}}
    return [workload.object("policy/v1", "PodDisruptionBudget", spec)]


def spread(workload: Workload) -> list[dict[str, Any]]:
    """Constraints that keep the pods on different nodes and in different zones."""
    strict = workload.platform["spread"] is WorkloadSpread.HARD
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "DoNotSchedule" if strict else "ScheduleAnyway",
            "labelSelector": {"matchLabels": workload.selector},
        }
        for key in ("kubernetes.io/hostname", "topology.kubernetes.io/zone")
    ]


def replicas(workload: Workload) -> dict[str, int]:
    """The replica count, left to the autoscaler where there is one: two owners would undo each other."""
    return {} if "autoscaling" in workload.inputs else {"replicas": workload.inputs["replicas"]}


def autoscalers(workload: Workload, kind: str) -> list[Manifest]:
    """The autoscaler of the object `kind`, by backlog where a metric is named, else by processor."""
    wanted = workload.inputs.get("autoscaling")
    if wanted is None:
        return []
    if "backlog_metric" in wanted:
        target = {"type": "AverageValue", "averageValue": str(wanted.get("backlog_per_replica", BACKLOG_PER_REPLICA))}
        metric = {"type": "External", "external": {"metric": {"name": wanted["backlog_metric"]}, "target": target}}
    else:
        use = {"type": "Utilization", "averageUtilization": wanted.get("cpu_percent", CPU_TARGET_PERCENT)}
        metric = {"type": "Resource", "resource": {"name": "cpu", "target": use}}
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": kind, "name": workload.name},
        "minReplicas": fewest_replicas(workload),
        "maxReplicas": wanted["max_replicas"],
        "metrics": [metric],
    }
    return [workload.object("autoscaling/v2", "HorizontalPodAutoscaler", spec)]
