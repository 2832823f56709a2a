"""One wrong value for each value rule of the rehearsal, put into what a profile really gives the cloud.

With tests/stand_ins/plugins/rehearsal/samples.py every rule has one: a test counts them. None takes the value away.
"""
# ruff: noqa: E501  (a case on one line reads as a table)

from typing import Any, NamedTuple

from tests.stand_ins.plugins.rehearsal.samples import allow


class Break(NamedTuple):
    """`value` at the dotted `path` of the profile's first thing of the type; a rule answers with `words`."""

    profile: str
    token: str
    path: str
    value: Any
    words: str


_OTHER_ROLE = "arn:aws:iam::111122223333:user/x"
_VPC_BLOCK = "10.64.0.0/16"
_WINDOW = {"startTime": "2026-01-03T00:00:00Z", "endTime": "2026-01-03T01:00:00Z", "recurrence": "FREQ=DAILY"}

BREAKS = [
    Break("eks", "aws:ec2/vpc:Vpc", "cidrBlock", None, "not chosen by AWS"),
    Break("eks", "aws:ec2/subnet:Subnet", "cidrBlock", "10.64.0.0/30", "between /16 and /28"),
    Break("eks", "aws:ec2/subnet:Subnet", "vpcId", "vpc-gone", "there is no VPC"),
    Break("eks", "aws:ec2/route:Route", "destinationCidrBlock", "0.0.0.1/0", "host bits"),
    Break("eks", "aws:ec2/vpcEndpoint:VpcEndpoint", "vpcEndpointType", "Door", "is none of"),
    Break("eks", "aws:ec2/flowLog:FlowLog", "maxAggregationInterval", 300, "is none of"),
    Break("eks", "aws:ec2/flowLog:FlowLog", "iamRoleArn", _OTHER_ROLE, "is not the ARN"),
    Break("eks", "aws:ec2/flowLog:FlowLog", "logDestination", "arn:aws:s3:::bucket", "is not the ARN"),
    Break("eks", "aws:iam/role:Role", "name", None, "random suffix"),
    Break("eks", "aws:iam/rolePolicy:RolePolicy", "policy", allow("s3:GetObject", "a" * 11000), "is longer than"),
    Break("eks", "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "policyArn", "AmazonEKSClusterPolicy", "is not the ARN"),
    Break("eks", "aws:kms/key:Key", "deletionWindowInDays", 1, "between 7 and 30"),
    Break("eks", "aws:cloudwatch/logGroup:LogGroup", "name", "a b", "a log group name"),
    Break("eks", "aws:cloudwatch/logGroup:LogGroup", "retentionInDays", None, "for ever"),
    Break("eks", "aws:cloudwatch/logGroup:LogGroup", "kmsKeyId", None, "a key of ours"),
    Break("eks", "aws:eks/cluster:Cluster", "version", None, "the newest would be taken"),
    Break("eks", "aws:eks/cluster:Cluster", "upgradePolicy.supportType", "EXTENDED", "six times"),
    Break("eks", "aws:eks/cluster:Cluster", "accessConfig.bootstrapClusterCreatorAdminPermissions", True, "named, not implied"),
    Break("eks", "aws:eks/cluster:Cluster", "enabledClusterLogTypes", ["kubelet"], "is none of"),
    Break("eks", "aws:eks/cluster:Cluster", "computeConfig.nodePools", ["spot"], "is none of"),
    Break("eks", "aws:eks/cluster:Cluster", "kubernetesNetworkConfig.serviceIpv4Cidr", "172.20.0.0/28", "between /12 and /24"),
    Break("eks", "aws:eks/cluster:Cluster", "kubernetesNetworkConfig.serviceIpv4Cidr", _VPC_BLOCK, "overlaps"),
    Break("eks", "aws:eks/cluster:Cluster", "encryptionConfig.provider.keyArn", "alias/x", "is not the ARN"),
    Break("eks", "aws:eks/cluster:Cluster", "vpcConfig.endpointPrivateAccess", False, "inside the VPC"),
    Break("eks", "aws:eks/cluster:Cluster", "vpcConfig.subnetIds", ["{aws:ec2/subnet:Subnet}"], "at least two zones"),
    Break("eks", "aws:eks/accessEntry:AccessEntry", "type", "ROOT", "is none of"),
    Break("eks", "aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "policyArn", "arn:aws:iam::aws:policy/X", "is not the ARN"),
    Break("eks", "aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "principalArn", "arn:aws:iam::111122223333:role/y", "has no access entry"),
    Break("eks", "aws:eks/addon:Addon", "addonName", "coredns", "runs it itself"),
    Break("eks", "aws:eks/addon:Addon", "resolveConflictsOnUpdate", "ASK", "is none of"),
    Break("eks", "aws:eks/podIdentityAssociation:PodIdentityAssociation", "roleArn", "role", "is not the ARN"),
    Break("eks", "aws:secretsmanager/secret:Secret", "kmsKeyId", None, "a key of ours"),
    Break("eks", "aws:ecr/repository:Repository", "name", "Upper", "a repository name"),
    Break("eks", "aws:ecr/repository:Repository", "imageScanningConfiguration.scanOnPush", False, "images are scanned"),
    Break("eks", "aws:ecr/repository:Repository", "encryptionConfigurations", None, "encrypted with a key"),
    Break("eks", "aws:ec2/eip:Eip", "tags", {f"t{number}": "x" for number in range(51)}, "are more than 50"),
    Break("gke", "gcp:compute/network:Network", "name", "N", "lower-case"),
    Break("gke", "gcp:compute/network:Network", "routingMode", "LOCAL", "is none of"),
    Break("gke", "gcp:compute/subnetwork:Subnetwork", "name", "-s", "lower-case"),
    Break("gke", "gcp:compute/subnetwork:Subnetwork", "logConfig", None, "flows are recorded"),
    Break("gke", "gcp:compute/subnetwork:Subnetwork", "ipCidrRange", "10.0.0.0/30", "between /4 and /29"),
    Break("gke", "gcp:compute/subnetwork:Subnetwork", "secondaryIpRanges", [{"rangeName": "pods", "ipCidrRange": "10.0.0.1/20"}], "host bits"),
    Break("gke", "gcp:compute/firewall:Firewall", "sourceRanges", ["0.0.0.0/0"], "between /8 and /32"),
    Break("gke", "gcp:compute/firewall:Firewall", "sourceRanges", None, "between /8 and /32"),
    Break("gke", "gcp:compute/firewall:Firewall", "targetServiceAccounts", None, "every machine"),
    Break("gke", "gcp:compute/firewall:Firewall", "direction", "BOTH", "is none of"),
    Break("gke", "gcp:compute/firewall:Firewall", "name", "F", "lower-case"),
    Break("gke", "gcp:compute/routerNat:RouterNat", "sourceSubnetworkIpRangesToNat", "SOME", "is none of"),
    Break("gke", "gcp:compute/routerNat:RouterNat", "logConfig.filter", "SOME", "is none of"),
    Break("gke", "gcp:projects/service:Service", "service", "compute", "a service such as"),
    Break("gke", "gcp:projects/iAMMember:IAMMember", "role", "admin", "is not a role"),
    Break("gke", "gcp:container/cluster:Cluster", "name", "c" * 41, "a cluster name"),
    Break("gke", "gcp:container/cluster:Cluster", "deletionProtection", None, "say which"),
    Break("gke", "gcp:container/cluster:Cluster", "releaseChannel.channel", "NIGHTLY", "is none of"),
    Break("gke", "gcp:container/cluster:Cluster", "releaseChannel", None, "in support"),
    Break("gke", "gcp:container/cluster:Cluster", "databaseEncryption.keyName", "cluster", "full name"),
    Break("gke", "gcp:container/cluster:Cluster", "gatewayApiConfig.channel", "CHANNEL_EXPERIMENTAL", "is none of"),
    Break("gke", "gcp:container/cluster:Cluster", "minMasterVersion", "1.35", "decides the version"),
    Break("gke", "gcp:container/cluster:Cluster", "maintenancePolicy", None, "at any hour"),
    Break("gke", "gcp:container/cluster:Cluster", "maintenancePolicy.recurringWindow", _WINDOW, "less than 48 hours"),
    Break("gke", "gcp:container/cluster:Cluster", "ipAllocationPolicy.clusterSecondaryRangeName", "others", "is none of"),
    Break("gke", "gcp:container/cluster:Cluster", "ipAllocationPolicy.servicesSecondaryRangeName", "others", "is none of"),
    Break("gke-standard", "gcp:container/cluster:Cluster", "workloadIdentityConfig", None, "identities of their own"),
    Break("gke-standard", "gcp:container/cluster:Cluster", "removeDefaultNodePool", False, "cannot be changed"),
    Break("gke-standard", "gcp:container/nodePool:NodePool", "nodeConfig.shieldedInstanceConfig.enableSecureBoot", False, "what Google signed"),
    Break("gke-standard", "gcp:container/nodePool:NodePool", "nodeConfig", None, "an editor"),
    Break("gke-standard", "gcp:container/nodePool:NodePool", "maxPodsPerNode", 4, "between 8 and 256"),
    Break("gke", "gcp:artifactregistry/repository:Repository", "repositoryId", "Upper", "a repository id"),
    Break("gke", "gcp:artifactregistry/repository:Repository", "location", "us", "own region"),
    Break("gke", "gcp:secretmanager/secret:Secret", "replication", {}, "where the secret is kept"),
]  # fmt: skip
