"""The keeper of Vault (services/vault_keeper): what it runs as, what it may do, and who reaches it. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from .._kit import Manifest
from .._network import DNS_PORTS, policy, tcp, to_anywhere
from ..secrets import vault, vault_tls
from ..secrets.levels import SHARES, THRESHOLD
from . import vault_servers

SHARES_SECRET = "vault-shares"
"""The Secret that has the key shares; `causeway secrets escrow` copies them out of the cluster."""
_USER_ID = 1000
_PORT = 8080
_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
_AUTHORITY = "/etc/vault"
_API_SERVER_PORTS = (443, 6443)
_RESOURCES = {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "96Mi"}}
_POD_SECURITY = {"runAsNonRoot": True, "runAsUser": _USER_ID, "runAsGroup": _USER_ID, "seccompProfile": {"type": "RuntimeDefault"}}
_CONTAINER_SECURITY = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}


def keeper(namespace: str, labels: Mapping[str, str], wanted: Mapping[str, Any]) -> list[Manifest]:
    """All objects, in their order; `wanted` is the controller's input `vault`."""
    own = {**labels, "app.kubernetes.io/name": vault.KEEPER, "app.kubernetes.io/instance": vault.KEEPER}
    metadata = {"name": vault.KEEPER, "namespace": namespace, "labels": own}
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata, "automountServiceAccountToken": False},
        _rights(metadata),
        _binding(metadata),
        _network(metadata),
        vault.configuration(vault.KEEPER, namespace, own, _foundation(namespace, wanted)),
        _deployment(metadata, wanted["keeper_image"], _whom(wanted)),
    ]


def _whom(wanted: Mapping[str, Any]) -> dict[str, str]:
    """The Vault to keep: one server, which it opens; or three that a key service opens, of which one answers for all."""
    if "seal" not in wanted:
        return {"VAULT_ADDR": vault_servers.VAULT_ADDRESS}
    return {"VAULT_ADDR": vault_servers.VAULT_ACTIVE_ADDRESS, "VAULT_SERVERS": " ".join(vault_servers.SERVERS), "OPENS_ITSELF": "true"}


def _foundation(namespace: str, wanted: Mapping[str, Any]) -> vault.Document:
    prefix = wanted["prefix"]
    made = vault.foundation(namespace, [f"{prefix}{name}" for name in wanted.get("databases", [])])
    return vault.both(made, vault.writing(wanted["source_namespace"], prefix)) if "source_namespace" in wanted else made


def _rights(metadata: Mapping[str, Any]) -> Manifest:
    """One Secret by its name, which it has to make itself: so it never is in the program's state. A right to create has no names."""
    rules = [
        {"apiGroups": [""], "resources": ["secrets"], "resourceNames": [SHARES_SECRET], "verbs": ["get", "patch"]},
        {"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]},
        {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]},
    ]
    return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": metadata, "rules": rules}


def _binding(metadata: Mapping[str, Any]) -> Manifest:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": metadata,
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": metadata["name"]},
        "subjects": [{"kind": "ServiceAccount", "name": metadata["name"], "namespace": metadata["namespace"]}],
    }


def _network(metadata: Mapping[str, Any]) -> Manifest:
    """In: nobody but the kubelet, which asks from its own node. Out: the API server, names and Vault."""
    out = [{"ports": tcp(*_API_SERVER_PORTS)}, {"ports": DNS_PORTS}, {"to": [{"podSelector": _named("vault")}], "ports": tcp(8200)}]
    return to_anywhere(
        "the API server has no address that a policy could name", policy(metadata, _named(vault.KEEPER), ingress=[], egress=out)
    )


def _deployment(metadata: Mapping[str, Any], image: str, whom: Mapping[str, str]) -> Manifest:
    """One pod, never two at once: both would initialise."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata,
        "spec": {
            "replicas": 1,
            "strategy": {"type": "Recreate"},
            "selector": _named(vault.KEEPER),
            "template": {"metadata": {"labels": metadata["labels"]}, "spec": _pod(metadata, image, whom)},
        },
    }


def _pod(metadata: Mapping[str, Any], image: str, whom: Mapping[str, str]) -> dict[str, Any]:
    given = {
        **whom,
        "VAULT_CACERT": f"{_AUTHORITY}/tls.crt",
        "NAMESPACE": metadata["namespace"],
        "SHARES": str(SHARES),
        "THRESHOLD": str(THRESHOLD),
        "SHARES_NAME": SHARES_SECRET,
        "AUTH_MOUNT": vault.AUTH_MOUNT,
        "ROLE": vault.KEEPER_ROLE,
        "LABELS": json.dumps(metadata["labels"], sort_keys=True),
    }
    return {
        "serviceAccountName": metadata["name"],
        "automountServiceAccountToken": False,
        "securityContext": _POD_SECURITY,
        "containers": [
            {
                "name": "keeper",
                "image": image,
                "imagePullPolicy": "IfNotPresent",
                "env": [{"name": name, "value": value} for name, value in given.items()],
                "ports": [{"name": "probes", "containerPort": _PORT}],
                "readinessProbe": {"httpGet": {"path": "/readyz", "port": "probes"}, "periodSeconds": 2, "failureThreshold": 3},
                "livenessProbe": {"httpGet": {"path": "/healthz", "port": "probes"}, "periodSeconds": 20},
                "resources": _RESOURCES,
                "securityContext": _CONTAINER_SECURITY,
                "volumeMounts": [
                    {"name": "identity", "mountPath": _ACCOUNT, "readOnly": True},
                    {"name": "authority", "mountPath": _AUTHORITY, "readOnly": True},
                ],
            }
        ],
        "volumes": [
            {"name": "identity", "projected": {"sources": _identity()}},
            # The certificate alone; its key is the server's.
            {"name": "authority", "secret": {"secretName": vault_tls.SECRET, "items": [{"key": "tls.crt", "path": "tls.crt"}]}},
        ],
    }


def _identity() -> list[dict[str, Any]]:
    """Two tokens of an hour: one that the API server takes, one that Vault does."""
    return [
        {"serviceAccountToken": {"path": "token", "expirationSeconds": 3600}},
        {"serviceAccountToken": {"path": "vault-token", "expirationSeconds": 3600, "audience": vault.AUDIENCE}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
    ]


def _named(name: str) -> dict[str, Any]:
    return {"matchLabels": {"app.kubernetes.io/name": name}}
