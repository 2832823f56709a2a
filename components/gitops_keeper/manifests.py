"""What Argo CD's keeper (services/argocd_keeper) runs as, what it may do, and whom it reaches. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from .._kit import Manifest
from .._network import DNS_PORTS, policy, tcp, to_anywhere
from ..gitops.applications import ROOT
from ..gitops.kinds import ARGO_GROUP, TEAM_KINDS, Kind, rules

CONTROLLER = "argocd-application-controller"
RIGHTS = "rbac.authorization.k8s.io"
VERSIONS: MappingProxyType[str, str] = MappingProxyType({"autoscaling": "v2"})
"""Version by API group where it is not v1."""
_PORT = 8080
_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
_API_SERVER_PORTS = (443, 6443)
_RESOURCES = {"requests": {"cpu": "5m", "memory": "24Mi"}, "limits": {"memory": "64Mi"}}
_POD_SECURITY = {"runAsNonRoot": True, "runAsUser": 1000, "runAsGroup": 1000, "seccompProfile": {"type": "RuntimeDefault"}}
_CONTAINER_SECURITY = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}
# A stack comes up without waiting for it: until there is an Application it has nothing to do.
_UNWAITED = {"pulumi.com/skipAwait": "true"}


def keeper(namespace: str, labels: Mapping[str, str], image: str, argocd: str) -> list[Manifest]:
    """All objects, in their order; `argocd` is the namespace of the Argo CD that is kept."""
    metadata = {"name": namespace, "namespace": namespace, "labels": dict(labels)}
    everywhere = {"name": namespace, "labels": dict(labels)}
    role = {"apiGroup": RIGHTS, "kind": "ClusterRole", "name": namespace}
    account = {"kind": "ServiceAccount", "name": namespace, "namespace": namespace}
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata, "automountServiceAccountToken": False},
        {"apiVersion": f"{RIGHTS}/v1", "kind": "ClusterRole", "metadata": everywhere, "rules": _rules(argocd)},
        {"apiVersion": f"{RIGHTS}/v1", "kind": "ClusterRoleBinding", "metadata": everywhere, "roleRef": role, "subjects": [account]},
        _network(metadata),
        _deployment(metadata, image, argocd),
    ]


def hooks() -> list[str]:
    """The collections that a sync may have hooks in: whatever a team's Application may hold."""
    return [_collection(kind) for kind in TEAM_KINDS]


def _collection(kind: Kind) -> str:
    group = f"apis/{kind.group}" if kind.group else "api"
    return f"/{group}/{VERSIONS.get(kind.group, 'v1')}/{kind.plural}"


def _rules(argocd: str) -> list[dict[str, list[str]]]:
    """In all namespaces, since a right inside Argo CD's own would go with that namespace."""
    applications = {
        "apiGroups": [ARGO_GROUP],
        "resources": ["applications", "applicationsets"],
        "verbs": ["delete", "get", "list", "patch"],
    }
    controller = {"apiGroups": ["apps"], "resources": ["statefulsets"], "resourceNames": [CONTROLLER], "verbs": ["get"]}
    namespace = {"apiGroups": [""], "resources": ["namespaces"], "resourceNames": [argocd], "verbs": ["get"]}
    return [applications, controller, namespace, *rules(TEAM_KINDS, ("list", "patch"))]


def _network(metadata: Mapping[str, Any]) -> Manifest:
    """In: nobody but the kubelet, which asks from its own node. Out: the API server and names."""
    out = [{"ports": tcp(*_API_SERVER_PORTS)}, {"ports": DNS_PORTS}]
    made = policy(metadata, _pods(metadata), ingress=[], egress=out)
    return to_anywhere("the API server has no address that a policy could name", made)


def _deployment(metadata: Mapping[str, Any], image: str, argocd: str) -> Manifest:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {**metadata, "annotations": _UNWAITED},
        "spec": {
            "replicas": 1,
            "selector": _pods(metadata),
            "template": {"metadata": {"labels": metadata["labels"]}, "spec": _pod(metadata, image, argocd)},
        },
    }


def _pod(metadata: Mapping[str, Any], image: str, argocd: str) -> dict[str, Any]:
    given = {"NAMESPACE": argocd, "ROOT": ROOT, "CONTROLLER": CONTROLLER, "HOOKS": " ".join(hooks())}
    probe = {"httpGet": {"path": "/healthz", "port": "probes"}}
    container = {
        "name": "keeper",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "env": [{"name": name, "value": value} for name, value in given.items()],
        "ports": [{"name": "probes", "containerPort": _PORT}],
        "readinessProbe": {**probe, "periodSeconds": 10},
        "livenessProbe": {**probe, "periodSeconds": 20},
        "resources": _RESOURCES,
        "securityContext": _CONTAINER_SECURITY,
        "volumeMounts": [{"name": "identity", "mountPath": _ACCOUNT, "readOnly": True}],
    }
    identity = [
        {"serviceAccountToken": {"path": "token", "expirationSeconds": 3600}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
    ]
    return {
        "serviceAccountName": metadata["name"],
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 5,
        "securityContext": _POD_SECURITY,
        "containers": [container],
        "volumes": [{"name": "identity", "projected": {"sources": identity}}],
    }


def _pods(metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {"matchLabels": {"app.kubernetes.io/name": metadata["labels"]["app.kubernetes.io/name"]}}
