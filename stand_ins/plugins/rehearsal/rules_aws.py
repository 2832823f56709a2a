"""What AWS accepts, as rules over the inputs of each type; a rule's docstring names where it is written down."""

from collections.abc import Callable, Mapping
from ipaddress import IPv4Network

from stand_ins.plugins.rehearsal.judge import Judge, World
from stand_ins.plugins.rehearsal.policies import as_list, faults

KUBERNETES = ("1.35", "1.36")
"""Versions with standard support: endoflife.date/amazon-eks and the EKS user guide's release calendar; 1.34 ends 2026-12-02."""

LOG_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, 0)
LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
AUTO_MODE = ("computeConfig.enabled", "storageConfig.blockStorage.enabled", "kubernetesNetworkConfig.elasticLoadBalancing.enabled")
IN_AUTO_MODE = ("vpc-cni", "kube-proxy", "coredns", "aws-ebs-csi-driver", "eks-pod-identity-agent", "eks-node-monitoring-agent")


def vpc(judge: Judge, world: World) -> None:  # noqa: ARG001
    """A VPC has a block of /16 to /28 (VPC user guide, "VPC CIDR blocks")."""
    judge.needs("cidrBlock", "the block is not chosen by AWS")
    judge.network("cidrBlock", 16, 28)


def subnet(judge: Judge, world: World) -> None:
    """A subnet lies in its VPC, overlaps no other one, and is in a zone of the region."""
    block = judge.network("cidrBlock", 16, 28)
    zone = judge.at("availabilityZone")
    if zone is not None and zone[:-1] != world.region:
        judge.refuse("availabilityZone", f"{zone} is no zone of {world.region}")
    if block is None or judge.at("vpcId") is None:
        return
    home = world.store.get("aws:ec2/vpc:Vpc", judge.at("vpcId"))
    if home is None:
        judge.refuse("vpcId", f"there is no VPC {judge.at('vpcId')}")
    elif not block.subnet_of(IPv4Network(home.outputs["cidrBlock"])):
        judge.refuse("cidrBlock", f"{block} is not in the VPC's {home.outputs['cidrBlock']}")
    for other in world.store.of("aws:ec2/subnet:Subnet"):
        taken = IPv4Network(other.outputs["cidrBlock"])
        if other.outputs["vpcId"] == judge.at("vpcId") and other.urn != judge.urn and block.overlaps(taken):
            judge.refuse("cidrBlock", f"{block} overlaps {taken} of {other.id}")


def default_security_group(judge: Judge, world: World) -> None:  # noqa: ARG001
    """The default group allows nothing (CIS AWS Foundations 5.4)."""
    for direction in ("ingress", "egress"):
        if judge.at(direction):
            judge.refuse(direction, "the default security group must not allow anything")


def route(judge: Judge, world: World) -> None:  # noqa: ARG001
    """A route leads to exactly one target."""
    judge.network("destinationCidrBlock", 0, 32)
    targets = [name for name in ("gatewayId", "natGatewayId", "vpcEndpointId", "transitGatewayId") if judge.inputs.get(name)]
    if len(targets) != 1:
        judge.refuse("", f"leads to {', '.join(targets) or 'nothing'}: exactly one target is needed")


def endpoint(judge: Judge, world: World) -> None:
    """An endpoint is for a service of the same region."""
    judge.text("serviceName", rf"com\.amazonaws\.{world.region}\.[a-z0-9.-]+", f"a service in {world.region}")
    judge.one_of("vpcEndpointType", ("Gateway", "Interface", "GatewayLoadBalancer", "Resource", "ServiceNetwork"))


def flow_log(judge: Judge, world: World) -> None:  # noqa: ARG001
    """EC2 API, CreateFlowLogs."""
    judge.one_of("trafficType", ("ACCEPT", "REJECT", "ALL"))
    judge.one_of("maxAggregationInterval", (60, 600))
    judge.arn("iamRoleArn", "iam", "role/.+")
    judge.arn("logDestination", "logs", "log-group:.+")


def role(judge: Judge, world: World) -> None:  # noqa: ARG001
    """A role's name has 1 to 64 characters; its trust names who may become it (IAM user guide, "Quotas")."""
    judge.needs("name", "AWS would add a random suffix")
    judge.text("name", r"[\w+=,.@-]{1,64}", "a role name of 1 to 64 letters, digits and +=,.@_-")
    _policy(judge, "assumeRolePolicy", trust=True, longest=2048)


def role_policy(judge: Judge, world: World) -> None:  # noqa: ARG001
    """An inline policy: no wildcard action on a wildcard resource."""
    _policy(judge, "policy", longest=10240)


def attachment(judge: Judge, world: World) -> None:  # noqa: ARG001
    """A managed policy is named by its ARN; the administrator's is nobody's."""
    arn = judge.arn("policyArn", "iam", "policy/.+")
    if arn and arn.endswith("/AdministratorAccess"):
        judge.refuse("policyArn", "gives everything on everything")


