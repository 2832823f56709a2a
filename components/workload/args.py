"""The inputs of WorkloadPattern. A sentence under a field is its documentation in every language."""

from enum import Enum
from typing import Any, NotRequired, TypedDict

import pulumi

from .groups import (
    WorkloadEnvFromArgs,
    WorkloadFailureArgs,
    WorkloadGatewayArgs,
    WorkloadLifecycleArgs,
    WorkloadMetadataArgs,
    WorkloadPortArgs,
    WorkloadPrometheusScalingArgs,
    WorkloadRolloutArgs,
    WorkloadScheduleScalingArgs,
    WorkloadSchedulingArgs,
    WorkloadServiceAccountArgs,
    WorkloadServiceArgs,
    WorkloadVolumeArgs,
)
from .parts import (
    WorkloadContainerArgs,
    WorkloadProbeArgs,
    WorkloadResourcesArgs,
    WorkloadSecretKeyArgs,
    WorkloadSize,
    WorkloadStatefulArgs,
    WorkloadStorageArgs,
)


class Pattern(str, Enum):
    """What kind of program this is; `causeway workload choose` asks four questions and names it."""

    STATELESS = "stateless"
    STATEFUL = "stateful"
    WORKER = "worker"
    BATCH = "batch"
    DAEMON = "daemon"
    JOB = "job"


class WorkloadSpread(str, Enum):
    """How strictly replicas are kept apart: by preference (one node will do) or as a condition."""

    SOFT = "soft"
    HARD = "hard"


class WorkloadConcurrency(str, Enum):
    """What happens when a run is due while the last one still runs: it is skipped, or it takes over. Overlaps are refused."""

    FORBID = "Forbid"
    REPLACE = "Replace"


class WorkloadRestart(str, Enum):
    """Whether a failed run is repeated in a new pod or in the same one."""

    NEVER = "Never"
    ON_FAILURE = "OnFailure"


class WorkloadPlatformArgs(TypedDict, total=False):
    """What the target decides; `platforms/` fills it in, nobody writes it by hand."""

    ingress_class: str
    """IngressClass of the target's front door, empty where it goes by an annotation. Default `nginx`."""
    ingress_annotations: dict[str, str]
    """Annotations that the front door wants on every Ingress. Default none."""
    ingress_health_annotation: str
    """Annotation for the path by which the front door finds out whether a pod is ready; empty where it reads the probe. Default empty."""
    ingress_scheme: str
    """`https` where the front door has a certificate of its own, which then every URL goes by. Default `http`."""
    ingress_namespace: str
    """Namespace that the front door's pods run in: the only one let through to an exposed workload. Default `ingress-nginx`."""
    ingress_cidrs: list[str]
    """Addresses of a front door outside the cluster, let through in place of a namespace. Default none."""
    dns_apps: list[str]
    """Labels `k8s-app` of the pods in kube-system that resolve names. Default `kube-dns`."""
    dns_cidrs: list[str]
    """Addresses of a name service that does not run in pods. Default none."""
    domain: str
    """Domain below which hosts are named `<workload>.<domain>`. Default none: the rule has no host."""
    storage_class: str
    """StorageClass of volumes. Default `standard`."""
    storage_size: str
    """Size of a volume that names none. Default `1Gi`."""
    spread: WorkloadSpread
    """Whether spread over nodes and zones is a preference or a condition. Default soft."""
    enable_keda: bool
    """Whether KEDA is there, which scales by queries and times, and to zero. Default false."""
    enable_gateway: bool
    """Whether the Gateway API is there. Default false."""
    enable_monitors: bool
    """Whether the monitoring kinds (ServiceMonitor, PodMonitor, PrometheusRule) exist on the target. Default false."""
    monitor_selectors: dict[str, Any]
    """Which monitors and rules the target's Prometheus takes, as its spec says it. Default whatever there is."""
    monitoring_namespace: str
    """Namespace that scrapes metrics: the only one let through to a metrics port. Default `monitoring`."""


