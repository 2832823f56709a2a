"""What is known of kinds without asking the server: type tokens, scopes, paths and immutable fields."""

from dataclasses import dataclass
from typing import Any

CLUSTER_SCOPED = frozenset(
    """
    v1/Namespace v1/Node v1/PersistentVolume
    admissionregistration.k8s.io/v1/MutatingWebhookConfiguration
    admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy
    admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding
    admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration
    apiextensions.k8s.io/v1/CustomResourceDefinition
    apiregistration.k8s.io/v1/APIService
    certificates.k8s.io/v1/CertificateSigningRequest
    flowcontrol.apiserver.k8s.io/v1/FlowSchema
    flowcontrol.apiserver.k8s.io/v1/PriorityLevelConfiguration
    networking.k8s.io/v1/IngressClass
    node.k8s.io/v1/RuntimeClass
    rbac.authorization.k8s.io/v1/ClusterRole rbac.authorization.k8s.io/v1/ClusterRoleBinding
    scheduling.k8s.io/v1/PriorityClass
    storage.k8s.io/v1/CSIDriver storage.k8s.io/v1/CSINode storage.k8s.io/v1/StorageClass
    storage.k8s.io/v1/VolumeAttachment
    """.split()
)
NAMESPACED = frozenset(
    """
    v1/ConfigMap v1/Endpoints v1/Event v1/LimitRange v1/PersistentVolumeClaim v1/Pod v1/PodTemplate
    v1/ReplicationController v1/ResourceQuota v1/Secret v1/Service v1/ServiceAccount
    apps/v1/ControllerRevision apps/v1/DaemonSet apps/v1/Deployment apps/v1/ReplicaSet apps/v1/StatefulSet
    autoscaling/v1/HorizontalPodAutoscaler autoscaling/v2/HorizontalPodAutoscaler
    batch/v1/CronJob batch/v1/Job
    coordination.k8s.io/v1/Lease
    discovery.k8s.io/v1/EndpointSlice
    events.k8s.io/v1/Event
    networking.k8s.io/v1/Ingress networking.k8s.io/v1/NetworkPolicy
    policy/v1/PodDisruptionBudget
    rbac.authorization.k8s.io/v1/Role rbac.authorization.k8s.io/v1/RoleBinding
    storage.k8s.io/v1/CSIStorageCapacity
    """.split()
)
LIST_SUFFIX = "List"
PATCH_SUFFIX = "Patch"
RELEASE = "kubernetes:helm.sh/v3:Release"


@dataclass(frozen=True)
class Resource:
    """How the API server serves a kind: `path` is `/api/v1` or `/apis/<group>/<version>`."""

    path: str
    plural: str
    namespaced: bool

    def collection(self, namespace: str) -> str:
        if self.namespaced:
            return f"{self.path}/namespaces/{namespace or 'default'}/{self.plural}"
        return f"{self.path}/{self.plural}"


def group_path(api_version: str) -> str:
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"


def built_in(api_version: str, kind: str) -> Resource | None:
    """The resource of a kind that every supported server has; None for the rest, which discovery answers."""
    name = f"{api_version}/{kind}"
    if name in NAMESPACED or name in CLUSTER_SCOPED:
        return Resource(group_path(api_version), plural(kind), name in NAMESPACED)
    return None


def plural(kind: str) -> str:
    word = kind.lower()
    if word == "endpoints":
        return word
    if word.endswith(("s", "x", "ch")):
        return f"{word}es"
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def token_version(token: str) -> tuple[str, str]:
    """apiVersion and kind named by a type token: `kubernetes:core/v1:Pod` is (`v1`, `Pod`)."""
    _, module, kind = token.split(":")
    return module.removeprefix("core/"), kind


def is_list(token: str) -> bool:
    """Whether the type is a list of a built-in kind; a custom kind may well be called AllowList."""
    api_version, kind = token_version(token)
    return kind.endswith(LIST_SUFFIX) and built_in(api_version, kind.removesuffix(LIST_SUFFIX)) is not None


def is_patch(token: str, kind: Any) -> bool:
    """Whether the type is the `...Patch` twin of a kind; the inputs then carry the kind itself."""
    name = token.rsplit(":", 1)[1]
    return name.endswith(PATCH_SUFFIX) and name != kind


def paths(root: str, *names: str) -> tuple[tuple[str, ...], ...]:
    prefix = tuple(root.split("."))
    return tuple((*prefix, name) for name in names)


POD_SPEC = paths(
    "spec",
    *"""
    affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases hostIPC hostNetwork hostPID
    hostname imagePullSecrets nodeName nodeSelector overhead preemptionPolicy priority priorityClassName readinessGates
    restartPolicy runtimeClassName schedulerName securityContext serviceAccount serviceAccountName shareProcessNamespace
    subdomain terminationGracePeriodSeconds volumes
    """.split(),
)
CONTAINER = """
    args command env image imagePullPolicy lifecycle livenessProbe ports readinessProbe resources securityContext stdin
    stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts workingDir
""".split()
VOLUME_SOURCES = """
    awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker gcePersistentDisk glusterfs hostPath
    iscsi local nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume
""".split()
SELECTOR = (("spec", "selector"),)
ROLE = (("roleRef",),)
# The official provider's documented list; a change at or below one of these paths replaces the object.
IMMUTABLE: dict[str, tuple[tuple[str, ...], ...]] = {
    "apps/v1/DaemonSet": SELECTOR,
    "apps/v1/Deployment": SELECTOR,
    "apps/v1/StatefulSet": paths("spec", "podManagementPolicy", "revisionHistoryLimit", "selector", "serviceName", "volumeClaimTemplates"),
    "batch/v1/Job": paths("spec", "completions", "parallelism", "selector", "template"),
    "rbac.authorization.k8s.io/v1/ClusterRoleBinding": ROLE,
    "rbac.authorization.k8s.io/v1/RoleBinding": ROLE,
    "storage.k8s.io/v1/StorageClass": (("parameters",), ("provisioner",)),
    "v1/PersistentVolume": paths("spec", *VOLUME_SOURCES),
    "v1/PersistentVolumeClaim": paths("spec", "accessModes", "selector", "storageClassName", "volumeName"),
    "v1/Pod": POD_SPEC + paths("spec.containers.*", *CONTAINER) + paths("spec.initContainers.*", *CONTAINER),
    "v1/ResourceQuota": (("spec", "scopes"),),
    "v1/Secret": (("type",),),
    "v1/Service": (("spec", "clusterIP"),),
}
IDENTITY = (("metadata", "name"), ("metadata", "namespace"))
SECRET_CONTENT = (("type",), ("stringData",), ("data",))
CONFIG_CONTENT = (("binaryData",), ("data",))


def immutable_paths(inputs: dict[str, Any], patch: bool, mutable_secrets: bool, mutable_config_maps: bool) -> tuple[tuple[str, ...], ...]:
    """Fields whose change replaces the object.

    The content of a Secret or ConfigMap is among them unless the provider's enableSecretMutable or
    enableConfigMapMutable is on and the object is not marked immutable: that is the official default.
    """
    if patch:
        return IDENTITY
    name = f"{inputs.get('apiVersion')}/{inputs.get('kind')}"
    fixed = inputs.get("immutable") is True
    if name == "v1/Secret" and (fixed or not mutable_secrets):
        return IDENTITY + SECRET_CONTENT
    if name == "v1/ConfigMap" and (fixed or not mutable_config_maps):
        return IDENTITY + CONFIG_CONTENT
    return IDENTITY + IMMUTABLE.get(name, ())