def key(judge: Judge, world: World) -> None:  # noqa: ARG001
    """A key rotates, can be restored for 7 to 30 days, and its account keeps control of it (KMS developer guide)."""
    judge.must_be("enableKeyRotation", True, "a key that never changes is not managed")
    judge.number("deletionWindowInDays", 7, 30)
    policy = _policy(judge, "policy", of_key=True, longest=32768)
    if policy and not any("kms:PutKeyPolicy" in as_list(item.get("Action")) for item in policy["Statement"]):
        judge.refuse("policy", "nobody could ever change the policy again: kms:PutKeyPolicy is given to no one")


def alias(judge: Judge, world: World) -> None:  # noqa: ARG001
    """An alias begins with alias/, and alias/aws/ is AWS' own."""
    judge.text("name", r"alias/(?!aws/)[a-zA-Z0-9/_-]{1,250}", "alias/<name>")


def log_group(judge: Judge, world: World) -> None:  # noqa: ARG001
    """CloudWatch Logs API, CreateLogGroup and PutRetentionPolicy."""
    judge.text("name", r"[.\-_/#A-Za-z0-9]{1,512}", "a log group name")
    judge.needs("retentionInDays", "logs would be kept, and paid for, for ever")
    judge.one_of("retentionInDays", LOG_DAYS)
    judge.needs("kmsKeyId", "logs are encrypted with a key of ours")
    judge.arn("kmsKeyId", "kms", "key/.+")


def cluster(judge: Judge, world: World) -> None:
    """EKS API, CreateCluster; Auto Mode is on as a whole or not at all (EKS user guide, "Create an Auto Mode cluster")."""
    judge.text("name", r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}", "a cluster name of 1 to 100 letters, digits, - and _")
    judge.one_of("version", KUBERNETES)
    judge.needs("version", "the newest would be taken, whenever that changes")
    judge.must_be("upgradePolicy.supportType", "STANDARD", "extended support costs six times as much")
    judge.must_be("accessConfig.authenticationMode", "API", "aws-auth can lock everyone out")
    judge.must_be("accessConfig.bootstrapClusterCreatorAdminPermissions", False, "administrators are named, not implied")
    judge.one_of("enabledClusterLogTypes", LOG_TYPES)
    switches = {path: judge.at(path) for path in AUTO_MODE}
    if len(set(switches.values())) > 1:
        judge.refuse("computeConfig", f"Auto Mode needs all of {', '.join(AUTO_MODE)}, or none")
    if switches[AUTO_MODE[0]] and judge.at("bootstrapSelfManagedAddons") is not False:
        judge.refuse("bootstrapSelfManagedAddons", "must be false with Auto Mode")
    judge.one_of("computeConfig.nodePools", ("general-purpose", "system"))
    judge.network("kubernetesNetworkConfig.serviceIpv4Cidr", 12, 24)
    judge.must_be("encryptionConfig.resources", ["secrets"], "secrets are encrypted with a key of ours")
    judge.arn("encryptionConfig.provider.keyArn", "kms", "key/.+")
    _endpoints(judge)
    _zones(judge, world)


def _endpoints(judge: Judge) -> None:
    judge.must_be("vpcConfig.endpointPrivateAccess", True, "nodes reach the API server inside the VPC")
    callers = judge.at("vpcConfig.publicAccessCidrs")
    if judge.at("vpcConfig.endpointPublicAccess") is not False and not callers:
        judge.refuse("vpcConfig.publicAccessCidrs", "the public endpoint would be open to the world")
    for caller in callers or []:
        judge.block("vpcConfig.publicAccessCidrs", caller, 8, 32)


def _zones(judge: Judge, world: World) -> None:
    """Subnets in at least two zones, and the Service block outside their VPC."""
    given = [item for item in judge.at("vpcConfig.subnetIds") or [] if isinstance(item, str)]
    known = [subnet for subnet in (world.store.get("aws:ec2/subnet:Subnet", item) for item in given) if subnet]
    zones = {subnet.outputs["availabilityZone"] for subnet in known}
    if known and len(zones) < 2:
        judge.refuse("vpcConfig.subnetIds", "are not in at least two zones")
    services = judge.at("kubernetesNetworkConfig.serviceIpv4Cidr")
    for subnet in known:
        if services and IPv4Network(services).overlaps(IPv4Network(subnet.outputs["cidrBlock"])):
            judge.refuse("kubernetesNetworkConfig.serviceIpv4Cidr", f"{services} overlaps {subnet.id}")


def access_entry(judge: Judge, world: World) -> None:  # noqa: ARG001
    """EKS API, CreateAccessEntry: an IAM role or user, and one of the types."""
    judge.arn("principalArn", "iam", "(role|user)/.+")
    judge.one_of("type", ("STANDARD", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "EC2", "HYBRID_LINUX", "HYPERPOD_LINUX"))


