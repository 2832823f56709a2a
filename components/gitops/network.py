"""The flows of Argo CD's namespace, which is closed by default, and its way in from outside."""

from collections.abc import Mapping
from typing import Any

from .._kit import Manifest
from .._network import API, front_door, in_namespace, name_lookup, one_of, policy, tcp, to_anywhere
from ..workload import WorkloadPlatformArgs
from .values import DOOR_PATH, RELEASE

_API_SERVER_PORTS = (443, 6443)
_API_CLIENTS = ("argocd-application-controller", "argocd-applicationset-controller", "argocd-server")
_METRICS_PORTS = (8080, 8082, 8083, 8084)
_SERVER_PORT = 8080


def policies(
    namespace: str, labels: Mapping[str, str], platform: WorkloadPlatformArgs, *, git_port: int | None, has_door: bool
) -> list[Manifest]:
    """Who may talk to whom: all inside the namespace, three parts with the API server, the repo server with Git outside at `git_port`."""
    inside: Manifest = {"podSelector": {}}
    monitoring = in_namespace(platform.get("monitoring_namespace", "monitoring"))
    front = front_door(platform)
    made = [
        _policy("inside", namespace, labels, {}, ingress=[{"from": [inside]}], egress=[{"to": [inside]}, name_lookup(platform)]),
        to_anywhere(
            "the API server's address is the target's",
            _policy("api-clients", namespace, labels, one_of(_API_CLIENTS), egress=[{"ports": tcp(*_API_SERVER_PORTS)}]),
        ),
        _policy("metrics", namespace, labels, {}, ingress=[{"from": [monitoring], "ports": tcp(*_METRICS_PORTS)}]),
    ]
    if git_port:
        git = _policy("git", namespace, labels, one_of(("argocd-repo-server",)), egress=[{"ports": tcp(git_port)}])
        made.append(to_anywhere("a Git host has no address that a policy could name", git))
    if has_door:
        made.append(_policy("door", namespace, labels, one_of(("argocd-server",)), ingress=[{"from": front, "ports": tcp(_SERVER_PORT)}]))
    return made


def ingress(namespace: str, labels: Mapping[str, str], host: str, platform: WorkloadPlatformArgs) -> Manifest:
    """The door: a host of its own where there is a domain, else a path."""
    backend = {"service": {"name": f"{RELEASE}-server", "port": {"name": "http"}}}
    rule: dict[str, Any] = {"http": {"paths": [{"path": "/" if host else DOOR_PATH, "pathType": "Prefix", "backend": backend}]}}
    if host:
        rule["host"] = host
    spec: dict[str, Any] = {"rules": [rule]}
    if platform["ingress_class"]:
        spec["ingressClassName"] = platform["ingress_class"]
    metadata: dict[str, Any] = {"name": RELEASE, "namespace": namespace, "labels": dict(labels)}
    if platform["ingress_annotations"]:
        metadata["annotations"] = dict(platform["ingress_annotations"])
    return {"apiVersion": API, "kind": "Ingress", "metadata": metadata, "spec": spec}


def _policy(name: str, namespace: str, labels: Mapping[str, str], pods: dict[str, Any], **flows: list[dict[str, Any]]) -> Manifest:
    metadata = {"name": f"gitops-{name}", "namespace": namespace, "labels": dict(labels)}
    return policy(metadata, pods, **flows)
