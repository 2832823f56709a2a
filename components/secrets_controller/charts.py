"""The charts of each level and their values: only what differs from a chart's own defaults. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from ..secrets import SecretsLevel, vault_tls
from .vault_servers import SERVERS, TLS, VAULT, configuration, variables

Values = dict[str, Any]

SEALED_SECRETS = "sealed-secrets-controller"
"""The name, in kube-system, that the command kubeseal looks for (requirements 4.2)."""
EXTERNAL_SECRETS = "external-secrets"
NAMESPACES: MappingProxyType[SecretsLevel, str] = MappingProxyType(
    {SecretsLevel.SEALED: "kube-system", SecretsLevel.EXTERNAL: EXTERNAL_SECRETS, SecretsLevel.VAULT: VAULT}
)
"""Level to the namespace of its programs; those of Kubernetes itself exist already."""
STORE_ENDPOINT = "AWS_SECRETSMANAGER_ENDPOINT"
"""Where External Secrets finds AWS Secrets Manager, if not at Amazon's."""
KEY_PREFIX = "sealed-secrets-key"
_SMALL: Values = {"requests": {"cpu": "10m", "memory": "48Mi"}, "limits": {"memory": "128Mi"}}
_MEDIUM: Values = {"requests": {"cpu": "20m", "memory": "96Mi"}, "limits": {"memory": "256Mi"}}
_LARGE: Values = {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "512Mi"}}
_CONFINED: Values = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "seccompProfile": {"type": "RuntimeDefault"}}


class Chart(NamedTuple):
    """One release."""

    chart: str
    release: str
    values: Values
    pods: str
    """`app.kubernetes.io/name` of its pods."""
    waits: bool
    """Whether its pods get ready by themselves; Vault's only once somebody has unsealed it."""


def charts(level: SecretsLevel, storage_class: str, store_endpoint: str = "", seal: Mapping[str, Any] | None = None) -> list[Chart]:
    """What a level needs; nothing at level native. `seal` is the input `vault.seal`."""
    if level is SecretsLevel.SEALED:
        return [Chart("sealed-secrets", "sealed-secrets", sealed_secrets(), "sealed-secrets", True)]
    if level is SecretsLevel.EXTERNAL:
        return [Chart(EXTERNAL_SECRETS, EXTERNAL_SECRETS, external_secrets(store_endpoint), EXTERNAL_SECRETS, True)]
    if level is SecretsLevel.VAULT:
        return [Chart(VAULT, VAULT, vault(storage_class, seal), VAULT, False)]
    return []


def sealed_secrets() -> Values:
    """One controller, which makes no key of its own: all keys come from the escrow."""
    return {
        "fullnameOverride": SEALED_SECRETS,
        "secretName": KEY_PREFIX,
        "keyrenewperiod": "0",
        "resources": _SMALL,
        "podSecurityContext": {"enabled": True, "fsGroup": 65534, "runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containerSecurityContext": {"enabled": True, "readOnlyRootFilesystem": True, "runAsNonRoot": True, "runAsUser": 1001, **_CONFINED},
        # The chart would let every authenticated user reach the controller through the API server.
        "rbac": {"serviceProxier": {"bind": False}},
    }


def external_secrets(store_endpoint: str = "") -> Values:
    """The operator alone: its manifests are checked before they are applied, and stores belong to one namespace each."""
    endpoint = {"extraEnv": [{"name": STORE_ENDPOINT, "value": store_endpoint}]} if store_endpoint else {}
    return {
        **endpoint,
        "installCRDs": True,
        "resources": _MEDIUM,
        "webhook": {"create": False},
        "certController": {"create": False},
        "processClusterStore": False,
        "processClusterExternalSecret": False,
        "processClusterPushSecret": False,
    }


def vault(storage_class: str, seal: Mapping[str, Any] | None = None) -> Values:
    """One server with a volume, which its keeper opens; or three, each in a zone of its own, that a key service opens."""
    container = {**_CONFINED, "readOnlyRootFilesystem": True, "runAsNonRoot": True}
    pod = {"runAsNonRoot": True, "runAsUser": 100, "runAsGroup": 1000, "fsGroup": 1000, "seccompProfile": {"type": "RuntimeDefault"}}
    mounts = [{"name": "tmp", "mountPath": "/tmp"}, {"name": "tls", "mountPath": TLS, "readOnly": True}]
    server: Values = {
        # The chart would wait for somebody to delete the pod; whoever opens a new one is there.
        "updateStrategyType": "RollingUpdate",
        "readinessProbe": {"initialDelaySeconds": 1, "periodSeconds": 2},
        "statefulSet": {"securityContext": {"pod": pod, "container": container}},
        # The chart's start writes there, and the root is read-only.
        "volumes": [{"name": "tmp", "emptyDir": {}}, {"name": "tls", "secret": {"secretName": vault_tls.SECRET, "defaultMode": 0o440}}],
        "volumeMounts": mounts,
        **(_alone() if seal is None else _together(seal)),
    }
    # For the command `vault` inside the pod.
    server["extraEnvironmentVars"] = {"VAULT_CACERT": f"{TLS}/tls.crt", **(variables(seal) if seal else {})}
    server["dataStorage"] |= {"storageClass": storage_class} if storage_class else {}
    return {"global": {"tlsDisable": False}, "injector": {"enabled": False}, "server": server}


def _alone() -> Values:
    return {
        "resources": _MEDIUM,
        "standalone": {"enabled": True, "config": configuration()},
        "dataStorage": {"size": "1Gi"},
    }


def _together(seal: Mapping[str, Any]) -> Values:
    """The chart keeps two of them off one node, and lets one at a time be moved (its disruption budget)."""
    config = configuration(seal["kind"])
    return {
        "resources": _LARGE,
        "ha": {"enabled": True, "replicas": len(SERVERS), "raft": {"enabled": True, "setNodeId": True, "config": config}},
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "DoNotSchedule",
                "labelSelector": {"matchLabels": {"app.kubernetes.io/name": VAULT, "component": "server"}},
            }
        ],
        # The least that a disk of Google's has.
        "dataStorage": {"size": "10Gi"},
    }
