"""Inputs of WorkloadPattern that few programs need, in groups. A sentence under a field is its documentation in every language."""

from enum import Enum
from typing import Any, NotRequired, TypedDict


class WorkloadProtocol(str, Enum):
    """What a port speaks below its program's own protocol."""

    TCP = "TCP"
    UDP = "UDP"


class WorkloadServiceType(str, Enum):
    """How a Service is reached; NodePort wants an exception, for it opens a port of every node."""

    CLUSTER_IP = "ClusterIP"
    LOAD_BALANCER = "LoadBalancer"
    NODE_PORT = "NodePort"


class WorkloadFailureAction(str, Enum):
    """What a pod's failure means for its Job: the end of it, nothing, or one retry fewer."""

    FAIL_JOB = "FailJob"
    IGNORE = "Ignore"
    COUNT = "Count"


class WorkloadPortArgs(TypedDict):
    """A port besides the main one; its name is what probes, Service and Ingress call it."""

    port: int
    """Port of the program."""
    protocol: NotRequired[WorkloadProtocol]
    """TCP or UDP. Default TCP."""
    service_port: NotRequired[int]
    """Port of the Service that leads there. Default the same number."""


class WorkloadServiceArgs(TypedDict, total=False):
    """The Service that clients use."""

    type: WorkloadServiceType
    """How it is reached. Default ClusterIP; with a LoadBalancer say in `allow_from` who comes that way."""
    port: int
    """Port that leads to the main port. Default 80 for stateless, the main port for stateful."""
    annotations: dict[str, str]
    """Annotations, such as those that a cloud's load balancer reads. Default none."""
    source_ranges: list[str]
    """Addresses that a load balancer lets in. Default all that reach it."""


class WorkloadGatewayArgs(TypedDict):
    """A route of the Gateway API, where the target has it."""

    name: str
    """Name of the Gateway."""
    namespace: str
    """Its namespace, whose pods are let in."""
    section: NotRequired[str]
    """Listener of the Gateway. Default any."""
    hosts: NotRequired[list[str]]
    """Host names. Default those of the Gateway."""
    paths: NotRequired[list[str]]
    """Path prefixes. Default `/`."""


class WorkloadConfigKeyArgs(TypedDict):
    """One key of one ConfigMap in the workload's namespace."""

    name: str
    """Name of the ConfigMap."""
    key: str
    """Key in the ConfigMap."""


class WorkloadEnvFromArgs(TypedDict, total=False):
    """Environment variables from elsewhere than their values."""

    config_maps: list[str]
    """ConfigMaps, each key a variable."""
    secrets: list[str]
    """Secrets, each key a variable; a Secret that gets one more key gives the program one more variable."""
    config_keys: dict[str, WorkloadConfigKeyArgs]
    """Variable to a key of a ConfigMap."""
    fields: dict[str, str]
    """Variable to a field of the pod, for example `status.podIP`, or of its container, for example `limits.memory`."""


class WorkloadScratchArgs(TypedDict, total=False):
    """Space that is empty when the pod starts, and gone with it."""

    size: str
    """Most that may be written. Default `64Mi`."""
    memory: bool
    """Whether it is memory, which counts against the memory limit. Default false."""


class WorkloadTokenArgs(TypedDict):
    """A token of the workload's service account for somebody else than the API server."""

    audience: str
    """Who is to take it."""
    seconds: NotRequired[int]
    """How long it is valid; it is renewed in time. Default 3600."""


class WorkloadVolumeArgs(TypedDict):
    """A volume: exactly one of Secret, ConfigMap, claim, scratch space, token and directory of the node."""

    mount_path: str
    """Directory at which it is mounted."""
    secret: NotRequired[str]
    """Secret whose keys are files."""
    config_map: NotRequired[str]
    """ConfigMap whose keys are files."""
    claim: NotRequired[str]
    """Claim that is there already; none is made."""
    scratch: NotRequired[WorkloadScratchArgs]
    """Scratch space."""
    token: NotRequired[WorkloadTokenArgs]
    """Token, in the file `token`."""
    node_path: NotRequired[str]
    """Directory of the node; it wants exceptions.host-path."""
    keys: NotRequired[dict[str, str]]
    """Keys of the Secret or ConfigMap to the files that they are to be. Default every key under its own name."""
    mode: NotRequired[int]
    """Permissions of the files of a Secret, ConfigMap or token, as a number: 256 is 0400. Default 0644."""
    sub_path: NotRequired[str]
    """Directory or file inside the volume that is mounted in place of the whole."""
    read_only: NotRequired[bool]
    """Whether nothing may be written. Default true for Secrets, ConfigMaps, tokens and directories of the node."""


