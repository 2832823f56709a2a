"""Level vault: the same reference, to a Vault that knows the namespace by its ServiceAccount; policies name what they allow. Pure."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from .._kit import Manifest

MOUNT = "secret"
AUTH_MOUNT = "kubernetes"
ACCOUNT = "secrets-reader"
REFRESH_INTERVAL = "5m"
LEASE, LONGEST_LEASE = "1h", "24h"
"""Requirements 4.3."""


def provider(server: str, namespace: str) -> dict[str, Any]:
    """The provider of a SecretStore: version 2 of the key-value engine, and the namespace's own ServiceAccount as identity."""
    return {
        "vault": {
            "server": server,
            "path": MOUNT,
            "version": "v2",
            "auth": {"kubernetes": {"mountPath": AUTH_MOUNT, "role": role_name(namespace), "serviceAccountRef": {"name": ACCOUNT}}},
        }
    }


def account(namespace: str, labels: Mapping[str, str]) -> Manifest:
    """The identity by which Vault knows the namespace; no pod runs as it, and it may do nothing in the cluster."""
    metadata = {"name": ACCOUNT, "namespace": namespace, "labels": dict(labels)}
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata, "automountServiceAccountToken": False}


def role_name(namespace: str) -> str:
    """Role and policy of a namespace."""
    return f"causeway-{namespace}"


def policy(names: Iterable[str]) -> str:
    """The policy of a namespace: to read the Secrets of these remote names, and nothing else."""
    paths = {f"{MOUNT}/data/{name}": {"capabilities": ["read"]} for name in sorted(names)}
    return json.dumps({"path": paths}, sort_keys=True)


def role(namespace: str) -> dict[str, Any]:
    """The role of Kubernetes authentication that leads to the policy."""
    return {
        "bound_service_account_names": [ACCOUNT],
        "bound_service_account_namespaces": [namespace],
        "token_policies": [role_name(namespace)],
        "token_ttl": LEASE,
        "token_max_ttl": LONGEST_LEASE,
    }
