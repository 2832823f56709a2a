"""Who may talk to a level's programs, and with whom they talk. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from .._kit import Manifest

_API_SERVER_PORTS = (443, 6443)
_NAME_SERVICE_PORTS = (53,)


def policies(namespace: str, labels: Mapping[str, str], pods: Iterable[str]) -> list[Manifest]:
    """In: whoever has a ServiceAccount in the cluster, for the programs ask back who it is. Out: the API server, names, stores over TLS."""
    return [_policy(name, namespace, labels) for name in pods]


def _policy(name: str, namespace: str, labels: Mapping[str, str]) -> Manifest:
    inside: dict[str, Any] = {"namespaceSelector": {}}
    names = [{"protocol": protocol, "port": port} for protocol in ("UDP", "TCP") for port in _NAME_SERVICE_PORTS]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace, "labels": dict(labels)},
        "spec": {
            "podSelector": {"matchLabels": {"app.kubernetes.io/name": name}},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{"from": [inside]}],
            "egress": [
                {"ports": [{"protocol": "TCP", "port": port} for port in _API_SERVER_PORTS]},
                {"ports": names},
                # Stores in the cluster; those outside are reached over TLS, like the API server.
                {"to": [inside]},
            ],
        },
    }
