"""The VPC network: one regional subnet with ranges for pods and Services, private nodes, and Cloud NAT as the way out."""

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

import pulumi

from platforms._addresses import RangedBlocks, ranged
from platforms._cloud import CloudResource, Part
from platforms._names import base_name
from stack.settings import Settings
from stack.targets import FrontDoor, GkeSettings

PROXY_PURPOSE = "REGIONAL_MANAGED_PROXY"
PODS, SERVICES = "pods", "services"
"""Names of the secondary ranges."""


@dataclass(frozen=True)
class Network:
    """What the cluster needs of the network; nodes cannot pull an image before `way_out` is there."""

    network: CloudResource
    subnet: CloudResource
    way_out: pulumi.Resource


def subnet_inputs(name: str, cloud: GkeSettings, blocks: RangedBlocks) -> dict[str, Any]:
    """All that is decided about the subnet before anything is made."""
    return {
        "name": name,
        "region": cloud.region,
        "ipCidrRange": str(blocks.nodes),
        "secondaryIpRanges": [
            {"rangeName": PODS, "ipCidrRange": str(blocks.pods)},
            {"rangeName": SERVICES, "ipCidrRange": str(blocks.services)},
        ],
        # Google's APIs are reached inside Google's network: no NAT, no public address.
        "privateIpGoogleAccess": True,
        # A tenth of the flows, in ten-minute steps: enough to see who talked to whom, at a small part of the cost (CIS GKE 5.6.1).
        "logConfig": {"aggregationInterval": "INTERVAL_10_MIN", "flowSampling": 0.1, "metadata": "INCLUDE_ALL_METADATA"},
    }


def plan(cloud: GkeSettings) -> RangedBlocks:
    """The blocks of the network."""
    return ranged(IPv4Network(cloud.cidr))


def make_way_in(
    settings: Settings, cloud: GkeSettings, network: Network, nodes: CloudResource, provider: pulumi.ProviderResource
) -> tuple[pulumi.Resource, ...]:
    """What load balancers inside the network need: room for their proxies, and a rule that lets those reach the nodes' pods.

    GKE makes neither by itself (GKE docs, "Ingress for internal Application Load Balancers"); which pod a proxy may reach is
    for network policies to say. A public front door needs none of it.
    """
    if cloud.front_door is FrontDoor.PUBLIC:
        return ()
    name, block = f"{base_name(settings)}-proxies", str(plan(cloud).proxies)
    part = Part("GkeWayIn", "way-in", provider)
    subnet = part.make(
        "gcp:compute/subnetwork:Subnetwork",
        "proxies",
        {
            "name": name,
            "region": cloud.region,
            "ipCidrRange": block,
            "purpose": PROXY_PURPOSE,
            "role": "ACTIVE",
            "network": network.network.id,
        },
    )
    rule = part.make(
        "gcp:compute/firewall:Firewall",
        "proxies",
        {
            "name": name,
            "network": network.network.id,
            "direction": "INGRESS",
            "sourceRanges": [block],
            "targetServiceAccounts": [nodes.output("email")],
            "allows": [{"protocol": "tcp"}],
        },
    )
    part.register_outputs({})
    return subnet, rule


def make_network(settings: Settings, cloud: GkeSettings, services: list[pulumi.Resource], provider: pulumi.ProviderResource) -> Network:
    """Make network, subnet, router and NAT, once the project's `services` are enabled."""
    name = base_name(settings)
    part = Part("GkeNetwork", "network", provider)
    network = part.make(
        "gcp:compute/network:Network",
        "network",
        {"name": name, "autoCreateSubnetworks": False, "routingMode": "REGIONAL"},
        depends_on=services,
    )
    inputs = subnet_inputs(name, cloud, plan(cloud))
    subnet = part.make("gcp:compute/subnetwork:Subnetwork", "subnet", {**inputs, "network": network.id})
    router = part.make("gcp:compute/router:Router", "router", {"name": name, "region": cloud.region, "network": network.id})
    nat = part.make(
        "gcp:compute/routerNat:RouterNat",
        "nat",
        {
            "name": name,
            "region": cloud.region,
            "router": router.output("name"),
            "natIpAllocateOption": "AUTO_ONLY",
            "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES",
            "logConfig": {"enable": True, "filter": "ERRORS_ONLY"},
        },
    )
    part.register_outputs({})
    return Network(network, subnet, nat)
