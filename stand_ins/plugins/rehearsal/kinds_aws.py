"""The types of AWS that the platform uses. Ids and ARNs have the form of real ones (AWS Service Authorization Reference)."""

from typing import Any

from stand_ins.plugins.rehearsal.kinds import Kind, Place

EC2 = "arn:aws:ec2:{region}:{account}:"
NAMED_ROLE = "arn:aws:iam::{account}:role/{given[name]}"


def _cluster(inputs: dict[str, Any], place: Place) -> dict[str, Any]:
    """The endpoint is the local cluster's, so that a client goes the way it would at AWS."""
    return {
        "endpoint": place.kubernetes["server"],
        "certificateAuthority": {"data": place.kubernetes["authority"]},
        "platformVersion": "eks.1",
        "status": "ACTIVE",
        "createdAt": "2026-01-01T00:00:00Z",
        "vpcConfig": {**inputs.get("vpcConfig", {}), "clusterSecurityGroupId": f"sg-{place.digits}"},
    }


def _repository(inputs: dict[str, Any], place: Place) -> dict[str, Any]:
    return {
        "registryId": place.account,
        "repositoryUrl": f"{place.account}.dkr.ecr.{place.region}.amazonaws.com/{inputs.get('name')}",
    }


SECRET = "aws:secretsmanager/secret:Secret"

KINDS = {
    "aws:ec2/vpc:Vpc": Kind("vpc-{digits}", EC2 + "vpc/{id}", ("cidrBlock",)),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": Kind("sg-{digits}", EC2 + "security-group/{id}", ("vpcId",)),
    "aws:ec2/internetGateway:InternetGateway": Kind("igw-{digits}", EC2 + "internet-gateway/{id}"),
    "aws:ec2/subnet:Subnet": Kind("subnet-{digits}", EC2 + "subnet/{id}", ("vpcId", "cidrBlock", "availabilityZone")),
    "aws:ec2/eip:Eip": Kind("eipalloc-{digits}", EC2 + "elastic-ip/{id}", ("domain",)),
    "aws:ec2/natGateway:NatGateway": Kind("nat-{digits}", EC2 + "natgateway/{id}", ("allocationId", "subnetId")),
    "aws:ec2/routeTable:RouteTable": Kind("rtb-{digits}", EC2 + "route-table/{id}", ("vpcId",)),
    "aws:ec2/route:Route": Kind("r-{given[routeTableId]}{digits}", replaces=("routeTableId", "destinationCidrBlock")),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Kind("rtbassoc-{digits}", replaces=("subnetId",)),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Kind("vpce-{digits}", EC2 + "vpc-endpoint/{id}", ("vpcId", "serviceName")),
    "aws:ec2/flowLog:FlowLog": Kind("fl-{digits}", EC2 + "vpc-flow-log/{id}", ("vpcId", "trafficType", "logDestination")),
    "aws:kms/key:Key": Kind("{digits}", "arn:aws:kms:{region}:{account}:key/{id}"),
    "aws:kms/alias:Alias": Kind("{given[name]}", "arn:aws:kms:{region}:{account}:{id}", ("name",)),
    "aws:cloudwatch/logGroup:LogGroup": Kind("{given[name]}", "arn:aws:logs:{region}:{account}:log-group:{id}", ("name",)),
    "aws:iam/role:Role": Kind("{given[name]}", NAMED_ROLE, ("name",)),
    "aws:iam/rolePolicy:RolePolicy": Kind("{given[role]}:{given[name]}", replaces=("name", "role")),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Kind("{given[role]}/{given[policyArn]}", replaces=("role", "policyArn")),
    "aws:eks/cluster:Cluster": Kind(
        "{given[name]}", "arn:aws:eks:{region}:{account}:cluster/{id}", ("name", "roleArn", "bootstrapSelfManagedAddons"), _cluster
    ),
    "aws:eks/accessEntry:AccessEntry": Kind("{given[clusterName]}:{given[principalArn]}", replaces=("clusterName", "principalArn", "type")),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": Kind(
        "{given[clusterName]}#{given[principalArn]}#{given[policyArn]}", replaces=("clusterName", "principalArn", "policyArn")
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": Kind("a-{digits}", replaces=("clusterName", "namespace", "serviceAccount")),
    "aws:eks/addon:Addon": Kind(
        "{given[clusterName]}:{given[addonName]}",
        "arn:aws:eks:{region}:{account}:addon/{given[clusterName]}/{given[addonName]}/{digits}",
        ("clusterName", "addonName"),
    ),
    SECRET: Kind("arn:aws:secretsmanager:{region}:{account}:secret:{given[name]}-{digits:.6}", "{id}", ("name",)),
    "aws:secretsmanager/secretVersion:SecretVersion": Kind(
        "{given[secretId]}|{digits}", replaces=("secretId", "secretString"), inside=(SECRET, "secretId")
    ),
    "aws:ecr/repository:Repository": Kind("{given[name]}", "arn:aws:ecr:{region}:{account}:repository/{id}", ("name",), _repository),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": Kind("{given[repository]}", replaces=("repository",)),
}
