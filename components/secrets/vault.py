"""Level vault: the same reference, to a Vault that knows the namespace by its ServiceAccount; policies name what they allow. Pure."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from .._kit import Manifest
from .._network import in_namespace, tcp
from .._network import policy as network_policy

MOUNT = "secret"
AUTH_MOUNT = "kubernetes"
DATABASE_MOUNT = "database"
ACCOUNT = "secrets-reader"
KEEPER = "vault-keeper"
AUDIENCE = "vault"
"""Whom a ServiceAccount's token is for, so that one that is for the API server opens no Vault, nor the other way round."""
REFRESH_INTERVAL = "5m"
LEASE, LONGEST_LEASE = "1h", "24h"
"""Requirements 4.3."""
CONFIGURATION = {"causeway.dev/vault-configuration": "true"}
"""The label of what the keeper writes into Vault."""
DOCUMENT = "configuration.json"
OURS = "causeway-"
"""What the names of our policies and roles begin with; others in the same Vault are left alone."""
KEEPER_ROLE = f"{OURS}keeper"

Document = dict[str, Any]
"""What the keeper does: `enable` and `write` hold Vault's path to its body, `owned` a folder to what names of ours begin with there,
`connections` a path to where the credentials of its body are."""


def provider(server: str, namespace: str, authority: Any = None) -> dict[str, Any]:
    """The provider of a SecretStore: version 2 of the key-value engine, and the namespace's own ServiceAccount as identity.

    `authority` is what Vault's certificate is known by, in PEM and base64; default the authorities that everybody knows.
    """
    identity = {"name": ACCOUNT, "audiences": [AUDIENCE]}
    return {
        "vault": {
            "server": server,
            **({"caBundle": authority} if authority else {}),
            "path": MOUNT,
            "version": "v2",
            "auth": {"kubernetes": {"mountPath": AUTH_MOUNT, "role": role_name(namespace), "serviceAccountRef": identity}},
        }
    }


def account(namespace: str, labels: Mapping[str, str], name: str = ACCOUNT) -> Manifest:
    """An identity that Vault knows; no pod runs as it, and it may do nothing in the cluster."""
    metadata = {"name": name, "namespace": namespace, "labels": dict(labels)}
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata, "automountServiceAccountToken": False}


def role_name(namespace: str) -> str:
    """Role and policy of a namespace."""
    return f"{OURS}{namespace}"


def policy(names: Iterable[str]) -> str:
    """The policy of a namespace: to read the Secrets of these remote names, and nothing else."""
    return _policy({f"{MOUNT}/data/{name}": ["read"] for name in names})


def role(namespace: str, name: str = "", account: str = ACCOUNT) -> dict[str, Any]:
    """The role of Kubernetes authentication that leads to the policy of the same name; default the namespace's."""
    return {
        "bound_service_account_names": [account],
        "bound_service_account_namespaces": [namespace],
        "audience": AUDIENCE,
        "token_policies": [name or role_name(namespace)],
        "token_ttl": LEASE,
        "token_max_ttl": LONGEST_LEASE,
    }


def foundation(namespace: str, databases: Iterable[str] = ()) -> Document:
    """What Vault has before any Secret: its engines, Kubernetes as the way to log in, the audit, and what the keeper may do.

    `namespace` is where the keeper runs; `databases` are the remote names of the credentials that it hands to the database engine. It
    has to write policies, so it could give itself more: what a role of its own spares is a token that may do everything and never ends.
    """
    folders = ("sys/policies/acl", f"auth/{AUTH_MOUNT}/role")
    enabled: Document = {
        f"sys/mounts/{MOUNT}": {"type": "kv", "options": {"version": "2"}},
        f"sys/mounts/{DATABASE_MOUNT}": {"type": "database"},
        f"sys/auth/{AUTH_MOUNT}": {"type": "kubernetes"},
        # Values are in it as keyed hashes alone.
        "sys/audit/stdout": {"type": "file", "options": {"file_path": "stdout"}},
    }
    allowed = {
        **{path: ["create", "update", "sudo"] for path in enabled},
        **{folder: ["list"] for folder in folders},
        **{f"{folder}/{OURS}*": ["create", "update", "delete"] for folder in folders},
        f"auth/{AUTH_MOUNT}/config": ["create", "update"],
        "sys/storage/raft/configuration": ["read"],
        **{f"{DATABASE_MOUNT}/{kind}": ["list"] for kind in ("config", "roles")},
        **{f"{DATABASE_MOUNT}/{kind}/*": ["create", "update", "delete"] for kind in ("config", "roles")},
        **{f"{MOUNT}/data/{name}": ["read"] for name in databases},
    }
    written = {
        f"auth/{AUTH_MOUNT}/config": {"kubernetes_host": "https://kubernetes.default.svc"},
        **_admitted(KEEPER_ROLE, _policy(allowed), namespace, KEEPER),
    }
    owned = {**dict.fromkeys(folders, OURS), f"{DATABASE_MOUNT}/roles": "", f"{DATABASE_MOUNT}/config": ""}
    return {"enable": enabled, "write": written, "owned": owned}


