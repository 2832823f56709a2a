"""The EKS platform's plans: addresses, policies against a table of what is allowed, and the choices by environment."""
# ruff: noqa: E501  (a case on one line reads as a table)

import json
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from platforms._addresses import ranged, zoned
from platforms.eks import cluster, keys, network, objects, policies, stores
from stack import settings
from stack.section import Environment
from stack.settings import Settings
from stack.targets import EksSettings
from stand_ins.plugins.rehearsal.iam import allows, assumes
from stand_ins.plugins.rehearsal.policies import faults
from tests.stacks.program import REPOSITORY, stack_config

ACCOUNT, REGION = "111122223333", "eu-central-1"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:"
CLUSTER = f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/causeway-development"
READING = policies.secret_reading(ACCOUNT, REGION, "causeway-development/", ["x"], KEY)
SEALING = policies.sealing(KEY)
WRITING = policies.flow_log_writing(ACCOUNT, REGION, "/causeway/x/flow")
GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/causeway/x/flow"
VIA = {"kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com"}
PODS = {
    "aws:RequestTag/eks-cluster-arn": CLUSTER,
    "aws:RequestTag/kubernetes-namespace": "external-secrets",
    "aws:RequestTag/kubernetes-service-account": "external-secrets",
}
TRUST = policies.pod_trust(CLUSTER, "external-secrets", "external-secrets")


def read(file: Path = REPOSITORY / "tests/configs/valid/eks.yaml", **eks: object) -> tuple[Settings, EksSettings]:
    config = stack_config(file)
    config["causeway:eks"] = json.dumps({**json.loads(config["causeway:eks"]), **eks})
    found = settings.parse({key: value for key, value in config.items() if key.startswith("causeway:")})
    assert found.eks
    return found, found.eks


def production(**eks: object) -> tuple[Settings, EksSettings]:
    found, _ = read(**eks)
    chosen = found.model_copy(update={"environment": Environment.PRODUCTION})
    assert chosen.eks
    return chosen, chosen.eks


@pytest.mark.parametrize("prefix", [16, 18, 20])
def test_subnets(prefix: int) -> None:
    """Three private and three public subnets lie in the VPC's block and share no address; pods get three quarters of it."""
    block = IPv4Network(f"10.64.0.0/{prefix}")
    parts = zoned(block)
    every = [*parts.private, *parts.public]

    assert all(part.subnet_of(block) for part in every)
    assert not [1 for index, one in enumerate(every) for other in every[index + 1 :] if one.overlaps(other)]
    assert block.num_addresses * 3 // 4 == sum(part.num_addresses for part in parts.private)
    assert all(part.num_addresses >= 32 for part in parts.public)


@pytest.mark.parametrize("prefix", [12, 14, 16])
def test_ranges(prefix: int) -> None:
    """Nodes, pods and Services have ranges of their own, pods half of the block."""
    block = IPv4Network(f"10.64.0.0/{prefix}" if prefix > 12 else "10.64.0.0/12")
    parts = ranged(block)
    every = [parts.nodes, parts.pods, parts.services]

    assert all(part.subnet_of(block) for part in every)
    assert not [1 for index, one in enumerate(every) for other in every[index + 1 :] if one.overlaps(other)]
    assert block.num_addresses // 2 == parts.pods.num_addresses


@pytest.mark.parametrize(
    ("policy", "action", "resource", "context", "expected"),
    [
        (READING, "secretsmanager:GetSecretValue", f"{SECRET}causeway-development/x-a1B2c3", {}, True),
        (READING, "secretsmanager:GetSecretValue", f"{SECRET}causeway-development/y-a1B2c3", {}, False),
        (policies.secret_reading(ACCOUNT, REGION, "p/", [], KEY), "secretsmanager:GetSecretValue", f"{SECRET}p/x-a1B2c3", {}, False),
        (READING, "secretsmanager:GetSecretValue", f"{SECRET}causeway-production/x-a1B2c3", {}, False),
        (READING, "secretsmanager:GetSecretValue", f"{SECRET}other", {}, False),
        (READING, "secretsmanager:PutSecretValue", f"{SECRET}causeway-development/x-a1B2c3", {}, False),
        (READING, "secretsmanager:DeleteSecret", f"{SECRET}causeway-development/x-a1B2c3", {}, False),
        (READING, "secretsmanager:ListSecrets", "*", {}, False),
        (READING, "kms:Decrypt", KEY, VIA, True),
        (READING, "kms:Decrypt", KEY, {}, False),
        (READING, "kms:Decrypt", f"{KEY}2", VIA, False),
        (READING, "kms:Encrypt", KEY, VIA, False),
        (READING, "iam:PassRole", "*", {}, False),
        (SEALING, "kms:Encrypt", KEY, {}, True),
        (SEALING, "kms:Decrypt", f"{KEY}2", {}, False),
        (SEALING, "kms:GenerateDataKey", KEY, {}, False),
        (SEALING, "kms:ScheduleKeyDeletion", KEY, {}, False),
        (WRITING, "logs:PutLogEvents", f"{GROUP}:log-stream:a", {}, True),
        (WRITING, "logs:PutLogEvents", f"{GROUP}2:log-stream:a", {}, False),
        (WRITING, "logs:DeleteLogGroup", GROUP, {}, False),
    ],
)
def test_what_policies_allow(policy: str, action: str, resource: str, context: dict[str, str], expected: bool) -> None:
    """Issue 8, item 5: each policy allows what is in this table and nothing else that was asked."""
    assert expected == allows(policy, action, resource, context)


