"""Address arithmetic: which part of a network's block goes where. Pure."""

from dataclasses import dataclass
from ipaddress import IPv4Network

ZONES = 3
"""Three zones survive the loss of one with a majority left: what Prometheus pairs, quorums and disruption budgets assume."""

PROXY_PREFIX = 23
"""Google's advice for the proxies of a region's load balancers (Cloud Load Balancing, "Proxy-only subnets")."""


@dataclass(frozen=True)
class ZonedBlocks:
    """The blocks of a network over three zones: `private` for nodes and pods, `public` for load balancers and NAT."""

    private: tuple[IPv4Network, ...]
    public: tuple[IPv4Network, ...]


@dataclass(frozen=True)
class RangedBlocks:
    """The blocks of a regional network: nodes, with pods and Services as secondary ranges, and the proxies of load balancers."""

    nodes: IPv4Network
    pods: IPv4Network
    services: IPv4Network
    proxies: IPv4Network


def zoned(block: IPv4Network) -> ZonedBlocks:
    """Cut a block of /16 to /20 into a private quarter for each zone, and small public parts out of the last quarter.

    Pods take their addresses from the private parts (the VPC's own network plugin), so those get nearly all of it.
    """
    quarters = list(block.subnets(prefixlen_diff=2))
    small = list(quarters[ZONES].subnets(prefixlen_diff=4))
    return ZonedBlocks(tuple(quarters[:ZONES]), tuple(small[:ZONES]))


def ranged(block: IPv4Network) -> RangedBlocks:
    """Cut a block of /12 to /16: half for pods, an eighth for nodes, an eighth for Services, and a /23 for proxies.

    Google gives each node a /24 of the pod range on Standard (110 pods) and a /26 on Autopilot (32 pods), so nodes run
    out long after pods do.
    """
    pods, rest = block.subnets(prefixlen_diff=1)
    eighths = list(rest.subnets(prefixlen_diff=2))
    proxies = next(eighths[2].subnets(new_prefix=PROXY_PREFIX))
    return RangedBlocks(nodes=eighths[0], pods=pods, services=eighths[1], proxies=proxies)
