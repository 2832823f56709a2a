"""The VPC: private subnets for nodes and pods, public ones for load balancers and NAT, over three zones."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi

from platforms._addresses import ZonedBlocks, zoned
from platforms._cloud import CloudResource, Part
from platforms._names import base_name, is_production
from stack.settings import Settings
from stack.targets import EksSettings, NatMode

EVERYWHERE = "0.0.0.0/0"
FRONT_DOORS = {"kubernetes.io/role/elb": "1", "kubernetes.io/role/internal-elb": "1"}
"""The tags by which Auto Mode finds subnets for load balancers of both schemes: small ones without a pod in them, so that a
network policy can let the load balancer in and no pod beside it."""


@dataclass(frozen=True)
class NetworkPlan:
    """All that is decided about the network before anything is made."""

    name: str
    block: str
    blocks: ZonedBlocks
    zones: tuple[str, ...]
    nat_zones: tuple[str, ...]
    """Zones with a NAT gateway; the private subnets of another zone use the first one."""
    region: str

    def nat_zone(self, zone: str) -> str:
        """The zone whose gateway the private subnet in `zone` goes out by."""
        return zone if zone in self.nat_zones else self.nat_zones[0]


@dataclass(frozen=True)
class Network:
    """What the cluster needs of the network; nodes cannot start before `routes` are there."""

    vpc: CloudResource
    private: tuple[CloudResource, ...]
    routes: tuple[pulumi.Resource, ...]


def plan_network(settings: Settings, cloud: EksSettings) -> NetworkPlan:
    """The network of the settings; without a choice, production has a NAT gateway in each zone and others have one."""
    mode = cloud.nat or (NatMode.ZONAL if is_production(settings) else NatMode.SINGLE)
    zones = tuple(cloud.zones)
    return NetworkPlan(
        name=base_name(settings),
        block=cloud.cidr,
        blocks=zoned(IPv4Network(cloud.cidr)),
        zones=zones,
        nat_zones=zones if mode is NatMode.ZONAL else zones[:1],
        region=cloud.region,
    )


def make_network(plan: NetworkPlan, provider: pulumi.ProviderResource) -> Network:
    """Make the VPC, its subnets and the ways out."""
    part = Part("EksNetwork", "network", provider)
    vpc = part.make(
        "aws:ec2/vpc:Vpc",
        "vpc",
        {"cidrBlock": plan.block, "enableDnsSupport": True, "enableDnsHostnames": True, "tags": {"Name": plan.name}},
    )
    # AWS opens a new VPC's default security group within itself; nothing uses it, so it allows nothing (CIS AWS 5.4).
    part.make("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default-security-group", {"vpcId": vpc.id, "ingress": [], "egress": []})
    public, public_routes = _public(part, plan, vpc)
    private, private_routes, tables = _private(part, plan, vpc, public, public_routes)
    part.make(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "s3-endpoint",
        # Image layers come from S3: by the gateway endpoint they cost nothing and do not pass the NAT gateway.
        {
            "vpcId": vpc.id,
            "vpcEndpointType": "Gateway",
            "serviceName": f"com.amazonaws.{plan.region}.s3",
            "routeTableIds": [table.id for table in tables],
        },
    )
    part.register_outputs({})
    return Network(vpc, tuple(private.values()), (*public_routes, *private_routes))


def _public(part: Part, plan: NetworkPlan, vpc: CloudResource) -> tuple[dict[str, CloudResource], list[pulumi.Resource]]:
    """The public subnets by zone, and what makes them public."""
    gateway = part.make("aws:ec2/internetGateway:InternetGateway", "internet-gateway", {"vpcId": vpc.id, "tags": {"Name": plan.name}})
    table = part.make("aws:ec2/routeTable:RouteTable", "public-routes", {"vpcId": vpc.id, "tags": {"Name": f"{plan.name}-public"}})
    out = {"routeTableId": table.id, "destinationCidrBlock": EVERYWHERE, "gatewayId": gateway.id}
    made: list[pulumi.Resource] = [part.make("aws:ec2/route:Route", "public-route", out)]
    subnets = {}
    for zone, block in zip(plan.zones, plan.blocks.public, strict=True):
        subnets[zone] = _subnet(part, plan, vpc, f"public-{zone}", zone, block, FRONT_DOORS)
        association = {"subnetId": subnets[zone].id, "routeTableId": table.id}
        made.append(part.make("aws:ec2/routeTableAssociation:RouteTableAssociation", f"public-{zone}", association))
    return subnets, made


def _private(
    part: Part, plan: NetworkPlan, vpc: CloudResource, public: dict[str, CloudResource], public_routes: list[pulumi.Resource]
) -> tuple[dict[str, CloudResource], list[pulumi.Resource], list[CloudResource]]:
    """The private subnets by zone, their ways out, and their route tables."""
    gateways = {zone: _nat(part, plan, zone, public[zone], public_routes) for zone in plan.nat_zones}
    subnets: dict[str, CloudResource] = {}
    made: list[pulumi.Resource] = []
    tables: list[CloudResource] = []
    for zone, block in zip(plan.zones, plan.blocks.private, strict=True):
        subnets[zone] = _subnet(part, plan, vpc, f"private-{zone}", zone, block, {})
        name = f"private-{zone}"
        table = part.make("aws:ec2/routeTable:RouteTable", f"{name}-routes", {"vpcId": vpc.id, "tags": {"Name": f"{plan.name}-{name}"}})
        out = {"routeTableId": table.id, "destinationCidrBlock": EVERYWHERE, "natGatewayId": gateways[plan.nat_zone(zone)].id}
        made.append(part.make("aws:ec2/route:Route", f"{name}-route", out))
        association = {"subnetId": subnets[zone].id, "routeTableId": table.id}
        made.append(part.make("aws:ec2/routeTableAssociation:RouteTableAssociation", name, association))
        tables.append(table)
    return subnets, made, tables


def _nat(part: Part, plan: NetworkPlan, zone: str, subnet: CloudResource, public_routes: list[pulumi.Resource]) -> CloudResource:
    tags = {"Name": f"{plan.name}-{zone}"}
    address = part.make("aws:ec2/eip:Eip", f"nat-{zone}", {"domain": "vpc", "tags": tags})
    inputs = {"allocationId": address.id, "subnetId": subnet.id, "tags": tags}
    return part.make("aws:ec2/natGateway:NatGateway", f"nat-{zone}", inputs, depends_on=public_routes)


def _subnet(
    part: Part, plan: NetworkPlan, vpc: CloudResource, name: str, zone: str, block: IPv4Network, roles: Mapping[str, str]
) -> CloudResource:
    """A subnet of one zone; without a public address for what starts in it."""
    inputs = {
        "vpcId": vpc.id,
        "availabilityZone": zone,
        "cidrBlock": str(block),
        "mapPublicIpOnLaunch": False,
        "tags": {"Name": f"{plan.name}-{name}", **roles},
    }
    return part.make("aws:ec2/subnet:Subnet", name, inputs)
