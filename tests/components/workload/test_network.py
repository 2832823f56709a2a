"""Network policies, evaluated against the matrix of declared flows: the local network may not enforce them."""

from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from components._kit import Manifest
from components.namespace.component import manifests
from components.shop.component import DEFAULTS
from components.shop.workloads import workloads
from components.workload import render

SHOP = workloads({**DEFAULTS, "namespace": "shop", "shop_image": "causeway/shop:1.0.0", "postgres_image": "postgres:15.20"})
PODS = {
    **{name: ("shop", {"app": name}) for name in SHOP},
    "front door": ("ingress-nginx", {"app": "traefik"}),
    "scraper": ("monitoring", {"app": "prometheus"}),
    "names": ("kube-system", {"k8s-app": "kube-dns"}),
    "stranger": ("elsewhere", {"app": "web"}),
    "unknown": ("shop", {"app": "unknown"}),
}
ALLOWED = {
    ("web", "database", 5432),
    ("worker", "database", 5432),
    ("report", "database", 5432),
    ("front door", "web", 8080),
    ("scraper", "web", 8080),
    ("scraper", "worker", 9090),
    *((name, "names", 53) for name in SHOP),
}
INTERNET = {"pattern": "worker", "image": "shop/worker:1.0.0", "allow_to": [{"internet": True, "port": 443}]}
PORTS = (53, 5432, 8080, 9090)


def _policies() -> list[Manifest]:
    default_deny = manifests("shop", {"team": "shop", "environment": "development"})[1]
    return [default_deny, *(made for name, args in SHOP.items() for made in render(name, args) if made["kind"] == "NetworkPolicy")]


def _flows(policies: list[Manifest], source: str, target: str, port: int) -> bool:
    return _permits(policies, target, source, port, "ingress", "from") and _permits(policies, source, target, port, "egress", "to")


def _permits(policies: list[Manifest], pod: str, peer: str, port: int, direction: str, side: str) -> bool:
    """Kubernetes' rule: a pod that no policy selects is open; else one selecting policy must list the flow."""
    namespace, labels = PODS[pod]
    selecting = [
        policy["spec"]
        for policy in policies
        if direction.capitalize() in policy["spec"]["policyTypes"]
        and policy["metadata"]["namespace"] == namespace
        and policy["spec"]["podSelector"].get("matchLabels", {}).items() <= labels.items()
    ]
    return not selecting or any(_listed(flow, side, peer, port) for spec in selecting for flow in spec.get(direction, []))


def _listed(flow: dict[str, Any], side: str, peer: str, port: int) -> bool:
    ports = flow.get("ports")
    return (ports is None or port in [allowed["port"] for allowed in ports]) and any(_is(selector, peer) for selector in flow[side])


def _is(selector: dict[str, Any], peer: str) -> bool:
    namespace, labels = PODS[peer]
    wanted = selector.get("podSelector", {}).get("matchLabels", {})
    return selector["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] == namespace and wanted.items() <= labels.items()


@pytest.mark.parametrize("target", PODS)
@pytest.mark.parametrize("source", PODS)
def test_flow_matrix(source: str, target: str) -> None:
    """3.17: exactly the declared flows pass, in both directions' policies, and no other."""
    touched = source in SHOP or target in SHOP
    passing = {(source, target, port) for port in PORTS if _flows(_policies(), source, target, port)}

    assert passing == {flow for flow in ALLOWED if flow[:2] == (source, target)} if touched and source != target else True


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("1.1.1.1", True),
        ("9.255.255.255", True),
        ("10.0.0.1", False),
        ("100.64.0.10", False),
        ("169.254.169.254", False),
        ("172.31.255.255", False),
        ("192.168.49.2", False),
        ("223.255.255.255", True),
        ("224.0.0.1", False),
        ("2606:4700::1111", True),
        ("fd00:ec2::254", False),
        ("fe80::1", False),
    ],
)
def test_internet(address: str, is_public: bool) -> None:
    """Issue 21, 11: the internet is every public address on the port, and neither the cluster nor a cloud's metadata service."""
    policy = next(made for made in render("a", {**INTERNET}) if made["kind"] == "NetworkPolicy")
    (flow,) = [flow for flow in policy["spec"]["egress"] if "ipBlock" in flow["to"][0]]
    reached = [
        peer["ipBlock"]
        for peer in flow["to"]
        if ip_address(address) in ip_network(peer["ipBlock"]["cidr"])
        and not any(ip_address(address) in ip_network(cidr) for cidr in peer["ipBlock"].get("except", []))
    ]

    assert [{"protocol": "TCP", "port": 443}] == flow["ports"]
    assert is_public is bool(reached)
