"""Forms that several inputs of WorkloadPattern share. A sentence under a field is its documentation in every language."""

from enum import Enum
from typing import NotRequired, TypedDict

import pulumi

from .groups import WorkloadPortArgs


class WorkloadSize(str, Enum):
    """A preset of processor and memory (requirements 7.2)."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class WorkloadAccessMode(str, Enum):
    """Who may mount a volume at the same time: the pods of one node, or of many."""

    ONE_NODE = "ReadWriteOnce"
    MANY_NODES = "ReadWriteMany"


class WorkloadResourcesArgs(TypedDict, total=False):
    """Processor and memory where no preset fits; what is left out comes from the size."""

    cpu: str
    """Processor request, for example `250m`."""
    memory: str
    """Memory request, for example `256Mi`."""
    memory_limit: str
    """Memory limit; above it the kernel kills the container."""
    cpu_limit: str
    """Processor limit. Default none: a limit throttles without protecting anybody (requirements 3.2)."""
    extended: dict[str, str]
    """Other resources, requested and limited alike, for example `nvidia.com/gpu: "1"`. Default none."""


class WorkloadProbeArgs(TypedDict, total=False):
    """A health question: `command` is run, `path` is fetched, `grpc` is asked, else the port is connected to."""

    path: str
    """HTTP path."""
    command: list[str]
    """Program and arguments run inside the container; success is exit code 0."""
    grpc: str
    """Name of the service that the gRPC health protocol is asked about, empty for the server as a whole."""
    tcp: bool
    """Whether to do no more than connect to the port, in place of the pattern's question."""
    port: int
    """Port that is asked. Default the main port."""
    initial_delay_seconds: int
    """Seconds before the first question."""
    period_seconds: int
    """Seconds between questions."""
    timeout_seconds: int
    """Seconds to wait for an answer. Default 3."""
    failure_threshold: int
    """Failures in a row that count. Default 3."""


class WorkloadSecretKeyArgs(TypedDict):
    """One key of one Secret in the workload's namespace: names only, never a value."""

    name: str
    """Name of the Secret."""
    key: str
    """Key in the Secret."""


class WorkloadStorageArgs(TypedDict):
    """A volume that outlives pods."""

    mount_path: str
    """Directory the volume is mounted at; keep the data in a directory below it."""
    size: NotRequired[str]
    """Size, for example `10Gi`; a stateful workload's volumes that are there keep theirs. Default the platform's."""
    storage_class: NotRequired[str]
    """StorageClass. Default the platform's."""
    access_mode: NotRequired[WorkloadAccessMode]
    """Who may mount it. Default ReadWriteOnce."""


class WorkloadContainerArgs(TypedDict, total=False):
    """A container beside the workload's own: it prepares (`init`) or stays (`sidecars`), by the same rules."""

    image: str
    """Image. Default the workload's for one that prepares; required for one that stays."""
    command: list[str]
    """Program, in place of the image's entry point."""
    args: list[str]
    """Arguments."""
    env: dict[str, pulumi.Input[str]]
    """Plain environment variables; one that prepares has the workload's as well."""
    secrets: dict[str, WorkloadSecretKeyArgs]
    """Environment variables taken from Secrets; one that prepares has the workload's as well."""
    size: WorkloadSize
    """Preset of processor and memory. Default small."""
    resources: WorkloadResourcesArgs
    """Processor and memory where no preset fits."""
    user: int
    """User of its process. Default the workload's."""
    volumes: list[str]
    """Volumes that it sees, by name; `data` is the storage. Default all for one that prepares, none for one that stays."""
    ports: dict[str, WorkloadPortArgs]
    """Ports that it listens to, by name (sidecars). Metrics are scraped here where `metrics.port` is one of them."""
    readiness: WorkloadProbeArgs
    """When it may get traffic (sidecars); its port has to be named."""
    liveness: WorkloadProbeArgs
    """When it must be restarted (sidecars); its port has to be named."""


class WorkloadStatefulArgs(TypedDict, total=False):
    """What only a stateful workload has."""

    claims: dict[str, WorkloadStorageArgs]
    """Volumes of each pod besides `storage`, by name."""
    governing_service: str
    """Name of the headless Service that pods are named by. Default `<workload>-headless`."""
    parallel: bool
    """Whether pods start and stop all at once. Default false: one after the other."""
    delete_volumes_with_workload: bool
    """Whether the volumes go with the workload; it wants exceptions.retained-volumes. Default false."""
    delete_volumes_when_scaled: bool
    """Whether the volumes of pods that are scaled away go; it wants exceptions.retained-volumes. Default false."""
