"""The kinds that Argo CD may touch: one table for projects, the controller's rights and what it watches. Nothing else, no wildcard."""

from collections.abc import Iterable
from typing import Any, NamedTuple

ARGO_GROUP = "argoproj.io"
WRITE_VERBS = ("create", "delete", "get", "list", "patch", "update", "watch")
READ_VERBS = ("get", "list", "watch")


class Kind(NamedTuple):
    """A kind: API group (empty for core), name, and the plural that rights are given by."""

    group: str
    kind: str
    plural: str


TEAM_KINDS = (
    Kind("", "ConfigMap", "configmaps"),
    Kind("", "PersistentVolumeClaim", "persistentvolumeclaims"),
    Kind("", "Service", "services"),
    Kind("", "ServiceAccount", "serviceaccounts"),
    Kind("apps", "DaemonSet", "daemonsets"),
    Kind("apps", "Deployment", "deployments"),
    Kind("apps", "StatefulSet", "statefulsets"),
    Kind("autoscaling", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
    Kind("batch", "CronJob", "cronjobs"),
    Kind("batch", "Job", "jobs"),
    Kind("monitoring.coreos.com", "PodMonitor", "podmonitors"),
    Kind("monitoring.coreos.com", "PrometheusRule", "prometheusrules"),
    Kind("monitoring.coreos.com", "ServiceMonitor", "servicemonitors"),
    Kind("networking.k8s.io", "Ingress", "ingresses"),
    Kind("networking.k8s.io", "NetworkPolicy", "networkpolicies"),
    Kind("policy", "PodDisruptionBudget", "poddisruptionbudgets"),
)
"""What a team may have in its namespaces: what WorkloadPattern makes. No Secret, no rights, no quota, nothing cluster-wide."""
PLATFORM_KINDS = (
    *TEAM_KINDS,
    Kind("", "LimitRange", "limitranges"),
    Kind("", "ResourceQuota", "resourcequotas"),
    Kind(ARGO_GROUP, "Application", "applications"),
    Kind(ARGO_GROUP, "ApplicationSet", "applicationsets"),
)
"""What the platform's own applications may have besides: limits, and further applications."""
OBSERVED_KINDS = (
    Kind("", "Pod", "pods"),
    Kind("apps", "ControllerRevision", "controllerrevisions"),
    Kind("apps", "ReplicaSet", "replicasets"),
)
"""Made by Kubernetes out of the others: watched for health, never written."""
STATEFUL_KINDS = ("PersistentVolumeClaim", "StatefulSet")
"""Kinds whose data nobody can make again: never pruned, never deleted with their application."""


def whitelist(kinds: Iterable[Kind]) -> list[dict[str, str]]:
    """The kinds as a project lists them."""
    return [{"group": kind.group, "kind": kind.kind} for kind in kinds]


def rules(kinds: Iterable[Kind], verbs: Iterable[str]) -> list[dict[str, list[str]]]:
    """The kinds as rules of a ClusterRole, one for each API group."""
    groups: dict[str, list[str]] = {}
    for kind in kinds:
        groups.setdefault(kind.group, []).append(kind.plural)
    return [{"apiGroups": [group], "resources": sorted(plurals), "verbs": list(verbs)} for group, plurals in sorted(groups.items())]


def inclusions() -> list[dict[str, Any]]:
    """Argo CD's `resource.inclusions`: it neither asks for nor caches anything else."""
    groups: dict[str, list[str]] = {}
    for kind in (*PLATFORM_KINDS, *OBSERVED_KINDS):
        groups.setdefault(kind.group, []).append(kind.kind)
    return [{"apiGroups": [group], "kinds": sorted(kinds), "clusters": ["*"]} for group, kinds in sorted(groups.items())]
