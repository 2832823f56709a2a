"""Plays what brings Secrets into a cluster: Sealed Secrets, which opens for real, and External Secrets, which finds out whether
the rehearsed cloud, or the Vault in the cluster, would hand the value over. The cloud's values are not kept
(stand_ins/plugins/rehearsal/store.py), so the Secret that External Secrets makes has a mark in the place of each.
"""

import base64
from collections.abc import Callable, Mapping
from typing import Any

from components.secrets.sealing_keys import ACTIVE_LABEL
from stand_ins.plugins.rehearsal.iam import allows
from stand_ins.plugins.rehearsal.store import Store, Thing
from stand_ins.rehearse.api import Api, Item
from stand_ins.rehearse.vault_program import PlayedVault, policies_of
from workspace.progress import Problem

SEALED = ("bitnami.com/v1alpha1", "sealedsecrets")
STORES = ("external-secrets.io/v1", "secretstores")
EXTERNAL = ("external-secrets.io/v1", "externalsecrets")
PUSHED = ("external-secrets.io/v1alpha1", "pushsecrets")
KEYS = f"/api/v1/secrets?labelSelector={ACTIVE_LABEL}"
OPERATOR = ("external-secrets", "external-secrets")
"""Namespace and ServiceAccount by which the clouds know External Secrets (platforms/_names.py)."""

PLACEHOLDER = base64.b64encode(b"rehearsed: no value was read").decode()


class SecretPrograms:
    """Both controllers, and the Vault that one of them reads."""

    def __init__(self, api: Api, store: Store) -> None:
        self.api, self.store, self.vault = api, store, PlayedVault(api, store)

    @property
    def rounds(self) -> tuple[Callable[[], None], ...]:
        """Each is one round of one of them; raises Problem where a Secret cannot be had, OSError where the kind is not there."""
        return self._sealed, self._stores, self._pushes, self._external

    def _sealed(self) -> None:
        for item in self._waiting(SEALED, "Synced"):
            private = [base64.b64decode(key["data"]["tls.key"]) for key in self.api.list(KEYS)]
            metadata, spec = item["metadata"], item["spec"]
            place = f"{metadata['namespace']}/{metadata['name']}"
            found = {field: _opened(text, place, private) for field, text in spec["encryptedData"].items()}
            self._make(metadata["name"], metadata["namespace"], spec["template"], found)
            self._tell(SEALED, item, "Synced")

    def _stores(self) -> None:
        for item in self._waiting(STORES, "Ready"):
            namespace, account = OPERATOR
            self.api.call("GET", f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}")
            provider, place = item["spec"]["provider"], item["metadata"]["namespace"]
            if "vault" in provider and (reason := self.vault.closed(provider, place)):
                raise Problem(f"SecretStore {place}/{item['metadata']['name']}: {reason}")
            self._tell(STORES, item, "Ready")

    def _pushes(self) -> None:
        for item in self._waiting(PUSHED, "Ready"):
            metadata, spec = item["metadata"], item["spec"]
            self.api.call("GET", f"/api/v1/namespaces/{metadata['namespace']}/secrets/{spec['selector']['secret']['name']}")
            provider = self._provider(metadata["namespace"], spec["secretStoreRefs"][0]["name"])
            for remote in (entry["match"]["remoteRef"]["remoteKey"] for entry in spec["data"]):
                if reason := self.vault.refuses(provider, metadata["namespace"], remote, writing=True):
                    raise Problem(f"PushSecret {metadata['namespace']}/{metadata['name']}: {reason}")
            self._tell(PUSHED, item, "Ready")

    def _external(self) -> None:
        for item in self._waiting(EXTERNAL, "Ready"):
            metadata, spec = item["metadata"], item["spec"]
            provider = self._provider(metadata["namespace"], spec["secretStoreRef"]["name"])
            for remote in {entry["extract"]["key"] for entry in spec["dataFrom"]}:
                if reason := self._refusal(provider, metadata["namespace"], remote):
                    raise Problem(f"ExternalSecret {metadata['namespace']}/{metadata['name']}: {reason}")
            template = spec["target"]["template"]
            self._make(spec["target"]["name"], metadata["namespace"], template, dict.fromkeys(template["data"], PLACEHOLDER))
            self._tell(EXTERNAL, item, "Ready")

    def _provider(self, namespace: str, store: str) -> Item:
        found: Item = self.api.call("GET", f"/apis/{STORES[0]}/namespaces/{namespace}/{STORES[1]}/{store}")["spec"]["provider"]
        return found

    def _refusal(self, provider: Item, namespace: str, remote: str) -> str | None:
        """Why External Secrets would not get a value for a namespace."""
        return self.vault.refuses(provider, namespace, remote) if "vault" in provider else refusal(self.store, provider, remote)

    def _waiting(self, kind: tuple[str, str], condition: str) -> list[Item]:
        """Those that are not known to be well at their present generation."""
        api_version, plural = kind
        return [item for item in self.api.list(f"/apis/{api_version}/{plural}") if not _is_told(item, condition)]

    def _make(self, name: str, namespace: str, template: Item, data: Mapping[str, str]) -> None:
        metadata = {"name": name, "namespace": namespace, **template["metadata"]}
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": template["type"], "data": dict(data)}
        where = f"/api/v1/namespaces/{namespace}/secrets/{name}?fieldManager=rehearsal&force=true"
        self.api.call("PATCH", where, secret, "application/apply-patch+yaml")

    def _tell(self, kind: tuple[str, str], item: Item, condition: str) -> None:
        api_version, plural = kind
        metadata = item["metadata"]
        told = {"type": condition, "status": "True", "lastTransitionTime": metadata["creationTimestamp"], "message": generation(item)}
        where = f"/apis/{api_version}/namespaces/{metadata['namespace']}/{plural}/{metadata['name']}/status"
        self.api.patch(where, {"status": {"conditions": [told]}})


