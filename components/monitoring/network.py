"""The flows of the monitoring namespace, which is closed by default, and its way in from outside."""

from collections.abc import Mapping
from typing import Any

from .._kit import Manifest
from .args import MonitoringPlatformArgs
from .values import ALERTMANAGER_PATH, GRAFANA_PATH, PROMETHEUS_PATH, RELEASE

NETWORKING_API = "networking.k8s.io/v1"
PROMETHEUS = f"{RELEASE}-kube-prometheus-stack-prometheus"
ALERTMANAGER = f"{RELEASE}-kube-prometheus-stack-alertmanager"
GRAFANA = f"{RELEASE}-grafana"
_GRAFANA_PORT, _PROMETHEUS_PORT, _ALERTMANAGER_PORT = 80, 9090, 9093
_FRONT_DOOR_PORTS = {"grafana": 3000, "prometheus": _PROMETHEUS_PORT, "alertmanager": _ALERTMANAGER_PORT}
_API_SERVER_PORTS = (443, 6443)
# Pods that ask the API server: the operator, its objects' sidecars, and whoever discovers targets or dashboards.
_API_CLIENTS = ("grafana", "kube-state-metrics", "kube-prometheus-stack-prometheus-operator")


def policies(namespace: str, labels: Mapping[str, str], platform: MonitoringPlatformArgs) -> list[Manifest]:
    """Who may talk to whom: all inside the namespace, Prometheus with every target, the others with what they need."""
    inside = {"podSelector": {}}
    return [
        _policy("inside", namespace, labels, {}, ingress=[{"from": [inside]}], egress=[{"to": [inside]}, _names()]),
        # A target may be anywhere, a node's own address included.
        _policy("prometheus", namespace, labels, _named("prometheus"), egress=[{}]),
        _policy("api-clients", namespace, labels, _one_of(_API_CLIENTS), egress=[{"ports": _tcp(_API_SERVER_PORTS)}]),
        # Receivers outside the cluster have no address that a policy could name.
        _policy("notifications", namespace, labels, _named("alertmanager"), egress=[{"ports": _tcp((443,))}]),
        *(_from_front_door(name, namespace, labels, platform["ingress_namespace"]) for name in doors(platform)),
    ]


def doors(platform: MonitoringPlatformArgs) -> list[str]:
    """What is behind the front door."""
    return ["grafana", "prometheus", "alertmanager"] if platform["enable_internal_urls"] else ["grafana"]


def ingress(namespace: str, labels: Mapping[str, str], platform: MonitoringPlatformArgs) -> Manifest:
    """One rule for all: Grafana on its host or path, the others on their paths."""
    backends = {
        "grafana": (GRAFANA_PATH if "domain" not in platform else "/", GRAFANA, _GRAFANA_PORT),
        "prometheus": (PROMETHEUS_PATH, PROMETHEUS, _PROMETHEUS_PORT),
        "alertmanager": (ALERTMANAGER_PATH, ALERTMANAGER, _ALERTMANAGER_PORT),
    }
    rule: dict[str, Any] = {"http": {"paths": [_path(*backends[name]) for name in doors(platform)]}}
    spec: dict[str, Any] = {"ingressClassName": platform["ingress_class"], "rules": [rule]}
    if "domain" in platform:
        rule["host"] = f"grafana.{platform['domain']}"
    if "tls_secret" in platform:
        spec["tls"] = [{"secretName": platform["tls_secret"], "hosts": [rule["host"]]}]
    metadata = {"name": "monitoring", "namespace": namespace, "labels": dict(labels)}
    return {"apiVersion": NETWORKING_API, "kind": "Ingress", "metadata": metadata, "spec": spec}


def urls(platform: MonitoringPlatformArgs, address: str | None) -> dict[str, str]:
    """Name to URL of what is behind the front door; `address` is what it published, None while it has none."""
    paths = {"grafana": GRAFANA_PATH if "domain" not in platform else "", "prometheus": PROMETHEUS_PATH, "alertmanager": ALERTMANAGER_PATH}
    host = f"grafana.{platform['domain']}" if "domain" in platform else address
    scheme = "https" if "tls_secret" in platform else "http"
    return {name: f"{scheme}://{host}{paths[name]}/" for name in doors(platform)} if host else {}


def _path(path: str, service: str, port: int) -> dict[str, Any]:
    return {"path": path, "pathType": "Prefix", "backend": {"service": {"name": service, "port": {"number": port}}}}


def _policy(name: str, namespace: str, labels: Mapping[str, str], pods: dict[str, Any], **flows: list[dict[str, Any]]) -> Manifest:
    metadata = {"name": f"monitoring-{name}", "namespace": namespace, "labels": dict(labels)}
    spec = {"podSelector": pods, "policyTypes": [kind.capitalize() for kind in flows], **flows}
    return {"apiVersion": NETWORKING_API, "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}


def _from_front_door(name: str, namespace: str, labels: Mapping[str, str], ingress_namespace: str) -> Manifest:
    source = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": ingress_namespace}}}
    flow = {"from": [source], "ports": _tcp((_FRONT_DOOR_PORTS[name],))}
    return _policy(f"front-door-{name}", namespace, labels, _named(name), ingress=[flow])


def _named(name: str) -> dict[str, Any]:
    return {"matchLabels": {"app.kubernetes.io/name": name}}


def _one_of(names: tuple[str, ...]) -> dict[str, Any]:
    return {"matchExpressions": [{"key": "app.kubernetes.io/name", "operator": "In", "values": list(names)}]}


def _tcp(ports: tuple[int, ...]) -> list[dict[str, Any]]:
    return [{"protocol": "TCP", "port": port} for port in ports]


def _names() -> dict[str, Any]:
    dns = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
    }
    return {"to": [dns], "ports": [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]}