@pytest.mark.parametrize("changed", [None, *PODS])
def test_who_becomes_the_reader(changed: str | None) -> None:
    """Only the pods of one ServiceAccount of one cluster become the role of External Secrets."""
    context = {**PODS, changed: "other"} if changed else PODS

    assert (changed is None) == assumes(TRUST, "pods.eks.amazonaws.com", "sts:AssumeRole", context)
    assert not assumes(TRUST, "ec2.amazonaws.com", "sts:AssumeRole", context)


def test_policies_are_well_formed() -> None:
    """No document has a wildcard action on a wildcard resource, an open principal or a `Not...` form."""
    keyed = policies.key_policy(ACCOUNT, policies.log_encryption(ACCOUNT, REGION, ["/x"]))

    assert [] == [*faults(json.loads(READING)), *faults(json.loads(WRITING)), *faults(json.loads(SEALING))]
    assert [] == [*faults(json.loads(TRUST), trust=True), *faults(json.loads(keyed), of_key=True)]
    assert "*" not in "".join(action for item in json.loads(keyed)["Statement"] for action in item["Action"])


@pytest.mark.parametrize(
    ("chosen", "nat", "protected"),
    [(read(), 1, False), (production(), 3, True), (read(nat="zonal", deletionProtection=True), 3, True), (production(nat="single"), 1, True)],
    ids=["development", "production", "development, told otherwise", "production with one NAT gateway"],
)  # fmt: skip
def test_environment_decides_what_is_not_said(chosen: tuple[Settings, EksSettings], nat: int, protected: bool) -> None:
    """Production has a NAT gateway in each zone and deletion protection, unless the settings say otherwise."""
    plan = network.plan_network(*chosen)

    assert nat == len(plan.nat_zones)
    assert protected == cluster.cluster_inputs(*chosen)["deletionProtection"]
    assert all(plan.nat_zone(zone) in plan.nat_zones for zone in plan.zones)


def test_endpoint() -> None:
    """The API server is open to the named blocks alone; with none it is private."""
    assert {"endpointPrivateAccess": True, "endpointPublicAccess": False} == cluster.endpoint_inputs(read(publicAccessCidrs=[])[1])
    assert ["203.0.113.0/24"] == cluster.endpoint_inputs(read()[1])["publicAccessCidrs"]


def test_front_door() -> None:
    """Issue 8, item 5: without a word the load balancer is inside the VPC; a public one has a certificate, and HTTPS alone."""
    private, public = read()[1], read(frontDoor="public", certificate="arn:aws:acm:eu-central-1:111122223333:certificate/0-1")[1]

    assert {"scheme": "internal", "group": {"name": "causeway"}} == objects.ingress_parameters({}, private)["spec"]
    assert ("internet-facing", [public.certificate]) == tuple(
        objects.ingress_parameters({}, public)["spec"][key] for key in ("scheme", "certificateARNs")
    )


def test_kubeconfig_holds_no_credential() -> None:
    """4.13: the kubeconfig names a program that logs in, and no token, password or key."""
    found = json.loads(cluster.kubeconfig("c", REGION, "https://e", {"data": "eA=="}))

    assert {"exec"} == set(found["users"][0]["user"])
    assert "causeway" == found["current-context"]


def test_storage_is_encrypted() -> None:
    """Volumes are encrypted gp3, made where the pod is, and the class is the default."""
    found = objects.storage_class({})

    assert {"type": "gp3", "encrypted": "true"} == found["parameters"]
    assert "WaitForFirstConsumer" == found["volumeBindingMode"]


def test_log_groups_are_those_of_eks() -> None:
    """EKS writes to a group of a fixed name; one of another name would stay empty and the real one unmanaged."""
    assert "/aws/eks/x/cluster" == keys.log_groups("x")["control-plane"]


def test_registry_keeps_a_number_of_images() -> None:
    """Old images are removed, not paid for."""
    assert 30 == json.loads(stores.lifecycle())["rules"][0]["selection"]["countNumber"]