class WorkloadTolerationArgs(TypedDict, total=False):
    """A taint of nodes that the pods put up with."""

    key: str
    """Key of the taint. Default every key."""
    value: str
    """Value of the taint. Default every value."""
    effect: str
    """NoSchedule, PreferNoSchedule or NoExecute. Default every effect."""
    seconds: int
    """Seconds that pods stay on a node that gets the taint. Default for ever."""


class WorkloadSchedulingArgs(TypedDict, total=False):
    """Where pods run, and who goes first."""

    node_selector: dict[str, str]
    """Labels that a node must have."""
    tolerations: list[WorkloadTolerationArgs]
    """Taints that the pods put up with."""
    affinity: dict[str, Any]
    """Affinity in Kubernetes' own form, for what selector and spread cannot say."""
    priority_class: str
    """PriorityClass."""
    runtime_class: str
    """RuntimeClass, for example that of a sandbox or of a GPU."""
    spread_keys: list[str]
    """Labels of nodes over which pods are spread. Default host name and zone."""


class WorkloadFailureArgs(TypedDict):
    """What some ways to fail mean for a run."""

    action: WorkloadFailureAction
    """What it means."""
    exit_codes: NotRequired[list[int]]
    """Exit codes of the workload's container."""
    conditions: NotRequired[list[str]]
    """Conditions of the pod, for example `DisruptionTarget`."""


class WorkloadPrometheusScalingArgs(TypedDict):
    """Scaling by what Prometheus knows."""

    query: str
    """Query with one number for an answer."""
    threshold: float
    """Share of that number which one replica may have."""
    server: NotRequired[str]
    """Prometheus. Default the platform's own."""


class WorkloadScheduleScalingArgs(TypedDict):
    """Replicas at set times."""

    start: str
    """When it begins, five cron fields."""
    end: str
    """When it ends, five cron fields."""
    time_zone: str
    """Zone that both are read in."""
    replicas: int
    """Fewest replicas in between."""


class WorkloadRolloutArgs(TypedDict, total=False):
    """How new pods take the place of old ones."""

    max_surge: str
    """Pods above the number wanted, or a percentage. Default 1."""
    max_unavailable: str
    """Pods below the number wanted, or a percentage. Default 0, and 1 for a daemon."""
    recreate: bool
    """Whether all old pods go before the first new one comes. Default only with a volume that one node may mount."""
    min_ready_seconds: int
    """Seconds that a pod has to be ready before it counts. Default 0."""
    progress_deadline_seconds: int
    """Seconds without progress after which a roll-out has failed. Default 600."""
    revision_history: int
    """Former versions that are kept. Default 5."""
    partition: int
    """Pods of a stateful workload with a lower number keep the former version. Default 0."""


class WorkloadLifecycleArgs(TypedDict, total=False):
    """Commands run inside the container beside the program."""

    post_start: list[str]
    """Run when it has started; if it fails, the container is started again."""
    pre_stop: list[str]
    """Run before the stop signal, in place of the drain; the grace period counts from its beginning."""


class WorkloadMetadataArgs(TypedDict, total=False):
    """Labels and annotations besides ours."""

    labels: dict[str, str]
    """Labels of every object and pod."""
    annotations: dict[str, str]
    """Annotations of every object."""
    pod_annotations: dict[str, str]
    """Annotations of the pods."""


class WorkloadRoleRuleArgs(TypedDict):
    """What the program may ask of the API server; no wildcards."""

    api_groups: list[str]
    """API groups; an empty text is the core group."""
    resources: list[str]
    """Resources, for example `configmaps`."""
    verbs: list[str]
    """Verbs, for example `get`."""
    resource_names: NotRequired[list[str]]
    """Names of the only objects meant. Default all of the namespace."""


class WorkloadServiceAccountArgs(TypedDict, total=False):
    """Who the program is to the API server and to a cloud."""

    annotations: dict[str, str]
    """Annotations, such as those that give a cloud's identity. Default none."""
    rules: list[WorkloadRoleRuleArgs]
    """What it may do in its own namespace; with rules it gets a short-lived token. Default nothing, and no token."""