def access_policy(judge: Judge, world: World) -> None:
    """An access policy is EKS' own, and its principal has an entry."""
    judge.arn("policyArn", "eks", "cluster-access-policy/AmazonEKS.+Policy")
    judge.one_of("accessScope.type", ("cluster", "namespace"))
    entry = f"{judge.at('clusterName')}:{judge.at('principalArn')}"
    if judge.at("clusterName") and world.store.get("aws:eks/accessEntry:AccessEntry", entry) is None:
        judge.refuse("principalArn", "has no access entry")


def addon(judge: Judge, world: World) -> None:  # noqa: ARG001
    """What Auto Mode runs itself is not to be added (EKS user guide, "Amazon EKS add-ons", Auto Mode)."""
    if judge.at("addonName") in IN_AUTO_MODE:
        judge.refuse("addonName", "Auto Mode runs it itself")
    judge.one_of("resolveConflictsOnUpdate", ("NONE", "OVERWRITE", "PRESERVE"))


def pod_identity(judge: Judge, world: World) -> None:
    """The role of an association lets Pod Identity assume it and tag the session (EKS user guide, "Pod Identity role")."""
    arn = judge.arn("roleArn", "iam", "role/.+")
    found = next((item for item in world.store.of("aws:iam/role:Role") if item.outputs.get("arn") == arn), None)
    if arn and found is None:
        judge.refuse("roleArn", f"there is no role {arn}")
    if found and not {"pods.eks.amazonaws.com", "sts:AssumeRole", "sts:TagSession"} <= set(found.inputs["assumeRolePolicy"].split('"')):
        judge.refuse("roleArn", "does not trust pods.eks.amazonaws.com to assume it and to tag its session")


def secret(judge: Judge, world: World) -> None:  # noqa: ARG001
    """Secrets Manager API, CreateSecret: the name, a key, and a recovery window of 7 to 30 days, or none."""
    judge.text("name", r"[A-Za-z0-9/_+=.@-]{1,512}", "a secret name of letters, digits and /_+=.@-")
    judge.needs("kmsKeyId", "secrets are encrypted with a key of ours")
    if judge.at("recoveryWindowInDays") != 0:
        judge.number("recoveryWindowInDays", 7, 30)


def secret_version(judge: Judge, world: World) -> None:  # noqa: ARG001
    """Secrets Manager API, PutSecretValue: at most 65536 bytes, and never in the clear."""
    judge.hidden("secretString", 65536)


def repository(judge: Judge, world: World) -> None:  # noqa: ARG001
    """ECR API, CreateRepository; tags are immutable, images are scanned."""
    judge.text("name", r"(?=.{2,256}$)([a-z0-9]+([._-][a-z0-9]+)*/)*[a-z0-9]+([._-][a-z0-9]+)*", "a repository name")
    judge.must_be("imageTagMutability", "IMMUTABLE", "a tag must always be the same image")
    judge.must_be("imageScanningConfiguration.scanOnPush", True, "images are scanned")
    judge.needs("encryptionConfigurations", "images are encrypted with a key")


def tags(judge: Judge, world: World) -> None:  # noqa: ARG001
    """At most 50 tags, keys to 128 and values to 256 characters, and aws: is AWS' own (Tagging guide)."""
    given = judge.at("tags") or {}
    if len(given) > 50:
        judge.refuse("tags", f"{len(given)} are more than 50")
    for name, value in given.items():
        if len(name) > 128 or name.lower().startswith("aws:") or (isinstance(value, str) and len(value) > 256):
            judge.refuse(f"tags.{name}", "is too long, or begins with aws:")


def _policy(judge: Judge, path: str, longest: int, trust: bool = False, of_key: bool = False) -> dict[str, list[dict[str, object]]] | None:
    document = judge.document(path)
    if document is None:
        return None
    if len(judge.at(path)) > longest:
        judge.refuse(path, f"is longer than {longest} characters")
    for fault in faults(document, trust, of_key):
        judge.refuse(path, fault)
    return document


Rule = Callable[[Judge, World], None]
RULES: Mapping[str, Rule] = {
    "aws:ec2/vpc:Vpc": vpc,
    "aws:ec2/subnet:Subnet": subnet,
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": default_security_group,
    "aws:ec2/route:Route": route,
    "aws:ec2/vpcEndpoint:VpcEndpoint": endpoint,
    "aws:ec2/flowLog:FlowLog": flow_log,
    "aws:iam/role:Role": role,
    "aws:iam/rolePolicy:RolePolicy": role_policy,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": attachment,
    "aws:kms/key:Key": key,
    "aws:kms/alias:Alias": alias,
    "aws:cloudwatch/logGroup:LogGroup": log_group,
    "aws:eks/cluster:Cluster": cluster,
    "aws:eks/accessEntry:AccessEntry": access_entry,
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": access_policy,
    "aws:eks/addon:Addon": addon,
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": pod_identity,
    "aws:secretsmanager/secret:Secret": secret,
    "aws:secretsmanager/secretVersion:SecretVersion": secret_version,
    "aws:ecr/repository:Repository": repository,
}
EVERYWHERE: tuple[Rule, ...] = (tags,)
