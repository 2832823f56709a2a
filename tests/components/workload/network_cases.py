"""For the rules about ways in and out: objects that break them by addresses and kinds of Service, and near misses that do not."""

from typing import Any

from tests.components.workload.rule_cases import Case
from tests.components.workload.samples import objects, spoiled


def _to(cidr: str, *excepted: str) -> dict[str, Any]:
    return {"to": [{"ipBlock": {"cidr": cidr, "except": list(excepted)}}]}


BROKEN: dict[str, Case] = {
    "A port of every node should fail.": ("node-port", lambda: spoiled("stateless", "Service", {"spec": {"type": "NodePort"}})),
    "A flow to all addresses in two halves should fail.": (
        "open-network",
        lambda: spoiled("worker", "NetworkPolicy", {"spec": {"egress": [_to("0.0.0.0/1"), _to("128.0.0.0/1")]}}),
    ),
    "A flow to all addresses but the clusters' should fail.": (
        "open-network",
        lambda: spoiled("worker", "NetworkPolicy", {"spec": {"egress": [_to("0.0.0.0/0", "10.0.0.0/8")]}}),
    ),
    "A flow to all of IPv6 should fail.": (
        "open-network",
        lambda: spoiled("worker", "NetworkPolicy", {"spec": {"egress": [_to("::/0")]}}),
    ),
    "A flow to the internet on every port should fail.": (
        "open-network",
        lambda: spoiled("worker", "NetworkPolicy", {"spec": {"egress": [_to("2000::/3")]}}),
    ),
}
RIGHT: dict[str, Case] = {
    "A load balancer should pass.": ("node-port", lambda: spoiled("stateless", "Service", {"spec": {"type": "LoadBalancer"}})),
    "A flow to the internet should pass.": (
        "open-network",
        lambda: objects("worker", allow_to=[{"internet": True, "port": 443}, {"cidr": "10.0.0.0/8", "port": 5432}]),
    ),
    "A flow from the internet should pass.": ("open-network", lambda: objects("stateless", allow_from=[{"internet": True}])),
}
