"""Inputs that each rule accepts, and for each rule the smallest change that it refuses."""
# ruff: noqa: E501  (a case on one line reads as a table)

import json
from dataclasses import dataclass
from typing import Any

from stand_ins.plugins.kubernetes.properties import Secret

KEY = "arn:aws:kms:eu-central-1:111122223333:key/0123"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
        ],
    }
)


def allow(action: str, resource: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]})


def key_policy(action: str) -> str:
    owner = {"AWS": "arn:aws:iam::111122223333:root"}
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": owner, "Action": action, "Resource": "*"}]})


EKS = {
    "name": "causeway-development",
    "version": "1.35",
    "roleArn": "arn:aws:iam::111122223333:role/cluster",
    "upgradePolicy": {"supportType": "STANDARD"},
    "bootstrapSelfManagedAddons": False,
    "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False},
    "enabledClusterLogTypes": ["api"],
    "computeConfig": {"enabled": True, "nodePools": ["system"]},
    "storageConfig": {"blockStorage": {"enabled": True}},
    "kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16", "elasticLoadBalancing": {"enabled": True}},
    "encryptionConfig": {"resources": ["secrets"], "provider": {"keyArn": KEY}},
    "vpcConfig": {
        "subnetIds": ["subnet-a", "subnet-b"],
        "endpointPrivateAccess": True,
        "endpointPublicAccess": True,
        "publicAccessCidrs": ["203.0.113.0/24"],
    },
}
GKE = {
    "name": "causeway-development",
    "location": "europe-west3",
    "enableAutopilot": True,
    "deletionProtection": False,
    "releaseChannel": {"channel": "REGULAR"},
    "privateClusterConfig": {"enablePrivateNodes": True},
    "controlPlaneEndpointsConfig": {"ipEndpointsConfig": {"enabled": False}},
    "databaseEncryption": {"state": "ENCRYPTED", "keyName": "projects/p/locations/europe-west3/keyRings/r/cryptoKeys/k"},
    "gatewayApiConfig": {"channel": "CHANNEL_STANDARD"},
    "maintenancePolicy": {
        "recurringWindow": {
            "startTime": "2026-01-03T00:00:00Z",
            "endTime": "2026-01-03T08:00:00Z",
            "recurrence": "FREQ=WEEKLY;BYDAY=SA,SU",
        }
    },
}
STANDARD = {
    **{key: value for key, value in GKE.items() if key != "enableAutopilot"},
    "datapathProvider": "ADVANCED_DATAPATH",
    "workloadIdentityConfig": {"workloadPool": "causeway-example.svc.id.goog"},
    "removeDefaultNodePool": True,
}
POOL = {
    "management": {"autoRepair": True, "autoUpgrade": True},
    "maxPodsPerNode": 110,
    "nodeConfig": {"workloadMetadataConfig": {"mode": "GKE_METADATA"}, "shieldedInstanceConfig": {"enableSecureBoot": True}},
}
SUBNET = {
    "name": "s",
    "ipCidrRange": "10.0.0.0/20",
    "privateIpGoogleAccess": True,
    "logConfig": {},
    "secondaryIpRanges": [{"rangeName": "pods", "ipCidrRange": "10.1.0.0/16"}],
}
LOGS = "arn:aws:logs:eu-central-1:111122223333:log-group:/x"
READER = "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/causeway-example.svc.id.goog/subject/ns/a/sa/b"
GRANT = {"role": "roles/secretmanager.secretAccessor", "member": READER}
AWS_VALUE = {"secretId": "causeway-development/a", "secretString": Secret("x")}
GCP_VALUE = {"secret": "projects/causeway-example/secrets/a", "secretData": Secret("x")}
CRYPTO_KEY = "projects/p/locations/europe-west3/keyRings/r/cryptoKeys/k"


@dataclass(frozen=True)
class Case:
    """A type, inputs that are right, the change that makes them wrong, and words of the refusal."""

    token: str
    good: dict[str, Any]
    change: dict[str, Any]
    words: str


def case(token: str, good: dict[str, Any], words: str, **change: Any) -> Case:
    return Case(token, good, change, words)


