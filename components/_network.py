"""The parts of a NetworkPolicy that every component writes alike."""

from collections.abc import Mapping, Sequence
from typing import Any

API = "networking.k8s.io/v1"
DNS_PORTS = [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]


def policy(metadata: Mapping[str, Any], pods: Mapping[str, Any], **flows: list[dict[str, Any]]) -> dict[str, Any]:
    """A policy over `pods` for the directions given, `ingress` or `egress`; what it does not list is denied in these."""
    spec = {"podSelector": pods, "policyTypes": [kind.capitalize() for kind in flows], **flows}
    return {"apiVersion": API, "kind": "NetworkPolicy", "metadata": dict(metadata), "spec": spec}


def to_anywhere(reason: str, made: Mapping[str, Any]) -> dict[str, Any]:
    """The policy with the reason why it names no peer, which the policy pack asks for."""
    return {**made, "metadata": {**made["metadata"], "annotations": {"causeway.dev/allow-open-network": reason}}}


def one_of(names: Sequence[str]) -> dict[str, Any]:
    """Selects the pods with one of these names."""
    return {"matchExpressions": [{"key": "app.kubernetes.io/name", "operator": "In", "values": list(names)}]}


def in_namespace(name: str) -> dict[str, Any]:
    """Every pod of a namespace, as a peer."""
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def addresses(cidr: str) -> dict[str, Any]:
    """A range of addresses, as a peer."""
    return {"ipBlock": {"cidr": cidr}}


# IPv4 that is not the internet: this network, private, shared, loopback, link-local, multicast and reserved (RFC 6890).
PRIVATE = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3",
)  # fmt: skip
PUBLIC_IPV6 = "2000::/3"
"""All of IPv6 that is routed in public (RFC 4291)."""


def internet() -> list[dict[str, Any]]:
    """Every public address, as peers."""
    return [{"ipBlock": {"cidr": "0.0.0.0/0", "except": list(PRIVATE)}}, addresses(PUBLIC_IPV6)]


def tcp(*ports: int) -> list[dict[str, Any]]:
    return [{"protocol": "TCP", "port": port} for port in ports]


def name_servers(platform: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The cluster's name servers, as peers: pods, or addresses outside the network of pods."""
    pods = [{**in_namespace("kube-system"), "podSelector": {"matchLabels": {"k8s-app": name}}} for name in platform["dns_apps"]]
    return [*pods, *map(addresses, platform["dns_cidrs"])]


def name_lookup(platform: Mapping[str, Any]) -> dict[str, Any]:
    """The way out to the cluster's name servers."""
    return {"to": name_servers(platform), "ports": DNS_PORTS}


def front_door(platform: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Where exposed traffic comes from: load balancers outside the cluster, or pods of a namespace."""
    return [addresses(cidr) for cidr in platform["ingress_cidrs"]] or [in_namespace(platform["ingress_namespace"])]
