"""Level vault of the ladder: Vault inside the cluster, filled from the cluster, and kept by the keeper beside it."""

from functools import partial

import pulumi

from components.secrets import SecretsLevel, SecretsStoreBackendArgs
from components.secrets_controller import NAMESPACES, VAULT_ACTIVE_ADDRESS, VAULT_ADDRESS, vault_authority
from platforms._names import base_name
from stack.parts.secrets import SecretsSettings
from stack.settings import Settings
from stack.state import seed

VAULT_SOURCE = "vault-source"
VAULT = (NAMESPACES[SecretsLevel.VAULT], "vault")
"""Namespace and ServiceAccount of its servers (the Vault chart's own names)."""


def is_used(settings: Settings) -> bool:
    """Whether the stack has a Vault, also on its way to level vault or from it."""
    return SecretsLevel.VAULT in settings.of(SecretsSettings).in_use


def vault(settings: Settings, *, are_three: bool) -> dict[str, SecretsStoreBackendArgs]:
    """The store, kept by one server or by three, by its level's name; its certificate is made for no stack that has no Vault."""
    if not is_used(settings):
        return {}
    authority = seed(settings).apply(partial(vault_authority, are_three=are_three))
    backend: SecretsStoreBackendArgs = {
        "server": VAULT_ACTIVE_ADDRESS if are_three else VAULT_ADDRESS,
        "authority": pulumi.Output.unsecret(authority),
        "prefix": f"{base_name(settings)}/",
        "source_namespace": VAULT_SOURCE,
        "keeper_namespace": NAMESPACES[SecretsLevel.VAULT],
    }
    return {SecretsLevel.VAULT.value: backend}
