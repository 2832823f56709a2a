"""What a rehearsal plays of the programs in a cluster: whether a cloud would give External Secrets a value, and how well a thing is."""
# ruff: noqa: E501  (a case on one line reads as a table)

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from platforms.eks.policies import secret_reading
from platforms.gke.principals import service_account_of_pods
from stand_ins.plugins.rehearsal.store import Store, Thing
from stand_ins.rehearse import argo, secret_programs
from stand_ins.rehearse.secret_programs import refusal
from tests.components.secrets.samples import sealing_key
from tests.components.secrets.test_sealing import sealed
from workspace.progress import Problem

REMOTE = "causeway-development/shop-database"
ARN = f"arn:aws:secretsmanager:eu-central-1:111122223333:secret:{REMOTE}-a1b2c3"
KEY, ROLE = "arn:aws:kms:eu-central-1:111122223333:key/1", "arn:aws:iam::111122223333:role/r"
READING = secret_reading("111122223333", "eu-central-1", "causeway-development/", ["shop-database"], KEY)
SECRET, VERSION = "secretsmanager/secret:Secret", "secretsmanager/secretVersion:SecretVersion"
POLICY, ASSOCIATION = "iam/rolePolicy:RolePolicy", "eks/podIdentityAssociation:PodIdentityAssociation"
AT_AWS: Mapping[str, dict[str, Any]] = {
    SECRET: {"id": ARN, "inputs": {"name": REMOTE, "kmsKeyId": KEY}},
    VERSION: {"inputs": {"secretId": REMOTE}},
    "iam/role:Role": {"id": "r", "outputs": {"arn": ROLE}},
    POLICY: {"inputs": {"role": "r", "policy": READING}},
    ASSOCIATION: {"inputs": {"namespace": "external-secrets", "serviceAccount": "external-secrets", "roleArn": ROLE}},
}
AWS, GOOGLE = {"aws": {"service": "SecretsManager"}}, {"gcpsm": {"projectID": "p"}}
NAME = "projects/p/secrets/causeway-development-a"
READER = service_account_of_pods("p", "1", "external-secrets", "external-secrets")
MEMBER, GOOGLE_VERSION = "secretmanager/secretIamMember:SecretIamMember", "secretmanager/secretVersion:SecretVersion"
AT_GOOGLE: Mapping[str, dict[str, Any]] = {
    "secretmanager/secret:Secret": {"id": NAME},
    GOOGLE_VERSION: {"inputs": {"secret": NAME}},
    MEMBER: {"inputs": {"secretId": "causeway-development-a", "member": READER}},
}


def holding(folder: Path, package: str, things: Mapping[str, dict[str, Any]]) -> Store:
    store = Store(folder / "things.json")
    for token, more in things.items():
        parts: dict[str, Any] = {"id": token, "urn": token, "inputs": {}, "outputs": {}, **more}
        store.put(Thing(f"{package}:{token}", **parts))
    return store


def without(given: Mapping[str, dict[str, Any]], token: str, **inputs: str) -> dict[str, dict[str, Any]]:
    """The things with other inputs of one of them, or without it."""
    kept = {name: thing for name, thing in given.items() if name != token}
    return {**kept, token: {**given[token], "inputs": {**given[token]["inputs"], **inputs}}} if inputs else kept


@pytest.mark.parametrize(
    ("things", "expected"),
    [
        pytest.param(AT_AWS, None, id="all is there"),
        pytest.param(without(AT_AWS, SECRET), "there is no secret", id="no secret"),
        pytest.param(without(AT_AWS, VERSION), "has no value", id="no value"),
        pytest.param(without(AT_AWS, ASSOCIATION), "AccessDeniedException: secretsmanager:GetSecretValue, kms:Decrypt", id="no identity"),
        pytest.param(without(AT_AWS, ASSOCIATION, serviceAccount="default"), "AccessDeniedException", id="the identity of another account"),
        pytest.param(without(AT_AWS, POLICY, policy=READING.replace("shop-database", "other")), "AccessDeniedException: secretsmanager:GetSecretValue on", id="another secret"),
        pytest.param(without(AT_AWS, POLICY, policy=READING.replace("key/1", "key/2")), "AccessDeniedException: kms:Decrypt on", id="another key"),
    ],
)  # fmt: skip
def test_what_aws_would_hand_over(things: Mapping[str, dict[str, Any]], expected: str | None, tmp_path: Path) -> None:
    """Issue 8, items 3 and 5: External Secrets gets a value if it is there and identity, policy and key allow it, and not else."""
    found = refusal(holding(tmp_path, "aws", things), AWS, REMOTE)

    assert found is None if expected is None else expected in str(found)


@pytest.mark.parametrize(
    ("things", "expected"),
    [
        pytest.param(AT_GOOGLE, None, id="all is there"),
        pytest.param(without(AT_GOOGLE, "secretmanager/secret:Secret"), "there is no secret", id="no secret"),
        pytest.param(without(AT_GOOGLE, GOOGLE_VERSION), "has no value", id="no value"),
        pytest.param(without(AT_GOOGLE, MEMBER, member=READER.replace("sa/external-secrets", "sa/default")), "PermissionDenied", id="another account"),
        pytest.param(without(AT_GOOGLE, MEMBER, secretId="causeway-development-b"), "PermissionDenied", id="another secret"),
    ],
)  # fmt: skip
def test_what_google_would_hand_over(things: Mapping[str, dict[str, Any]], expected: str | None, tmp_path: Path) -> None:
    """Issue 8, items 3 and 5: the same at Google, where a grant names principal and secret."""
    found = refusal(holding(tmp_path, "gcp", things), GOOGLE, "causeway-development-a")

    assert found is None if expected is None else expected in str(found)


def test_sealed_texts_are_opened_for_real() -> None:
    """Issue 8, item 3: the played controller opens what the cluster's keys open, in its place alone."""
    keys = [sealing_key().private.encode()]

    assert "czNjcmV0" == secret_programs._opened(sealed(), "shop/shop-database", keys)
    with pytest.raises(Problem, match="SealedSecret other/shop-database: no key of the cluster opens it"):
        secret_programs._opened(sealed(), "other/shop-database", keys)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"kind": "Ingress", "status": {"loadBalancer": {}}}, False),
        ({"kind": "Ingress", "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.80"}]}}}, True),
        ({"kind": "Deployment", "spec": {"replicas": 2}, "status": {"availableReplicas": 1}}, False),
        ({"kind": "Deployment", "spec": {"replicas": 2}, "status": {"availableReplicas": 2}}, True),
        ({"kind": "Service"}, True),
    ],
)
def test_what_argo_cd_calls_healthy(item: dict[str, Any], expected: bool) -> None:
    """Issue 8, item 3: the root is not well before pods are there and the front door has its address."""
    assert expected == argo.is_well(item)
