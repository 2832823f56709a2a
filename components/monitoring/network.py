"""The flows of the monitoring namespace, which is closed by default, and its way in from outside."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from .._kit import Manifest
from .._network import API, front_door, name_lookup, one_of, policy, tcp, to_anywhere
from ..workload import WorkloadPlatformArgs
from .args import MonitoringDoor
from .values import ALERTMANAGER_PATH, GRAFANA_PATH, PROMETHEUS_PATH, RELEASE


class _Behind(NamedTuple):
    """What is behind a door: its Service and port, its pods' port, and the path it serves."""

    service: str
    port: int
    pod_port: int
    path: str


_BEHIND: MappingProxyType[MonitoringDoor, _Behind] = MappingProxyType(
    {
        MonitoringDoor.GRAFANA: _Behind(f"{RELEASE}-grafana", 80, 3000, GRAFANA_PATH),
        MonitoringDoor.PROMETHEUS: _Behind(f"{RELEASE}-kube-prometheus-stack-prometheus", 9090, 9090, PROMETHEUS_PATH),
        MonitoringDoor.ALERTMANAGER: _Behind(f"{RELEASE}-kube-prometheus-stack-alertmanager", 9093, 9093, ALERTMANAGER_PATH),
    }
)
GRAFANA_HEALTH = "/api/health"
"""Where a front door that asks by itself finds out: `/` leads on to the login page, which counts as ill. Clouds open Grafana alone."""

_API_SERVER_PORTS = (443, 6443)
# Pods that ask the API server: the operator, and those that watch objects or look for dashboards.
_API_CLIENTS = ("grafana", "kube-state-metrics", "kube-prometheus-stack-prometheus-operator")


def policies(namespace: str, labels: Mapping[str, str], doors: Sequence[MonitoringDoor], platform: WorkloadPlatformArgs) -> list[Manifest]:
    """Who may talk to whom: all inside the namespace, Prometheus with every target, the others with what they need."""
    inside: Manifest = {"podSelector": {}}
    front = front_door(platform)
    return [
        _policy("inside", namespace, labels, {}, ingress=[{"from": [inside]}], egress=[{"to": [inside]}, name_lookup(platform)]),
        to_anywhere(
            "a target may be anywhere, a node's own address included",
            _policy("prometheus", namespace, labels, _named("prometheus"), egress=[{}]),
        ),
        to_anywhere(
            "the API server's address is the target's",
            _policy("api-clients", namespace, labels, one_of(_API_CLIENTS), egress=[{"ports": tcp(*_API_SERVER_PORTS)}]),
        ),
        to_anywhere(
            "receivers outside the cluster have no address that a policy could name",
            _policy("notifications", namespace, labels, _named("alertmanager"), egress=[{"ports": tcp(443)}]),
        ),
        *(
            _policy(
                f"door-{door.value}",
                namespace,
                labels,
                _named(door.value),
                ingress=[{"from": front, "ports": tcp(_BEHIND[door].pod_port)}],
            )
            for door in doors
        ),
    ]


def ingress(namespace: str, labels: Mapping[str, str], doors: Sequence[MonitoringDoor], platform: WorkloadPlatformArgs) -> Manifest:
    """One rule for all doors; a domain gives Grafana a host of its own."""
    rule: dict[str, Any] = {"http": {"paths": [_path(door, platform) for door in doors]}}
    if host := _host(platform):
        rule["host"] = host
    spec: dict[str, Any] = {"rules": [rule]}
    if platform["ingress_class"]:
        spec["ingressClassName"] = platform["ingress_class"]
    metadata: dict[str, Any] = {"name": "monitoring", "namespace": namespace, "labels": dict(labels)}
    health = {platform["ingress_health_annotation"]: GRAFANA_HEALTH} if platform["ingress_health_annotation"] else {}
    if annotations := {**platform["ingress_annotations"], **health}:
        metadata["annotations"] = annotations
    return {"apiVersion": API, "kind": "Ingress", "metadata": metadata, "spec": spec}


def urls(doors: Sequence[MonitoringDoor], platform: WorkloadPlatformArgs, address: str | None) -> dict[str, str]:
    """Name to URL of what is behind the front door; `address` is what it published, None while it has none."""
    host = _host(platform) or address
    return {door.value: f"{platform['ingress_scheme']}://{host}{_served(door, platform).rstrip('/')}/" for door in doors} if host else {}


def _host(platform: WorkloadPlatformArgs) -> str | None:
    return f"grafana.{platform['domain']}" if "domain" in platform else None


def _served(door: MonitoringDoor, platform: WorkloadPlatformArgs) -> str:
    return "/" if door is MonitoringDoor.GRAFANA and "domain" in platform else _BEHIND[door].path


def _path(door: MonitoringDoor, platform: WorkloadPlatformArgs) -> dict[str, Any]:
    behind = _BEHIND[door]
    backend = {"service": {"name": behind.service, "port": {"number": behind.port}}}
    return {"path": _served(door, platform), "pathType": "Prefix", "backend": backend}


def _policy(name: str, namespace: str, labels: Mapping[str, str], pods: dict[str, Any], **flows: list[dict[str, Any]]) -> Manifest:
    metadata = {"name": f"monitoring-{name}", "namespace": namespace, "labels": dict(labels)}
    return policy(metadata, pods, **flows)


def _named(name: str) -> dict[str, Any]:
    return {"matchLabels": {"app.kubernetes.io/name": name}}
