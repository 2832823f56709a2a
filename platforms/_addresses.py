"""Address arithmetic: which part of a network's block goes where. Pure."""

from dataclasses import dataclass
from ipaddress import IPv4Network

ZONES = 3
"""Three zones survive the loss of one with a majority left: what Prometheus pairs, quorums and disruption budgets assume."""


@dataclass(frozen=True)
class ZonedBlocks:
    """The blocks of a network over three zones: `private` for nodes and pods, `public` for load balancers and NAT."""

    private: tuple[IPv4Network, ...]
    public: tuple[IPv4Network, ...]


@dataclass(frozen=True)
class RangedBlocks:
    """The blocks of one regional subnet: addresses of nodes, and the secondary ranges of pods and Services."""

    nodes: IPv4Network
    pods: IPv4Network
    services: IPv4Network


def zoned(block: IPv4Network) -> ZonedBlocks:
    """Cut a block of /16 to /20 into a private quarter for each zone, and small public parts out of the last quarter.

    Pods take their addresses from the private parts (the VPC's own network plugin), so those get nearly all of it.
    """
    quarters = list(block.subnets(prefixlen_diff=2))
    small = list(quarters[ZONES].subnets(prefixlen_diff=4))
    return ZonedBlocks(tuple(quarters[:ZONES]), tuple(small[:ZONES]))


def ranged(block: IPv4Network) -> RangedBlocks:
    """Cut a block of /12 to /16: half for pods, an eighth for nodes, an eighth for Services.

    Google gives each node a /24 of the pod range on Standard (110 pods) and a /26 on Autopilot (32 pods), so nodes run
    out long after pods do.
    """
    pods, rest = block.subnets(prefixlen_diff=1)
    eighths = list(rest.subnets(prefixlen_diff=2))
    return RangedBlocks(nodes=eighths[0], pods=pods, services=eighths[1])
