"""What a rehearsal plays of Vault: whether a cloud's key service would open it, and what it lets a namespace do."""
# ruff: noqa: E501  (a case on one line reads as a table)

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from components.secrets import vault
from platforms.eks.policies import sealing
from platforms.gke.principals import KEY_READING, KEY_USE, service_account_of_pods
from stand_ins.rehearse.vault_program import allowed, sealed
from tests.stand_ins.rehearse.test_programs import KEY, ROLE, holding, without

POLICY, ASSOCIATION = "iam/rolePolicy:RolePolicy", "eks/podIdentityAssociation:PodIdentityAssociation"
AT_AWS: Mapping[str, dict[str, Any]] = {
    "kms/key:Key": {"outputs": {"arn": KEY}},
    "iam/role:Role": {"id": "r", "outputs": {"arn": ROLE}},
    POLICY: {"inputs": {"role": "r", "policy": sealing(KEY)}},
    ASSOCIATION: {"inputs": {"namespace": "vault", "serviceAccount": "vault", "roleArn": ROLE}},
}
NAME = "projects/p/locations/l/keyRings/r/cryptoKeys/k"
OPENER = service_account_of_pods("p", "1", "vault", "vault")
GRANT = "kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
AT_GOOGLE = {"cryptoKeyId": NAME, "member": OPENER}
TOLD = {"GOOGLE_PROJECT": "p", "GOOGLE_REGION": "l", "VAULT_GCPCKMS_SEAL_KEY_RING": "r", "VAULT_GCPCKMS_SEAL_CRYPTO_KEY": "k"}


def servers(told: Mapping[str, str]) -> dict[str, Any]:
    container = {"env": [{"name": name, "value": value} for name, value in told.items()]}
    return {"spec": {"template": {"spec": {"serviceAccountName": "vault", "containers": [container]}}}}


@pytest.mark.parametrize(
    ("things", "expected"),
    [
        pytest.param(AT_AWS, None, id="all is there"),
        pytest.param(without(AT_AWS, "kms/key:Key"), "NotFoundException: there is no key", id="no key"),
        pytest.param(without(AT_AWS, ASSOCIATION), "AccessDeniedException: kms:Decrypt, kms:DescribeKey, kms:Encrypt on", id="no identity"),
        pytest.param(without(AT_AWS, ASSOCIATION, serviceAccount="default"), "AccessDeniedException", id="the identity of another account"),
        pytest.param(without(AT_AWS, POLICY, policy=sealing(KEY).replace("kms:Encrypt", "kms:Sign")), "AccessDeniedException: kms:Encrypt on", id="one right less"),
        pytest.param(without(AT_AWS, POLICY, policy=sealing(f"{KEY}2")), "AccessDeniedException", id="another key"),
    ],
)  # fmt: skip
def test_what_opens_vault_at_aws(things: Mapping[str, dict[str, Any]], expected: str | None, tmp_path: Path) -> None:
    """4.07, issue 8, items 3 and 5: Vault opens if the key is there and identity and policy allow its use, and not else."""
    found = sealed(holding(tmp_path, "aws", things), servers({"VAULT_AWSKMS_SEAL_KEY_ID": KEY}))

    assert found is None if expected is None else expected in str(found)


@pytest.mark.parametrize(
    ("roles", "changed", "expected"),
    [
        pytest.param([KEY_USE, KEY_READING], {}, None, id="all is there"),
        pytest.param([KEY_USE], {}, "has not roles/cloudkms.viewer", id="one grant less"),
        pytest.param(
            [KEY_USE, KEY_READING], {"member": OPENER.replace("sa/vault", "sa/default")}, "PermissionDenied", id="another account"
        ),
        pytest.param([KEY_USE, KEY_READING], {"cryptoKeyId": f"{NAME}2"}, "PermissionDenied", id="another key"),
    ],
)
def test_what_opens_vault_at_google(roles: list[str], changed: dict[str, str], expected: str | None, tmp_path: Path) -> None:
    """4.07, issue 8, items 3 and 5: the same at Google, where grants name principal and key."""
    for number, role in enumerate(roles):
        store = holding(tmp_path, "gcp", {GRANT: {"id": str(number), "inputs": {**AT_GOOGLE, "role": role, **changed}}})
    found = sealed(store, servers(TOLD))

    assert found is None if expected is None else expected in str(found)


@pytest.mark.parametrize(
    ("namespace", "provider", "path", "expected"),
    [
        ("shop", vault.provider("https://v", "shop"), "secret/data/e/shop-database", {"read"}),
        ("shop", vault.provider("https://v", "shop"), "secret/data/e/other", set()),
        ("mail", vault.provider("https://v", "shop"), "secret/data/e/shop-database", set()),
        ("source", vault.provider("https://v", "source"), "secret/data/e/any", {"create", "read", "update", "delete"}),
        ("source", vault.provider("https://v", "source"), "secret/data/other/any", set()),
        ("monitoring", vault.provider("https://v", "monitoring"), "secret/data/e/shop-database", set()),
    ],
)
def test_what_vault_lets_a_namespace_do(namespace: str, provider: dict[str, Any], path: str, expected: set[str]) -> None:
    """4.14: by the documents that the keeper writes: a role is its own namespace's, and a policy names what it allows."""
    documents = [vault.reading("shop", ["e/shop-database"]), vault.writing("source", "e/")]

    assert expected == allowed(documents, provider, namespace, path)
