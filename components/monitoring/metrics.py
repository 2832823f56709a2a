"""Which metrics an expression reads, and where each comes from: a rule over a metric that nobody has looks like good health."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from .._kit import Manifest
from .alerts_secrets import ROTATED
from .owners import owner_rules
from .slo import Objective, slo_groups

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`[^`]*`')
_LABELS = re.compile(r"\{[^{}]*\}|\[[^\[\]]*\]|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)")
_NAME = re.compile(r"(?<![\w:.$])[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])")
_LABEL_VALUES = re.compile(r"label_values\((.*), \w+\)")
_WORDS = frozenset("and or unless offset bool by without on ignoring group_left group_right inf nan atan2".split())

SOURCES: MappingProxyType[str, frozenset[str]] = MappingProxyType(
    {
        "Prometheus itself": frozenset(("up", "ALERTS")),
        "kubelet": frozenset(
            "container_cpu_cfs_periods_total container_cpu_cfs_throttled_periods_total container_cpu_usage_seconds_total "
            "container_memory_working_set_bytes kubelet_volume_stats_available_bytes kubelet_volume_stats_capacity_bytes "
            "kubelet_volume_stats_used_bytes".split()
        ),
        "kube-state-metrics": frozenset(
            "kube_cronjob_created kube_cronjob_info kube_cronjob_labels kube_cronjob_next_schedule_time "
            "kube_cronjob_spec_starting_deadline_seconds kube_cronjob_spec_suspend "
            "kube_cronjob_status_last_schedule_time kube_cronjob_status_last_successful_time kube_daemonset_created kube_daemonset_labels "
            "kube_daemonset_status_desired_number_scheduled kube_daemonset_status_number_available kube_deployment_created "
            "kube_deployment_labels kube_deployment_spec_replicas kube_deployment_status_replicas_available kube_job_created "
            "kube_job_failed kube_job_info kube_job_labels kube_job_owner kube_job_status_completion_time kube_job_status_start_time "
            "kube_node_status_allocatable kube_node_status_condition kube_persistentvolumeclaim_info kube_persistentvolumeclaim_labels "
            "kube_persistentvolumeclaim_resource_requests_storage_bytes kube_pod_container_resource_limits "
            "kube_pod_container_resource_requests kube_pod_container_status_last_terminated_reason "
            "kube_pod_container_status_restarts_total kube_pod_info kube_pod_labels kube_pod_status_phase kube_secret_created "
            "kube_statefulset_created kube_statefulset_labels kube_statefulset_replicas "
            "kube_statefulset_status_replicas_available".split()
        ),
        "node-exporter": frozenset(
            "node_cpu_seconds_total node_filesystem_avail_bytes node_filesystem_size_bytes node_memory_MemAvailable_bytes "
            "node_memory_MemTotal_bytes".split()
        ),
        "Prometheus' own metrics": frozenset(
            "prometheus_rule_evaluation_failures_total prometheus_tsdb_head_samples_appended_total prometheus_tsdb_head_series".split()
        ),
        "Alertmanager": frozenset(("alertmanager_notifications_total",)),
        "Argo CD": frozenset(
            "argocd_app_info argocd_app_reconcile_bucket argocd_app_sync_total argocd_git_fetch_fail_total "
            "argocd_git_lsremote_fail_total argocd_git_request_total".split()
        ),
        "External Secrets": frozenset(
            "externalsecret_status_condition pushsecret_status_condition workqueue_longest_running_processor_seconds".split()
        ),
        "services that answer HTTP": frozenset(
            "http_request_duration_seconds_bucket http_request_duration_seconds_count http_requests_total".split()
        ),
    }
)
"""Exporter to the metrics of it that we read. Nothing else may be read: add the metric here after seeing it there."""


@cache
def metrics(expression: str) -> frozenset[str]:
    """The names of the metrics that a PromQL expression reads."""
    text = _LABELS.sub(" ", _LABELS.sub(" ", _STRING.sub("", expression)))
    return frozenset(name for name in _NAME.findall(text) if name.lower() not in _WORDS)


_OF_OBJECTIVES = [rule for group in slo_groups(Objective("any", "any", "any")) for rule in group["rules"]]
_RECORDED = frozenset([ROTATED, *(rule["record"] for rule in [*owner_rules(), *_OF_OBJECTIVES] if "record" in rule)])
"""What our own rules record of clusters, objectives and secrets; the shared dashboards read it whoever makes it."""


def recorded(manifests: Iterable[Manifest]) -> set[str]:
    """The names under which rules keep results."""
    return {rule["record"] for rule in _rules(manifests) if "record" in rule}


def unknown_metrics(manifests: Iterable[Manifest], own: Iterable[str] = ()) -> Iterator[str]:
    """A line for each rule and panel that reads a metric which no exporter, no recording rule and no workload (`own`) has."""
    manifests = list(manifests)
    known = {*own, *recorded(manifests), *_RECORDED, *(name for names in SOURCES.values() for name in names)}
    for manifest in manifests:
        for reader, expression in _expressions(manifest):
            for name in sorted(metrics(expression) - known):
                yield f"{manifest['kind']} {_path(manifest)}: {reader} reads {name}, which nothing provides"


def _expressions(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """What reads, and the expression by which it does: rules, and the panels and pickers of a dashboard."""
    for rule in _rules([manifest]):
        yield rule.get("alert") or rule["record"], rule["expr"]
    if manifest["kind"] == "ConfigMap" and "grafana_dashboard" in manifest["metadata"].get("labels", {}):
        for text in manifest["data"].values():
            yield from _queries(text)


@cache
def _queries(dashboard: str) -> list[tuple[str, str]]:
    model = json.loads(dashboard)
    panels = [(panel["title"], target["expr"]) for panel in model["panels"] for target in panel["targets"]]
    pickers = [(one["name"], _LABEL_VALUES.fullmatch(one["query"])) for one in model["templating"]["list"] if one["type"] == "query"]
    return [*panels, *((name, found[1]) for name, found in pickers if found)]


def _rules(manifests: Iterable[Manifest]) -> Iterator[Mapping[str, Any]]:
    for manifest in manifests:
        if manifest["kind"] == "PrometheusRule":
            for rules in manifest["spec"]["groups"]:
                yield from rules["rules"]


def _path(manifest: Manifest) -> str:
    return f"{manifest['metadata']['namespace']}/{manifest['metadata']['name']}"
