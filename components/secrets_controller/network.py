"""Who may talk to a level's programs, and with whom they talk. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from .._kit import Manifest
from .._network import DNS_PORTS, addresses, policy, tcp

_API_SERVER_PORTS = (443, 6443)


def policies(namespace: str, labels: Mapping[str, str], pods: Iterable[str], identity_endpoints: Mapping[str, int]) -> list[Manifest]:
    """In: whoever has a ServiceAccount in the cluster, for the programs ask back who it is.

    Out: the API server, names, stores over TLS, and where a pod gets its cloud identity.
    """
    return [_policy(name, namespace, labels, identity_endpoints) for name in pods]


def _policy(name: str, namespace: str, labels: Mapping[str, str], identity_endpoints: Mapping[str, int]) -> Manifest:
    inside: dict[str, Any] = {"namespaceSelector": {}}
    identity = [{"to": [addresses(cidr)], "ports": tcp(port)} for cidr, port in identity_endpoints.items()]
    # Stores in the cluster; those outside are reached over TLS, like the API server.
    out = [{"ports": tcp(*_API_SERVER_PORTS)}, {"ports": DNS_PORTS}, {"to": [inside]}, *identity]
    metadata = {"name": name, "namespace": namespace, "labels": dict(labels)}
    return policy(metadata, {"matchLabels": {"app.kubernetes.io/name": name}}, ingress=[{"from": [inside]}], egress=out)
