"""Plays Vault in a rehearsed cloud: whether its key service would open it, and what it lets whom read and write by what its keeper is told.

No value is in it, as in the rehearsed stores: what was pushed is known by its name.
"""

import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from stand_ins.plugins.rehearsal.iam import allows
from stand_ins.plugins.rehearsal.store import Store
from stand_ins.rehearse.api import Api, Item

NAMESPACE = "vault"
SERVERS = f"/apis/apps/v1/namespaces/{NAMESPACE}/statefulsets/vault"
DOCUMENTS = f"/api/v1/namespaces/{NAMESPACE}/configmaps?labelSelector=causeway.dev/vault-configuration=true"
USE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt")
ROLES = ("roles/cloudkms.cryptoKeyEncrypterDecrypter", "roles/cloudkms.viewer")
AWS_KEY, AWS_ROLE, AWS_POLICY = "aws:kms/key:Key", "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"
GRANT = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"

Documents = Iterable[Mapping[str, Any]]


def policies_of(store: Store, identity: tuple[str, str]) -> list[str]:
    """The policies of the role that Pod Identity gives to the pods of a ServiceAccount."""
    given = [thing.inputs for thing in store.of("aws:eks/podIdentityAssociation:PodIdentityAssociation")]
    arns = {item["roleArn"] for item in given if (item["namespace"], item["serviceAccount"]) == identity}
    roles = {role.id for role in store.of(AWS_ROLE) if role.outputs["arn"] in arns}
    return [thing.inputs["policy"] for thing in store.of(AWS_POLICY) if thing.inputs["role"] in roles]


def sealed(store: Store, servers: Item) -> str | None:
    """Why the key service would not open the servers of this StatefulSet, by their variables and their identity; None where it would."""
    pod = servers["spec"]["template"]["spec"]
    known = {entry["name"]: entry.get("value", "") for container in pod["containers"] for entry in container.get("env", [])}
    account = pod["serviceAccountName"]
    if key := known.get("VAULT_AWSKMS_SEAL_KEY_ID"):
        if key not in {thing.outputs.get("arn") for thing in store.of(AWS_KEY)}:
            return f"NotFoundException: there is no key {key}"
        policies = policies_of(store, (NAMESPACE, account))
        denied = [action for action in USE if not any(allows(policy, action, key) for policy in policies)]
        return f"AccessDeniedException: {', '.join(denied)} on {key}" if denied else None
    project, region = known.get("GOOGLE_PROJECT"), known.get("GOOGLE_REGION")
    ring, name = known.get("VAULT_GCPCKMS_SEAL_KEY_RING"), known.get("VAULT_GCPCKMS_SEAL_CRYPTO_KEY")
    key, subject = f"projects/{project}/locations/{region}/keyRings/{ring}/cryptoKeys/{name}", f"/subject/ns/{NAMESPACE}/sa/{account}"
    given = [thing.inputs for thing in store.of(GRANT)]
    granted = {item["role"] for item in given if item["cryptoKeyId"] == key and item["member"].endswith(subject)}
    denied = [role for role in ROLES if role not in granted]
    return f"PermissionDenied: {subject} has not {', '.join(denied)} on {key}" if denied else None


def allowed(documents: Documents, provider: Item, namespace: str, path: str) -> set[str]:
    """What a namespace may do at a path of Vault, by the role that its SecretStore names and the policies of that."""
    login = provider["vault"]["auth"]["kubernetes"]
    written = {where: body for document in documents for where, body in document.get("write", {}).items()}
    role = written.get(f"auth/{login['mountPath']}/role/{login['role']}", {})
    is_bound = (
        login["serviceAccountRef"]["name"] in role.get("bound_service_account_names", [])
        and namespace in role.get("bound_service_account_namespaces", [])
        and role.get("audience") in login["serviceAccountRef"]["audiences"]
    )
    named = [written.get(f"sys/policies/acl/{name}", {}).get("policy", "{}") for name in role.get("token_policies", [])] if is_bound else []
    rules = [rule for policy in named for rule in json.loads(policy).get("path", {}).items()]
    return {can for pattern, rule in rules if fnmatchcase(path, pattern) for can in rule["capabilities"]}


class PlayedVault:
    """Vault of one rehearsal."""

    def __init__(self, api: Api, store: Store) -> None:
        self.api, self.store = api, store
        self.pushed: set[str] = set()

    def refuses(self, provider: Item, namespace: str, remote: str, *, writing: bool = False) -> str | None:
        """Why a namespace could not read the Secret called `remote` in Vault, or not write it; None where it could."""
        path = f"{provider['vault']['path']}/data/{remote}"
        may = allowed(self._documents(), provider, namespace, path)
        if missing := ({"create", "update"} if writing else {"read"}) - may:
            return f"permission denied: {namespace} may not {' or '.join(sorted(missing))} {path}"
        if writing:
            self.pushed.add(remote)
        return None if remote in self.pushed else f"there is no {path}"

    def closed(self, provider: Item, namespace: str) -> str | None:
        """Why a namespace could not log in; None where it could. Raises OSError where Vault, or the ServiceAccount, is not there."""
        account = provider["vault"]["auth"]["kubernetes"]["serviceAccountRef"]["name"]
        self.api.call("GET", f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}")
        return sealed(self.store, self.api.call("GET", SERVERS))

    def _documents(self) -> list[dict[str, Any]]:
        return [json.loads(item["data"]["configuration.json"]) for item in self.api.list(DOCUMENTS)]