def generation(item: Item) -> str:
    return f"rehearsed at generation {item['metadata']['generation']}"


def _is_told(item: Item, condition: str) -> bool:
    conditions = item.get("status", {}).get("conditions", [])
    return any(told["type"] == condition and told.get("message") == generation(item) for told in conditions)


def _opened(text: str, place: str, keys: list[bytes]) -> str:
    """A sealed value in base64, by the first key that opens it in this place; raises Problem where none does."""
    from cryptography.exceptions import InvalidTag  # imported where level sealed is rehearsed
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    raw = base64.b64decode(text)
    end = 2 + int.from_bytes(raw[:2])
    scheme = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), place.encode())
    for key in keys:
        private: Any = serialization.load_pem_private_key(key, None)
        try:
            return base64.b64encode(AESGCM(private.decrypt(raw[2:end], scheme)).decrypt(bytes(12), raw[end:], None)).decode()
        except (ValueError, InvalidTag):
            continue
    raise Problem(f"SealedSecret {place}: no key of the cluster opens it")


def refusal(store: Store, provider: Item, remote: str) -> str | None:
    """Why the rehearsed cloud would not give External Secrets the value of `remote`, or None."""
    if "aws" in provider:
        return _refused_by_aws(store, remote)
    return _refused_by_google(store, provider["gcpsm"]["projectID"], remote)


def _refused_by_aws(store: Store, remote: str) -> str | None:
    """The secret is there with a value, and the role that Pod Identity gives the operator may read and decrypt it."""
    secret = next((thing for thing in store.of("aws:secretsmanager/secret:Secret") if thing.inputs["name"] == remote), None)
    if secret is None:
        return f"ResourceNotFoundException: there is no secret {remote}"
    if not _has_value(store, "aws:secretsmanager/secretVersion:SecretVersion", "secretId", {secret.id, remote}):
        return f"ResourceNotFoundException: {remote} has no value"
    policies = policies_of(store, OPERATOR)
    region = secret.id.split(":")[3]
    context = {"kms:ViaService": f"secretsmanager.{region}.amazonaws.com"}
    wanted = (("secretsmanager:GetSecretValue", secret.id), ("kms:Decrypt", str(secret.inputs["kmsKeyId"])))
    denied = [action for action, resource in wanted if not any(allows(policy, action, resource, context) for policy in policies)]
    return f"AccessDeniedException: {', '.join(denied)} on {remote}" if denied else None


def _refused_by_google(store: Store, project: str, remote: str) -> str | None:
    """The secret is there with a value, and the operator's own principal is granted that secret."""
    name = f"projects/{project}/secrets/{remote}"
    if store.get("gcp:secretmanager/secret:Secret", name) is None:
        return f"NotFound: there is no secret {name}"
    if not _has_value(store, "gcp:secretmanager/secretVersion:SecretVersion", "secret", {name}):
        return f"NotFound: {name} has no value"
    subject = "subject/ns/{}/sa/{}".format(*OPERATOR)
    granted = [thing.inputs for thing in store.of("gcp:secretmanager/secretIamMember:SecretIamMember")]
    if not any(item["secretId"] == remote and item["member"].endswith(subject) for item in granted):
        return f"PermissionDenied: {subject} may not read {name}"
    return None


def _has_value(store: Store, token: str, key: str, names: set[str]) -> bool:
    versions: list[Thing] = store.of(token)
    return any(thing.inputs[key] in names for thing in versions)
