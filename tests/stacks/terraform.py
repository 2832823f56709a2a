"""Rehearsed things as a Terraform plan in JSON, so that a judge that knows no Pulumi can read them.

A translation, and labelled as one: names go from camelCase to snake_case, a mapping becomes the block (a list of one) that
Terraform has in its place, and an id or ARN of another thing becomes a reference to it. Nothing is made with Terraform here.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from stand_ins.plugins.rehearsal.store import Thing

TYPES: Mapping[str, str] = {
    "aws:cloudwatch/logGroup:LogGroup": "aws_cloudwatch_log_group",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "aws_default_security_group",
    "aws:ec2/eip:Eip": "aws_eip",
    "aws:ec2/flowLog:FlowLog": "aws_flow_log",
    "aws:ec2/internetGateway:InternetGateway": "aws_internet_gateway",
    "aws:ec2/natGateway:NatGateway": "aws_nat_gateway",
    "aws:ec2/route:Route": "aws_route",
    "aws:ec2/routeTable:RouteTable": "aws_route_table",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "aws_route_table_association",
    "aws:ec2/subnet:Subnet": "aws_subnet",
    "aws:ec2/vpc:Vpc": "aws_vpc",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "aws_vpc_endpoint",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": "aws_ecr_lifecycle_policy",
    "aws:ecr/repository:Repository": "aws_ecr_repository",
    "aws:eks/accessEntry:AccessEntry": "aws_eks_access_entry",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": "aws_eks_access_policy_association",
    "aws:eks/addon:Addon": "aws_eks_addon",
    "aws:eks/cluster:Cluster": "aws_eks_cluster",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": "aws_eks_pod_identity_association",
    "aws:iam/role:Role": "aws_iam_role",
    "aws:iam/rolePolicy:RolePolicy": "aws_iam_role_policy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "aws_iam_role_policy_attachment",
    "aws:kms/alias:Alias": "aws_kms_alias",
    "aws:kms/key:Key": "aws_kms_key",
    "aws:secretsmanager/secret:Secret": "aws_secretsmanager_secret",
    "gcp:artifactregistry/repository:Repository": "google_artifact_registry_repository",
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": "google_artifact_registry_repository_iam_member",
    "gcp:compute/firewall:Firewall": "google_compute_firewall",
    "gcp:compute/network:Network": "google_compute_network",
    "gcp:compute/router:Router": "google_compute_router",
    "gcp:compute/routerNat:RouterNat": "google_compute_router_nat",
    "gcp:compute/subnetwork:Subnetwork": "google_compute_subnetwork",
    "gcp:container/cluster:Cluster": "google_container_cluster",
    "gcp:container/nodePool:NodePool": "google_container_node_pool",
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": "google_kms_crypto_key_iam_member",
    "gcp:projects/iAMMember:IAMMember": "google_project_iam_member",
    "gcp:projects/service:Service": "google_project_service",
    "gcp:secretmanager/secret:Secret": "google_secret_manager_secret",
    "gcp:secretmanager/secretIamMember:SecretIamMember": "google_secret_manager_secret_iam_member",
    "gcp:serviceaccount/account:Account": "google_service_account",
}
"""The type of each thing at Terraform (the "Import" section of its page in the Pulumi registry names it)."""

RENAMED = {"allows": "allow", "encryptionConfigurations": "encryption_configuration", "secondaryIpRanges": "secondary_ip_range"}
"""Names that Pulumi makes plural where Terraform repeats a block."""

MAPS = frozenset({"tags", "labels", "resourceLabels", "metadata"})
"""Mappings that are mappings at Terraform too."""


def plan(things: list[Thing]) -> dict[str, Any]:
    """The plan that would make the things, with the references between them."""
    addresses = {thing.urn: f"{TYPES[thing.token]}.{_label(thing)}" for thing in things}
    names = {value: addresses[thing.urn] + f".{key}" for thing in things for key, value in _known(thing) if value}
    values = {address: _block(thing.inputs) for thing, address in zip(things, addresses.values(), strict=True)}
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": [_resource(address, values=value) for address, value in values.items()]}},
        "resource_changes": [
            _resource(address, change={"actions": ["create"], "before": None, "after": value, "after_unknown": {}})
            for address, value in values.items()
        ],
        "configuration": {
            "root_module": {
                "resources": [
                    _resource(addresses[thing.urn], expressions=_references(thing.inputs, addresses[thing.urn], names)) for thing in things
                ]
            }
        },
    }


def _resource(address: str, **more: Any) -> dict[str, Any]:
    kind, _, name = address.partition(".")
    return {"address": address, "mode": "managed", "type": kind, "name": name, **more}


def _label(thing: Thing) -> str:
    return re.sub(r"[^a-zA-Z0-9_-]", "-", thing.urn.rpartition("::")[2])


def _known(thing: Thing) -> Iterator[tuple[str, str]]:
    """By what others name a thing; an id that is only its name may mean anything, and counts where nothing else is it."""
    yield "id", thing.id
    yield "arn", str(thing.outputs.get("arn", ""))


def _block(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {_snake(key): _value(key, value) for key, value in inputs.items()}


def _value(key: str, value: Any) -> Any:
    if isinstance(value, dict):
        return value if key in MAPS else [_block(value)]
    if isinstance(value, list):
        return [_block(item) if isinstance(item, dict) else item for item in value]
    return value


def _references(inputs: Mapping[str, Any], own: str, names: Mapping[str, str]) -> dict[str, Any]:
    """Expressions of the inputs that name another thing, as Terraform's configuration shows them."""
    found: dict[str, Any] = {}
    for key, value in inputs.items():
        if isinstance(value, dict) and key not in MAPS:
            if inner := _references(value, own, names):
                found[_snake(key)] = [inner]
            continue
        said = [names[item] for item in (value if isinstance(value, list) else [value]) if isinstance(item, str) and item in names]
        if others := [name for name in said if name.rpartition(".")[0] != own]:
            found[_snake(key)] = {"references": [part for name in others for part in (name, name.rpartition(".")[0])]}
    return found


def _snake(name: str) -> str:
    return RENAMED.get(name) or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