class WorkloadHeartbeatArgs(TypedDict, total=False):
    """A file that the program touches while it works, for one that nothing connects to; asked by `sh` and `stat` of the image."""

    file: str
    """File that is touched. Default `/tmp/heartbeat`."""
    max_age_seconds: int
    """Seconds after which the program counts as hung and is restarted. Default 60."""


class WorkloadMetricsArgs(TypedDict, total=False):
    """Where Prometheus finds metrics."""

    port: int
    """Port. Default the main port, or 9090 where there is none."""
    path: str
    """Path. Default `/metrics`."""


class WorkloadSloArgs(TypedDict, total=False):
    """What users are promised over 30 days; recording rules, burn alerts and the SLO dashboard come from it.

    It is measured by the metrics `http_requests_total{route,status}` and `http_request_duration_seconds{route}`.
    """

    availability_percent: float
    """Percentage of requests that are not answered with 5xx. Default 99.9."""
    latency_seconds: float
    """Requests slower than this are slow; must be a bucket of the histogram. Default 0.25."""
    latency_percent: float
    """Percentage of requests that are not slow. Default 99."""
    latency_buckets: list[float]
    """Upper bounds of the histogram, in seconds. Default those of the Prometheus client libraries."""


class WorkloadBacklogArgs(TypedDict):
    """Waiting work, so that somebody hears when it waits too long."""

    metric: str
    """Metric with the age of the oldest piece of work, in seconds."""
    objective_seconds: int
    """Age that it may have."""


class WorkloadIngressArgs(TypedDict, total=False):
    """The way in from outside the cluster."""

    host: str
    """Host name. Default `<workload>.<platform domain>`, or any host where there is no domain."""
    path: str
    """Path prefix. Default `/`; paths are never rewritten."""
    hosts: list[str]
    """Several host names, in place of `host`."""
    paths: dict[str, str]
    """Path prefixes to the names of the ports that they lead to, in place of `path`; the main port is `http`."""
    tls_secret: str
    """Secret with the certificate of the hosts. Default none: plain HTTP; with an issuer `<workload>-tls`."""
    tls_issuer: str
    """ClusterIssuer of cert-manager that makes the certificate. Default none."""
    annotations: dict[str, str]
    """Annotations for the target's ingress controller. Default none."""


class WorkloadPeerArgs(TypedDict, total=False):
    """The other end of a declared network flow: a workload, addresses, or the internet."""

    workload: str
    """Name of the other workload."""
    namespace: str
    """Its namespace. Default this workload's."""
    cidr: str
    """Addresses outside the cluster, for example `203.0.113.0/24`; instead of a workload."""
    internet: bool
    """Every public address, private and link-local ones left out; instead of a workload, and with a port."""
    port: int
    """Port of the side that listens. Default the main port for flows in, without which it is required; any port for flows out."""


class WorkloadBatchArgs(TypedDict, total=False):
    """How a program that ends is run (patterns batch and job)."""

    schedule: str
    """Five cron fields, a macro such as `@daily` or `@every 1h`, as CronJob takes them; required for pattern batch."""
    time_zone: str
    """Name of the zone that the schedule is read in, for example `Europe/Berlin`; required for pattern batch."""
    concurrency: WorkloadConcurrency
    """What happens to a run that is due while the last one runs. Default Forbid."""
    starting_deadline_seconds: int
    """Seconds after which a start counts as missed. Default 300; never unset, too many missed starts stop a schedule."""
    enable_schedule: bool
    """Whether runs start by themselves. Default true; false suspends."""
    backoff_limit: int
    """Retries of a failed run. Default 3."""
    active_deadline_seconds: int
    """Seconds after which a run is killed. Default 1800."""
    restart: WorkloadRestart
    """Whether a retry gets a new pod. Default Never, so that the failed pod's log stays."""
    successful_history: int
    """Successful runs kept. Default 3."""
    failed_history: int
    """Failed runs kept. Default 3."""
    parallelism: int
    """Pods that run at once. Default 1."""
    completions: int
    """Pods that have to succeed. Default 1."""
    indexed: bool
    """Whether each pod gets a number of its own, in JOB_COMPLETION_INDEX, from 0. Default false."""
    failures: list[WorkloadFailureArgs]
    """What some ways to fail mean; the first that fits holds. Needs restart Never. Default each counts as one retry."""
    ttl_seconds: int
    """Seconds a finished run is kept. Default 86400; who applies a job that is gone, as Argo CD does, runs it again."""


