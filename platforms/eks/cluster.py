"""The EKS cluster in Auto Mode, who may administer it, and how a client reaches it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from platforms._cloud import CloudResource, Part
from platforms._names import base_name, is_protected
from platforms.eks.keys import Keys
from platforms.eks.network import Network
from platforms.eks.policies import trust
from stack import pins
from stack.section import Target
from stack.settings import Settings
from stack.targets import EksSettings
from stack.values import EKS_SERVICES

NAME_SERVER = "172.20.0.10"
"""EKS puts the name server at the tenth address of that block."""

METRICS_SERVER = "metrics-server"
LOG_TYPES = ["api", "audit", "authenticator"]
NODE_POOLS = ["general-purpose", "system"]
ADMIN_POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"

CLUSTER_POLICIES = (
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSClusterPolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
)
NODE_POLICIES = ("AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodeMinimalPolicy")
"""AWS' own policies for the two roles of Auto Mode (EKS user guide, "Cluster IAM role" and "Node IAM role" of Auto Mode)."""


@dataclass(frozen=True)
class Cluster:
    """The cluster, and what has to be there before anything in it can be made."""

    resource: CloudResource
    access: tuple[pulumi.Resource, ...]


def cluster_inputs(settings: Settings, cloud: EksSettings) -> dict[str, Any]:
    """All that is decided about the cluster before anything is made."""
    return {
        "name": base_name(settings),
        "version": pins.kubernetes(Target.EKS),
        # Extended support costs six times as much for each hour; an upgrade that AWS makes in its place is announced.
        "upgradePolicy": {"supportType": "STANDARD"},
        "deletionProtection": is_protected(settings, cloud.deletion_protection),
        "bootstrapSelfManagedAddons": False,
        "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False},
        "enabledClusterLogTypes": LOG_TYPES,
        "storageConfig": {"blockStorage": {"enabled": True}},
        "kubernetesNetworkConfig": {"ipFamily": "ipv4", "serviceIpv4Cidr": EKS_SERVICES, "elasticLoadBalancing": {"enabled": True}},
        "zonalShiftConfig": {"enabled": True},
    }


def endpoint_inputs(cloud: EksSettings) -> dict[str, Any]:
    """Nodes reach the API server inside the VPC; from outside only the named addresses do, or nobody."""
    if not cloud.public_access_cidrs:
        return {"endpointPrivateAccess": True, "endpointPublicAccess": False}
    return {"endpointPrivateAccess": True, "endpointPublicAccess": True, "publicAccessCidrs": cloud.public_access_cidrs}


def make_cluster(settings: Settings, cloud: EksSettings, network: Network, keys: Keys, provider: pulumi.ProviderResource) -> Cluster:
    """Make the two roles, the cluster and its administrators."""
    name = base_name(settings)
    part = Part("EksCluster", "cluster", provider)
    role, granted = _role(part, "cluster", f"{name}-cluster", trust("eks.amazonaws.com", tag_session=True), CLUSTER_POLICIES)
    node_role, node_granted = _role(part, "node", f"{name}-node", trust("ec2.amazonaws.com"), NODE_POLICIES)
    inputs = {
        **cluster_inputs(settings, cloud),
        "roleArn": role.output("arn"),
        "vpcConfig": {**endpoint_inputs(cloud), "subnetIds": [subnet.id for subnet in network.private]},
        "computeConfig": {"enabled": True, "nodePools": NODE_POOLS, "nodeRoleArn": node_role.output("arn")},
        "encryptionConfig": {"resources": ["secrets"], "provider": {"keyArn": keys.cluster.output("arn")}},
    }
    needed = [*granted, *node_granted, *network.routes, keys.control_plane_logs]
    outputs = ("arn", "certificateAuthority", "endpoint")
    # EKS alone would refuse only once everything in the cluster is gone; the engine refuses in its preview, before that.
    protection = pulumi.ResourceOptions(protect=inputs["deletionProtection"])
    cluster = part.make("aws:eks/cluster:Cluster", "cluster", inputs, outputs, needed, protection)
    access = [_administrator(part, cluster, arn) for arn in cloud.admin_roles]
    # Auto Mode brings all that a node needs but this, without which no HorizontalPodAutoscaler sees any load.
    part.make(
        "aws:eks/addon:Addon",
        METRICS_SERVER,
        {"clusterName": cluster.id, "addonName": METRICS_SERVER, "resolveConflictsOnUpdate": "OVERWRITE"},
    )
    part.register_outputs({})
    return Cluster(cluster, tuple(access))


def _role(part: Part, use: str, name: str, assume: str, policies: tuple[str, ...]) -> tuple[CloudResource, list[pulumi.Resource]]:
    role = part.make("aws:iam/role:Role", use, {"name": name, "assumeRolePolicy": assume}, ("arn",))
    attached: list[pulumi.Resource] = [
        part.make(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            f"{use}-{policy}",
            {"role": role.id, "policyArn": f"arn:aws:iam::aws:policy/{policy}"},
        )
        for policy in policies
    ]
    return role, attached


def _administrator(part: Part, cluster: CloudResource, arn: str) -> pulumi.Resource:
    """An IAM role that may do everything in the cluster: by an access entry, which IAM alone can change."""
    short = arn.rpartition("/")[2]
    entry = part.make(
        "aws:eks/accessEntry:AccessEntry",
        f"admin-{short}",
        {"clusterName": cluster.id, "principalArn": arn, "type": "STANDARD"},
    )
    return part.make(
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        f"admin-{short}",
        {"clusterName": cluster.id, "principalArn": arn, "policyArn": ADMIN_POLICY, "accessScope": {"type": "cluster"}},
        depends_on=[entry],
    )


def kubeconfig(name: str, region: str, endpoint: str, authority: Mapping[str, str]) -> str:
    """A kubeconfig without a credential: `aws` gives a short-lived token to whoever may have one."""
    arguments = ["--region", region, "eks", "get-token", "--cluster-name", name, "--output", "json"]
    login = {"apiVersion": "client.authentication.k8s.io/v1", "command": "aws", "args": arguments, "interactiveMode": "Never"}
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": {"server": endpoint, "certificate-authority-data": authority["data"]}}],
            "users": [{"name": name, "user": {"exec": login}}],
            "contexts": [{"name": "causeway", "context": {"cluster": name, "user": name}}],
            "current-context": "causeway",
        }
    )