def writing(namespace: str, prefix: str) -> Document:
    """The access of the namespace that fills the store: to write names of this prefix and no others."""
    names = f"{prefix}*"
    allowed = {
        f"{MOUNT}/data/{names}": ["create", "read", "update", "delete"],
        f"{MOUNT}/metadata/{names}": ["create", "read", "update", "delete"],
    }
    return {"write": _admitted(role_name(namespace), _policy(allowed), namespace, ACCOUNT)}


def reading(namespace: str, names: Iterable[str]) -> Document:
    """A namespace's access: to read these remote names."""
    return {"write": _admitted(role_name(namespace), policy(names), namespace, ACCOUNT)}


def on_demand(namespace: str, secret: str, remote: str, database: Mapping[str, Any]) -> Document:
    """Credentials that live as long as their lease, for who may act as ServiceAccount `<secret>-reader` of the namespace.

    Vault itself uses the database's present credential, which it has under the `remote` name; so a rotation reaches it like
    everybody else. Whoever gets a lease may read and nothing else.
    """
    reader = reader_name(secret)
    address = f"{database['workload']}.{namespace}.svc.cluster.local:{database['port']}/{database['database']}"
    config = f"{DATABASE_MOUNT}/config/{secret}"
    connection = {
        "plugin_name": "postgresql-database-plugin",
        "connection_url": f"postgresql://{{{{username}}}}:{{{{password}}}}@{address}",
        "password_authentication": "scram-sha-256",
        "allowed_roles": [reader],
        # An open session would count as one of the version that a rotation wants to end.
        "max_idle_connections": -1,
    }
    leased = {
        "db_name": secret,
        "creation_statements": [
            "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE pg_read_all_data;"
        ],
        "revocation_statements": [
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = '{{name}}';",
            'DROP ROLE IF EXISTS "{{name}}";',
        ],
        "default_ttl": LEASE,
        "max_ttl": LONGEST_LEASE,
    }
    to_lease = _policy({f"{DATABASE_MOUNT}/creds/{reader}": ["read"]})
    return {
        "write": {f"{DATABASE_MOUNT}/roles/{reader}": leased, **_admitted(f"{OURS}{reader}", to_lease, namespace, reader)},
        "connections": {
            config: {"from": f"{MOUNT}/data/{remote}", "body": connection, "fields": {name: name for name in ("username", "password")}}
        },
    }


def both(first: Document, second: Document) -> Document:
    """Two documents as one."""
    return {part: {**first.get(part, {}), **second.get(part, {})} for part in first.keys() | second.keys()}


def reader_name(secret: str) -> str:
    """Who gets credentials on demand of the database that a Secret opens."""
    return f"{secret}-reader"


def configuration(name: str, namespace: str, labels: Mapping[str, str], document: Document) -> Manifest:
    """A document as the keeper finds it."""
    metadata = {"name": name, "namespace": namespace, "labels": {**labels, **CONFIGURATION}}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {DOCUMENT: json.dumps(document, sort_keys=True)}}


def way_to(database: Mapping[str, Any], namespace: str, vault: str, labels: Mapping[str, str]) -> Manifest:
    """Lets Vault, in namespace `vault`, reach a database's pods."""
    metadata = {"name": f"{database['workload']}-from-vault", "namespace": namespace, "labels": dict(labels)}
    pods = {"matchLabels": {"app.kubernetes.io/name": database["workload"]}}
    return network_policy(metadata, pods, ingress=[{"from": [in_namespace(vault)], "ports": tcp(database["port"])}])


def _admitted(name: str, allowed: str, namespace: str, account: str) -> Document:
    """A policy, and the role by which a ServiceAccount gets it; the policy first."""
    return {f"sys/policies/acl/{name}": {"policy": allowed}, f"auth/{AUTH_MOUNT}/role/{name}": role(namespace, name, account)}


def _policy(allowed: Mapping[str, Iterable[str]]) -> str:
    return json.dumps({"path": {path: {"capabilities": list(can)} for path, can in sorted(allowed.items())}}, sort_keys=True)
