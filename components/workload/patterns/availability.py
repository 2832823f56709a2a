"""What keeps a workload up: disruption budget, spread over nodes and zones, autoscaling."""

from typing import Any

from ..._kit import Manifest
from ..args import WorkloadAutoscalingArgs, WorkloadSpread
from ..defaults import BACKLOG_PER_REPLICA, CPU_TARGET_PERCENT
from ..model import Workload

KEDA_API = "keda.sh/v1alpha1"


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
        for key in workload.inputs["scheduling"].get("spread_keys", ("kubernetes.io/hostname", "topology.kubernetes.io/zone"))
    ]


def replicas(workload: Workload) -> dict[str, int]:
    """The replica count, left to the autoscaler where there is one: two owners would undo each other."""
    return {} if "autoscaling" in workload.inputs else {"replicas": workload.inputs["replicas"]}


def autoscalers(workload: Workload, kind: str) -> list[Manifest]:
    """The autoscaler of the object `kind`: Kubernetes' own, or KEDA's for what that one cannot do."""
    wanted = workload.inputs.get("autoscaling")
    if wanted is None:
        return []
    target = {"apiVersion": "apps/v1", "kind": kind, "name": workload.name}
    if needs_keda(wanted):
        return [_scaled_object(workload, wanted, target)]
    spec = {
        "scaleTargetRef": target,
        "minReplicas": fewest_replicas(workload),
        "maxReplicas": wanted["max_replicas"],
        "metrics": _metrics(wanted),
    }
    return [workload.object("autoscaling/v2", "HorizontalPodAutoscaler", spec)]


def needs_keda(wanted: WorkloadAutoscalingArgs) -> bool:
    """Whether Kubernetes' own autoscaler cannot do what is wanted: queries, times, and no replicas at all."""
    return bool(wanted.keys() & {"prometheus", "schedules"}) or wanted.get("min_replicas") == 0


def _utilization(wanted: WorkloadAutoscalingArgs) -> dict[str, int]:
    """Use to hold of processor and memory, in percent; of the processor where nothing else is named."""
    found = {"cpu": wanted.get("cpu_percent"), "memory": wanted.get("memory_percent")}
    named = {name: percent for name, percent in found.items() if percent is not None}
    other = wanted.keys() & {"backlog_metric", "prometheus", "schedules"}
    return named or ({} if other else {"cpu": CPU_TARGET_PERCENT})


def _metrics(wanted: WorkloadAutoscalingArgs) -> list[dict[str, Any]]:
    metrics: list[dict[str, Any]] = [
        {"type": "Resource", "resource": {"name": name, "target": {"type": "Utilization", "averageUtilization": percent}}}
        for name, percent in _utilization(wanted).items()
    ]
    if "backlog_metric" in wanted:
        target = {"type": "AverageValue", "averageValue": str(wanted.get("backlog_per_replica", BACKLOG_PER_REPLICA))}
        metrics.append({"type": "External", "external": {"metric": {"name": wanted["backlog_metric"]}, "target": target}})
    return metrics


def _scaled_object(workload: Workload, wanted: WorkloadAutoscalingArgs, target: dict[str, str]) -> Manifest:
    server = f"http://prometheus-operated.{workload.platform['monitoring_namespace']}.svc:9090"
    queries = list(wanted.get("prometheus", []))
    if "backlog_metric" in wanted:
        per_replica = float(wanted.get("backlog_per_replica", BACKLOG_PER_REPLICA))
        queries.append({"query": f"sum({wanted['backlog_metric']})", "threshold": per_replica})
    triggers: list[dict[str, Any]] = [
        {"type": name, "metricType": "Utilization", "metadata": {"value": str(percent)}} for name, percent in _utilization(wanted).items()
    ]
    for given in queries:
        metadata = {"serverAddress": given.get("server", server), "query": given["query"], "threshold": f"{given['threshold']:g}"}
        triggers.append({"type": "prometheus", "metadata": metadata})
    for times in wanted.get("schedules", []):
        metadata = {"timezone": times["time_zone"], "start": times["start"], "end": times["end"]}
        triggers.append({"type": "cron", "metadata": {**metadata, "desiredReplicas": str(times["replicas"])}})
    spec = {
        "scaleTargetRef": target,
        "minReplicaCount": fewest_replicas(workload),
        "maxReplicaCount": wanted["max_replicas"],
        "triggers": triggers,
    }
    return workload.object(KEDA_API, "ScaledObject", spec)
