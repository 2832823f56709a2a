"""Least privilege: every right of the cloud stacks is in a table here, and nothing in the stacks is not."""

from dataclasses import replace

import pytest

from platforms.eks.policies import KEY_ADMINISTRATION, KEY_USE, LOG_KEY_USE
from tests.platforms.privileges import Right, managed, rights
from tests.stacks.rehearsed import rehearse, rehearsed

NAME = "causeway-development"
OWNER = "arn:aws:iam::111122223333:root"
LOGS = "arn:aws:logs:eu-central-1:111122223333:log-group:/causeway/causeway-development/flow"
PODS = ("aws:RequestTag/eks-cluster-arn", "aws:RequestTag/kubernetes-namespace", "aws:RequestTag/kubernetes-service-account")
AWS = {
    # Who may become what.
    *(Right("eks.amazonaws.com", action, f"{NAME}-cluster") for action in ("sts:AssumeRole", "sts:TagSession")),
    Right("ec2.amazonaws.com", "sts:AssumeRole", f"{NAME}-node"),
    Right("vpc-flow-logs.amazonaws.com", "sts:AssumeRole", f"{NAME}-flow-logs", ("aws:SourceAccount",)),
    *(Right("pods.eks.amazonaws.com", action, f"{NAME}-external-secrets", PODS) for action in ("sts:AssumeRole", "sts:TagSession")),
    # External Secrets reads the named secret, and decrypts with one key for that alone.
    *(
        Right(f"{NAME}-external-secrets", action, f"arn:aws:secretsmanager:eu-central-1:111122223333:secret:{NAME}/shop-database-??????")
        for action in ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue")
    ),
    # The flow logs write into their own group.
    *(
        Right(f"{NAME}-flow-logs", action, group)
        for action in ("logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents")
        for group in (LOGS, f"{LOGS}:*")
    ),
    # The account keeps its keys; CloudWatch uses one of them, for the named groups.
    *(Right(OWNER, action, key) for action in (*KEY_ADMINISTRATION, *KEY_USE) for key in ("cluster-key", "secrets-key")),
    *(Right("logs.eu-central-1.amazonaws.com", action, "cluster-key", ("kms:EncryptionContext:aws:logs:arn",)) for action in LOG_KEY_USE),
}
MANAGED = {
    *(
        (f"{NAME}-cluster", f"AmazonEKS{part}Policy")
        for part in ("BlockStorage", "Cluster", "Compute", "LoadBalancing", "Networking")
    ),
    (f"{NAME}-node", "AmazonEC2ContainerRegistryPullOnly"),
    (f"{NAME}-node", "AmazonEKSWorkerNodeMinimalPolicy"),
}  # fmt: skip
NODES = "serviceAccount:causeway-development-node@causeway-example.iam.gserviceaccount.com"
GOOGLE = {
    Right(NODES, "roles/container.defaultNodeServiceAccount", "causeway-example"),
    Right(NODES, "roles/artifactregistry.reader", NAME),
    Right(
        "serviceAccount:service-123456789012@container-engine-robot.iam.gserviceaccount.com",
        "roles/cloudkms.cryptoKeyEncrypterDecrypter",
        "cluster",
    ),
    Right(
        "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/causeway-example.svc.id.goog"
        "/subject/ns/external-secrets/sa/external-secrets",
        "roles/secretmanager.secretAccessor",
        "causeway-development-shop-database",
    ),
}


def test_rights_at_aws() -> None:
    """Issue 8, item 5: the policies of the EKS stack allow what is in the table and nothing else; no action has a wildcard."""
    things = rehearsed("eks").things
    key = next(thing for thing in things if thing.urn.endswith("::secrets-key")).outputs["arn"]
    decrypt = Right(f"{NAME}-external-secrets", "kms:Decrypt", key, ("kms:ViaService",))

    assert {*AWS, decrypt} == rights(things)
    assert MANAGED == managed(things)
    assert not [right for right in rights(things) if "*" in right.action]


@pytest.mark.parametrize("profile", ["gke", "gke-standard"])
def test_rights_at_google(profile: str) -> None:
    """Issue 8, item 5: the grants of the GKE stack are those of the table: a secret each, never the project's secrets."""
    assert GOOGLE == rights(rehearsed(profile).things)


VAULT_KEY = "projects/causeway-example/locations/europe-west3/keyRings/causeway/cryptoKeys/vault"
OPENER = (
    "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/causeway-example.svc.id.goog"
    "/subject/ns/vault/sa/vault"
)


def test_rights_of_vault_at_aws() -> None:
    """4.07, issue 8, item 5: level vault adds a role for Vault's pods, which encrypts, decrypts and describes with one key, and no more."""
    things = rehearse("eks", {"causeway:secrets": {"level": "vault"}}).things
    key = next(thing for thing in things if thing.urn.endswith("Key::vault-key")).outputs["arn"]

    assert {
        *(Right("pods.eks.amazonaws.com", action, f"{NAME}-vault", PODS) for action in ("sts:AssumeRole", "sts:TagSession")),
        *(Right(f"{NAME}-vault", action, key) for action in ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt")),
        *(Right(OWNER, action, "vault-key") for action in (*KEY_ADMINISTRATION, *KEY_USE)),
    } == {right for right in rights(things) if "vault" in right.who + right.what or right.what == key}
    assert len(rights(things)) == len(rights(rehearsed("eks").things)) + 5 + len({*KEY_ADMINISTRATION, *KEY_USE})


def test_rights_of_vault_at_google() -> None:
    """4.07, issue 8, item 5: level vault lets Vault's pods use the one key, and see that it is there; the key itself is the user's."""
    found = rehearse("gke", {"causeway:secrets": {"level": "vault"}, "causeway:gke": {"vaultKey": VAULT_KEY}})
    roles = ("roles/cloudkms.cryptoKeyEncrypterDecrypter", "roles/cloudkms.viewer")

    assert {*GOOGLE, *(Right(OPENER, role, "vault") for role in roles)} == rights(found.things)


def test_one_right_more_is_seen() -> None:
    """Issue 8, item 5: a single action or grant that is not in the table fails the tests above."""
    things = rehearsed("eks").things
    wider = [
        replace(thing, inputs={**thing.inputs, "policy": thing.inputs["policy"].replace("GetSecretValue", "*")})
        if thing.token == "aws:iam/rolePolicy:RolePolicy"
        else thing
        for thing in things
    ]

    assert {"secretsmanager:*"} == {right.action for right in rights(wider) - rights(things)}