_KEY = {"enableKeyRotation": True, "deletionWindowInDays": 30, "policy": key_policy("kms:PutKeyPolicy")}
_GROUP = {"name": "/aws/eks/x", "retentionInDays": 14, "kmsKeyId": KEY}
_SECRET = {"name": "causeway/x", "kmsKeyId": KEY, "recoveryWindowInDays": 7}
_IMAGES = {
    "name": "causeway/shop",
    "imageTagMutability": "IMMUTABLE",
    "imageScanningConfiguration": {"scanOnPush": True},
    "encryptionConfigurations": [{"encryptionType": "KMS"}],
}
_FLOW = {
    "trafficType": "REJECT",
    "maxAggregationInterval": 600,
    "iamRoleArn": "arn:aws:iam::111122223333:role/x",
    "logDestination": LOGS,
}
_ADMIN = {"principalArn": "arn:aws:iam::111122223333:role/x", "type": "STANDARD"}
_SCOPE = {"policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy", "accessScope": {"type": "cluster"}}
_POLICY_ARN = "arn:aws:iam::aws:policy/"

AWS = [
    case("ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}, "host bits", cidrBlock="10.0.0.1/16"),
    case("ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}, "between /16 and /28", cidrBlock="10.0.0.0/8"),
    case("ec2/subnet:Subnet", {"availabilityZone": "eu-central-1a"}, "no zone of eu-central-1", availabilityZone="us-east-1a"),
    case("ec2/defaultSecurityGroup:DefaultSecurityGroup", {"ingress": []}, "must not allow", ingress=[{"protocol": "-1"}]),
    case("ec2/route:Route", {"destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}, "exactly one target", natGatewayId="nat-1"),
    case("ec2/vpcEndpoint:VpcEndpoint", {"serviceName": "com.amazonaws.eu-central-1.s3"}, "a service in", serviceName="com.amazonaws.us-east-1.s3"),
    case("ec2/flowLog:FlowLog", _FLOW, "is none of", trafficType="SOME"),
    case("iam/role:Role", {"name": "x", "assumeRolePolicy": TRUST}, "role name", name="x" * 65),
    case("iam/role:Role", {"name": "x", "assumeRolePolicy": TRUST}, "is not JSON", assumeRolePolicy="{"),
    case("iam/rolePolicy:RolePolicy", {"policy": allow("s3:GetObject", "*")}, "on every resource", policy=allow("s3:*", "*")),
    case("iam/rolePolicyAttachment:RolePolicyAttachment", {"policyArn": f"{_POLICY_ARN}X"}, "everything", policyArn=f"{_POLICY_ARN}AdministratorAccess"),
    case("kms/key:Key", _KEY, "must be True", enableKeyRotation=False),
    case("kms/key:Key", _KEY, "nobody could ever", policy=key_policy("kms:Decrypt")),
    case("kms/alias:Alias", {"name": "alias/x"}, "alias/<name>", name="alias/aws/x"),
    case("cloudwatch/logGroup:LogGroup", _GROUP, "is none of", retentionInDays=15),
    case("cloudwatch/logGroup:LogGroup", _GROUP, "is not the ARN", kmsKeyId="key"),
    case("eks/cluster:Cluster", EKS, "cluster name", name="-x"),
    case("eks/cluster:Cluster", EKS, "'1.30' is none of", version="1.30"),
    case("eks/cluster:Cluster", EKS, "must be 'API'", accessConfig={"authenticationMode": "CONFIG_MAP", "bootstrapClusterCreatorAdminPermissions": False}),
    case("eks/cluster:Cluster", EKS, "Auto Mode needs all", storageConfig={"blockStorage": {"enabled": False}}),
    case("eks/cluster:Cluster", EKS, "must be false with Auto Mode", bootstrapSelfManagedAddons=True),
    case("eks/cluster:Cluster", EKS, "open to the world", vpcConfig={**EKS["vpcConfig"], "publicAccessCidrs": []}),  # type: ignore[dict-item]
    case("eks/cluster:Cluster", EKS, "between /8 and /32", vpcConfig={**EKS["vpcConfig"], "publicAccessCidrs": ["0.0.0.0/0"]}),  # type: ignore[dict-item]
    case("eks/cluster:Cluster", EKS, "encrypted with a key", encryptionConfig={"resources": [], "provider": {"keyArn": KEY}}),
    case("eks/accessEntry:AccessEntry", _ADMIN, "is not the ARN", principalArn="somebody"),
    case("eks/accessPolicyAssociation:AccessPolicyAssociation", _SCOPE, "is none of", accessScope={"type": "world"}),
    case("eks/addon:Addon", {"addonName": "metrics-server"}, "runs it itself", addonName="coredns"),
    case("eks/podIdentityAssociation:PodIdentityAssociation", {}, "there is no role", roleArn="arn:aws:iam::111122223333:role/gone"),
    case("secretsmanager/secret:Secret", _SECRET, "secret name", name="with space"),
    case("secretsmanager/secretVersion:SecretVersion", AWS_VALUE, "is not marked secret", secretString="x"),
    case("secretsmanager/secretVersion:SecretVersion", AWS_VALUE, "longer than 65536", secretString=Secret("x" * 65537)),
    case("secretsmanager/secret:Secret", _SECRET, "between 7 and 30", recoveryWindowInDays=3),
    case("ecr/repository:Repository", _IMAGES, "same image", imageTagMutability="MUTABLE"),
    case("ec2/internetGateway:InternetGateway", {"tags": {"a": "b"}}, "begins with aws:", tags={"aws:x": "y"}),
]  # fmt: skip

GCP = [
    case("compute/network:Network", {"name": "n", "autoCreateSubnetworks": False}, "must be False", autoCreateSubnetworks=True),
    case("compute/subnetwork:Subnetwork", SUBNET, "overlaps", secondaryIpRanges=[{"rangeName": "pods", "ipCidrRange": "10.0.0.0/16"}]),
    case("compute/subnetwork:Subnetwork", SUBNET, "inside Google's network", privateIpGoogleAccess=False),
    case("compute/subnetwork:Subnetwork", {"name": "s", "ipCidrRange": "10.0.0.0/23", "purpose": "REGIONAL_MANAGED_PROXY", "role": "ACTIVE"}, "active subnet", role="BACKUP"),
    case("compute/firewall:Firewall", {"sourceRanges": ["10.0.0.0/23"], "targetServiceAccounts": ["a@b"]}, "between /8", sourceRanges=["0.0.0.0/0"]),
    case("compute/routerNat:RouterNat", {"natIpAllocateOption": "AUTO_ONLY"}, "is none of", natIpAllocateOption="SOME"),
    case("projects/service:Service", {"service": "container.googleapis.com", "disableOnDestroy": False}, "must be False", disableOnDestroy=True),
    case("serviceaccount/account:Account", {"accountId": "causeway-node"}, "account id", accountId="short"),
    case("projects/iAMMember:IAMMember", GRANT, "basic role", role="roles/editor"),
    case("projects/iAMMember:IAMMember", GRANT, "is everybody", member="allUsers"),
    case("secretmanager/secretIamMember:SecretIamMember", GRANT, "a principal of this project", member=READER.replace("causeway-example", "other")),
    case("artifactregistry/repositoryIamMember:RepositoryIamMember", GRANT, "is everybody", member="allAuthenticatedUsers"),
    case("kms/cryptoKeyIAMMember:CryptoKeyIAMMember", {**GRANT, "cryptoKeyId": CRYPTO_KEY}, "a key in", cryptoKeyId=CRYPTO_KEY.replace("west3", "west4")),
    case("container/cluster:Cluster", GKE, "goes down with it", location="europe-west3-a"),
    case("container/cluster:Cluster", GKE, "no public address", privateClusterConfig={"enablePrivateNodes": False}),
    case("container/cluster:Cluster", GKE, "open to the world", controlPlaneEndpointsConfig={"ipEndpointsConfig": {"enabled": True}}),
    case("container/cluster:Cluster", GKE, "Autopilot decides", datapathProvider="ADVANCED_DATAPATH"),
    case("container/cluster:Cluster", GKE, "less than 48 hours", maintenancePolicy={"recurringWindow": {"startTime": "2026-01-03T00:00:00Z", "endTime": "2026-01-03T04:00:00Z", "recurrence": "FREQ=WEEKLY;BYDAY=SA"}}),
    case("container/cluster:Cluster", GKE, "must be 'ENCRYPTED'", databaseEncryption={"state": "DECRYPTED"}),
    case("container/cluster:Cluster", STANDARD, "Dataplane V2", datapathProvider="LEGACY_DATAPATH"),
    case("container/nodePool:NodePool", POOL, "mended and upgraded", management={"autoRepair": True, "autoUpgrade": False}),
    case("container/nodePool:NodePool", POOL, "own credentials", nodeConfig={"shieldedInstanceConfig": {"enableSecureBoot": True}}),
    case("artifactregistry/repository:Repository", {"repositoryId": "c", "location": "europe-west3", "dockerConfig": {"immutableTags": True}}, "same image", dockerConfig={}),
    case("secretmanager/secretVersion:SecretVersion", GCP_VALUE, "is not marked secret", secretData="x"),
    case("secretmanager/secretVersion:SecretVersion", GCP_VALUE, "projects/<this project>", secret="projects/other/secrets/a"),
    case("secretmanager/secret:Secret", {"secretId": "a-b", "replication": {"auto": {}}}, "secret id", secretId="a/b"),
    case("compute/router:Router", {"labels": {"a": "b"}}, "lower-case", labels={"A": "b"}),
]  # fmt: skip
