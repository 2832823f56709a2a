"""What the checks judge: plain values, so that a test can make up any machine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workspace.lock import Holder


@dataclass(frozen=True)
class Disk:
    """A file system: its free bytes, and which of our paths lie on it."""

    paths: tuple[str, ...]
    free: int


@dataclass(frozen=True)
class Network:
    """A route of the host: destination as `ip -json route` writes it, and the device."""

    destination: str
    device: str


@dataclass(frozen=True)
class Machine:
    """The host. `capabilities` is CapEff of /proc/self/status; `memory` the bytes available; `routes` None if unknown.

    `controllers` are the cgroup controllers that can be written; `missing` the host programs that are not there.
    """

    python: tuple[int, int, int]
    has_venv: bool
    system: str
    architecture: str
    user: int
    capabilities: int
    cgroup: str
    controllers: frozenset[str]
    has_namespaces: bool
    missing: tuple[str, ...]
    filesystems: frozenset[str]
    disks: tuple[Disk, ...]
    memory: int
    processors: int
    routes: tuple[Network, ...] | None
    minikube: str | None


@dataclass(frozen=True)
class Tool:
    """A tool of versions.json: `version` and `directory` where it is ready, `route` the way it was or would be got."""

    name: str
    wanted: str
    route: str | None
    version: str | None = None
    directory: str | None = None


@dataclass(frozen=True)
class Pulumi:
    """Versions that have to fit: the CLI's, the two SDKs', the pinned plugin's; `plugin` says what is installed."""

    cli: str | None
    sdk: str | None
    kubernetes_sdk: str | None
    kubernetes_pin: str
    plugin: str | None


@dataclass(frozen=True)
class Registry:
    """A package registry asked through its own client: `error` is None where it answered `answer`."""

    name: str
    client: str
    answer: str = ""
    error: str | None = None


@dataclass(frozen=True)
class ClusterFacts:
    """The chosen cluster. `error` is why it could not be asked; the rest is empty then."""

    kubeconfig: str
    exists: bool
    error: str | None = None
    client: str | None = None
    server: str | None = None
    default_storage: tuple[str, ...] = ()
    ingress_classes: tuple[str, ...] = ()
    ready_nodes: int = 0
    pinned: str = ""


@dataclass(frozen=True)
class LocalCluster:
    """The local cluster: whether it was made, why not to touch it, and its programs by name with whether each runs."""

    name: str
    made: bool
    error: str | None = None
    supervisor: int | None = None
    daemons: Mapping[str, bool] | None = None
    logs: str = ""


@dataclass(frozen=True)
class State:
    """What belongs to this checkout: modes of its secret files by path (None: missing), backend, locks, local cluster."""

    files: Mapping[str, int | None]
    backend: str | None
    locks: tuple[Holder, ...]
    local: LocalCluster
    lock_error: str | None = None


@dataclass(frozen=True)
class Answer:
    """What a cloud's own program said: parsed JSON, or why there is none."""

    found: Any = None
    error: str | None = None


@dataclass(frozen=True)
class CloudFacts:
    """The stack's settings of its cloud, where they are from, what is wrong with them, and the answers by question."""

    settings: Mapping[str, Any]
    answers: Mapping[str, Answer]
    file: str = ""
    refused: Sequence[str] = ()


@dataclass(frozen=True)
class Facts:
    """Everything that was found out; for a cloud target, `machine` alone is judged for what the local cluster needs."""

    target: str
    machine: Machine
    tools: tuple[Tool, ...]
    pulumi: Pulumi
    registries: tuple[Registry, ...]
    cluster: ClusterFacts
    state: State
    cloud: CloudFacts | None = None