class WorkloadAutoscalingArgs(TypedDict):
    """Scaling between two numbers of replicas, by processor, memory or backlog; by KEDA where the platform has it."""

    max_replicas: int
    """Most replicas."""
    min_replicas: NotRequired[int]
    """Fewest replicas, 0 only with KEDA. Default the workload's `replicas`."""
    cpu_percent: NotRequired[int]
    """Processor use to hold, in percent of the request. Default 70 unless something else is named."""
    memory_percent: NotRequired[int]
    """Memory use to hold, in percent of the request. Default none."""
    prometheus: NotRequired[list[WorkloadPrometheusScalingArgs]]
    """Queries to scale by (KEDA). Default none."""
    schedules: NotRequired[list[WorkloadScheduleScalingArgs]]
    """Times to scale by (KEDA). Default none."""
    backlog_metric: NotRequired[str]
    """External metric that counts waiting work (workers)."""
    backlog_per_replica: NotRequired[int]
    """Waiting work one replica may have. Default 100."""


class WorkloadOverrideArgs(TypedDict):
    """The escape hatch: a patch over one object. The result is judged by the same rules."""

    kind: str
    """Kind of the object, for example `Deployment`; the workload must make one."""
    name: NotRequired[str]
    """Its name, required where the workload makes several of the kind, as a stateful one makes two Services."""
    patch: NotRequired[dict[str, Any]]
    """Fields to set, merged as kubectl and kustomize do: containers, env and volumes by name, null and `$patch: delete` remove."""
    json_patch: NotRequired[list[dict[str, Any]]]
    """Operations of a JSON patch (RFC 6902), in place of `patch`."""


