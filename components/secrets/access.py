"""How a namespace uses a store outside of it: as whom, by which credential, and how often."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pulumi

from .._kit import Manifest
from . import external, vault
from .args import SecretsStoreBackendArgs
from .levels import SecretsLevel
from .model import native_secret, place
from .values import encoded

BOOTSTRAP = "secrets-bootstrap"


def access(level: SecretsLevel, backend: SecretsStoreBackendArgs, inputs: Mapping[str, Any]) -> dict[str, Manifest]:
    """What the namespace of `inputs`, a SecretsStore's, needs, in their order: an identity or a credential, and the SecretStore."""
    namespace, labels = inputs["namespace"], place(f"secrets-{level.value}", inputs).labels
    made: dict[str, Manifest] = {}
    if level is SecretsLevel.VAULT:
        made["account"] = vault.account(namespace, labels)
        made |= _granted(backend, inputs, labels)
    if "bootstrap" in backend:
        wanted = replace(place(BOOTSTRAP, inputs), level=SecretsLevel.NATIVE)
        made["bootstrap"] = native_secret(
            wanted, encoded({key: pulumi.Output.secret(value) for key, value in backend["bootstrap"].items()})
        )
    provider = backend["provider"] if "provider" in backend else vault.provider(backend["server"], namespace, backend.get("authority"))
    return {**made, "store": external.secret_store(level.value, namespace, labels, provider)}


def _granted(backend: SecretsStoreBackendArgs, inputs: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, Manifest]:
    """Where our keeper configures Vault: what the namespace may read there, and who gets credentials of its databases on demand."""
    if "keeper_namespace" not in backend or "secrets" not in inputs:
        return {}
    namespace, room = inputs["namespace"], backend["keeper_namespace"]
    remote = {secret: f"{backend['prefix']}{secret}" for secret in inputs["secrets"]}
    made, document = {}, vault.reading(namespace, remote.values())
    for secret, where in inputs["databases"].items():
        if secret in remote:
            reader = vault.reader_name(secret)
            made[reader] = vault.account(namespace, labels, reader)
            made[f"{where['workload']}-from-vault"] = vault.way_to(where, namespace, room, labels)
            document = vault.both(document, vault.on_demand(namespace, secret, remote[secret], where))
    return {**made, "access": vault.configuration(f"secrets-{namespace}", room, labels, document)}


def interval(level: SecretsLevel, backend: SecretsStoreBackendArgs) -> str:
    """How often a value is read; where the store is filled from the cluster, as often as it is filled."""
    if "source_namespace" in backend:
        return external.PUSH_INTERVAL
    return vault.REFRESH_INTERVAL if level is SecretsLevel.VAULT else external.REFRESH_INTERVAL
