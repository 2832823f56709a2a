"""The inputs of MonitoringStack; what the target decides is apart, so that all else is the same on every target."""

from enum import Enum
from typing import Any, NotRequired, TypedDict

import pulumi

from ..workload import WorkloadPlatformArgs


class ControlPlane(str, Enum):
    """Parts of Kubernetes whose metrics a target may hide (requirements 1.5)."""

    API_SERVER = "api-server"
    CONTROLLER_MANAGER = "controller-manager"
    DNS = "dns"
    ETCD = "etcd"
    KUBELET = "kubelet"
    PROXY = "proxy"
    SCHEDULER = "scheduler"


class MonitoringDoor(str, Enum):
    """What may be reached through the front door. Prometheus and Alertmanager ask for no password."""

    ALERTMANAGER = "alertmanager"
    GRAFANA = "grafana"
    PROMETHEUS = "prometheus"


class MonitoringResourcesArgs(TypedDict):
    """Processor and memory of one program."""

    cpu: str
    """Processor requested, such as `200m`."""
    memory: str
    """Memory requested."""
    memory_limit: str
    """Memory at which it is killed."""


class MonitoringPlatformArgs(TypedDict, total=False):
    """What the target decides: the keys of requirements 1.4 and 1.5, who is told, and the ways in."""

    replicas: int
    """Prometheus pods. Default 1."""
    alertmanager_replicas: int
    """Alertmanager pods. Default 1."""
    retention: str
    """How long samples are kept. Default `3d`."""
    storage_class: str
    """StorageClass of the volumes. Default `standard`."""
    storage_size: str
    """Size of each Prometheus volume; samples may take 80 % of it. Default `5Gi`."""
    prometheus: MonitoringResourcesArgs
    """Default 200m, 512Mi, limit 1Gi."""
    grafana: MonitoringResourcesArgs
    """Default 100m, 128Mi, limit 256Mi."""
    control_plane: list[ControlPlane]
    """Parts that answer a scrape; the others get no scrape job and no alert. Default api-server, dns, kubelet."""
    enable_node_exporter: bool
    """Whether pods may look at their host (GKE Autopilot refuses). Default true."""
    enable_alert_sink: bool
    """Whether alerts go to a sink inside the cluster, for want of anyone outside. Default true."""
    doors: list[MonitoringDoor]
    """What is behind the front door. Default grafana."""


class MonitoringReceiverArgs(TypedDict, total=False):
    """Where one kind of alert goes."""

    kind: str
    """webhook, pagerduty or slack. Default webhook."""
    url: str
    """Address of a webhook."""
    secret: str
    """Secret in the monitoring namespace with the credential: PagerDuty's routing key, Slack's address, a webhook's token."""
    key: str
    """Key in that Secret."""
    channel: str
    """Slack: the channel."""


class MonitoringReceiversArgs(TypedDict):
    """Who is told."""

    page: MonitoringReceiverArgs
    """Critical alerts: a person, now."""
    ticket: MonitoringReceiverArgs
    """Warnings: someone, in working hours."""
    dead_man: MonitoringReceiverArgs
    """Watchdog: something outside that speaks up when it no longer comes."""


class MonitoringChartArgs(TypedDict):
    """A chart by name (the key), version and repository."""

    version: str
    """Exact version."""
    repository: str
    """Address of the repository."""


class MonitoringStackArgs(TypedDict):
    """Inputs of MonitoringStack."""

    charts: dict[str, MonitoringChartArgs]
    """The pins of `kube-prometheus-stack` and `prometheus-operator-crds`."""
    namespace: NotRequired[str]
    """Namespace of it all but the node exporter. Default `monitoring`."""
    team: NotRequired[str]
    """Team that owns it. Default `platform`."""
    environment: NotRequired[str]
    """Environment it belongs to. Default `development`."""
    sink_image: NotRequired[str]
    """Image of the alert sink; required where the platform wants one."""
    scrape_interval: NotRequired[str]
    """How often targets are asked. Default `30s` (requirements 1.4)."""
    evaluation_interval: NotRequired[str]
    """How often rules are evaluated. Default `30s`."""
    secrets_version: NotRequired[pulumi.Input[str]]
    """Changes when Grafana's password does; rolls Grafana."""
    receivers: NotRequired[MonitoringReceiversArgs]
    """Who is told. Default the alert sink inside the cluster."""
    values: NotRequired[dict[str, Any]]
    """Chart values merged over ours: the escape hatch. Unknown keys, passwords and what holds the stack together are refused."""
    platform: NotRequired[MonitoringPlatformArgs]
    """What the target decides of monitoring."""
    workload_platform: NotRequired[WorkloadPlatformArgs]
    """What it decides of workloads: front door, domain and name service are the same for all."""