class WorkloadPatternArgs(TypedDict):
    """Inputs of WorkloadPattern."""

    pattern: Pattern
    """What kind of program this is."""
    image: str
    """Image with a fixed tag or digest."""
    name: NotRequired[str]
    """Name of its objects and of its container. Default the resource's name; give one where two namespaces have a workload of one name."""
    namespace: NotRequired[str]
    """Namespace. Default `default`."""
    team: NotRequired[str]
    """Team that owns the workload. Default `platform`."""
    environment: NotRequired[str]
    """Environment it belongs to. Default `development`."""
    component: NotRequired[str]
    """Its part in the system, also its tier. Default by pattern: backend, database, worker, batch, agent, job."""
    part_of: NotRequired[str]
    """System it belongs to. Default the namespace."""
    command: NotRequired[list[str]]
    """Program, in place of the image's entry point."""
    args: NotRequired[list[str]]
    """Arguments."""
    env: NotRequired[dict[str, pulumi.Input[str]]]
    """Plain environment variables. Secrets go to `secrets`; `$(NAME)` stands for one of them inside a value."""
    secrets: NotRequired[dict[str, WorkloadSecretKeyArgs]]
    """Environment variables taken from Secrets, by name and key."""
    env_from: NotRequired[WorkloadEnvFromArgs]
    """Environment variables from whole ConfigMaps and Secrets, and from the pod's own fields. Default none."""
    files: NotRequired[dict[str, str]]
    """Configuration files, absolute path to content; a change rolls the pods."""
    rollout_triggers: NotRequired[list[pulumi.Input[str]]]
    """Values whose change rolls the pods, such as the version of a secret."""
    size: NotRequired[WorkloadSize]
    """Preset of processor and memory. Default small: 100m, 128Mi, limit 256Mi."""
    resources: NotRequired[WorkloadResourcesArgs]
    """Processor and memory where no preset fits."""
    replicas: NotRequired[int]
    """Number of pods. Default 2 for stateless, else 1."""
    autoscaling: NotRequired[WorkloadAutoscalingArgs]
    """Scaling by load. Default none."""
    service: NotRequired[WorkloadServiceArgs]
    """The Service that clients use."""
    ports: NotRequired[dict[str, WorkloadPortArgs]]
    """Ports besides the main one, by name. Default none."""
    port: NotRequired[int]
    """Main port. Default 8080 for stateless; required for stateful; workers have none."""
    readiness: NotRequired[WorkloadProbeArgs]
    """When it may get traffic; may ask dependencies. Default for stateless: GET /healthz after 5s every 10s."""
    liveness: NotRequired[WorkloadProbeArgs]
    """When it must be restarted; must not ask dependencies. Default for stateless: GET /healthz after 15s every 20s."""
    heartbeat: NotRequired[WorkloadHeartbeatArgs]
    """Liveness by a file that the program touches (docs/workloads.md). Default none: nothing is asked of a worker."""
    startup: NotRequired[WorkloadProbeArgs]
    """When it has started; the other probes wait. Default for stateful: the readiness question for up to 5 minutes."""
    grace_period_seconds: NotRequired[int]
    """Seconds from the stop signal to the kill; at least the longest task. Default 30 for stateless, else 60."""
    drain_seconds: NotRequired[int]
    """Seconds between leaving the Service and the stop signal, so that no request is lost. Default 5 for stateless, else 0."""
    user: NotRequired[int]
    """User and group id of the process and of its volumes. Default 1000; 0 is root, which wants exceptions.root-user."""
    writable_paths: NotRequired[list[str]]
    """Directories that may be written, empty at each start; all else is read-only. Default `/tmp`."""
    volumes: NotRequired[dict[str, WorkloadVolumeArgs]]
    """Volumes by name: Secrets, ConfigMaps, existing claims, scratch space, tokens. Default none."""
    storage: NotRequired[WorkloadStorageArgs]
    """Volume that outlives pods; required for stateful."""
    stateful: NotRequired[WorkloadStatefulArgs]
    """What only a stateful workload has: further claims, order, retention."""
    init: NotRequired[dict[str, WorkloadContainerArgs]]
    """Containers that prepare, one after the other, before the workload's own starts. Default none."""
    sidecars: NotRequired[dict[str, WorkloadContainerArgs]]
    """Containers that stay beside the workload's own, and start before it. Default none."""
    lifecycle: NotRequired[WorkloadLifecycleArgs]
    """Commands run when the container has started, and before it stops. Default none."""
    rollout: NotRequired[WorkloadRolloutArgs]
    """How new pods take the place of old ones."""
    scheduling: NotRequired[WorkloadSchedulingArgs]
    """Where pods run, and who goes first."""
    image_pull_secrets: NotRequired[list[str]]
    """Secrets that open private registries. Default none."""
    service_account: NotRequired[WorkloadServiceAccountArgs]
    """Who the program is to the API server and to a cloud. Default nobody: it has no token."""
    metadata: NotRequired[WorkloadMetadataArgs]
    """Labels and annotations besides ours. Default none."""
    gateway: NotRequired[WorkloadGatewayArgs]
    """Way in by the Gateway API, beside or in place of `ingress`. Default none."""
    ingress: NotRequired[WorkloadIngressArgs]
    """Way in from outside the cluster. Default none."""
    allow_from: NotRequired[list[WorkloadPeerArgs]]
    """Who may connect; nobody else can. The front door and the scraper are added where they apply."""
    allow_to: NotRequired[list[WorkloadPeerArgs]]
    """What it may connect to; nothing else. Names are always resolved."""
    metrics: NotRequired[WorkloadMetricsArgs]
    """Where Prometheus finds metrics. Default none; a run that ends is not scraped."""
    slo: NotRequired[WorkloadSloArgs]
    """What users are promised. Default for stateless with metrics: 99.9 % available, 99 % answered within 250 ms."""
    backlog: NotRequired[WorkloadBacklogArgs]
    """Age that waiting work may have. Default none."""
    batch: NotRequired[WorkloadBatchArgs]
    """How a program that ends is run."""
    platform: NotRequired[WorkloadPlatformArgs]
    """What the target decides."""
    overrides: NotRequired[list[WorkloadOverrideArgs]]
    """Patches for what no input covers; judged by the same rules."""
    exceptions: NotRequired[dict[str, str]]
    """Rules that it may break, by name, each with the reason; the objects carry it, and so does an output. Default none."""
