"""The inputs of MonitoringStack; what the target decides is apart, so that all else is the same on every target."""

from enum import Enum
from typing import Any, NotRequired, TypedDict

import pulumi


class ControlPlane(str, Enum):
    """Parts of Kubernetes whose metrics a target may hide (requirements 1.5)."""

    API_SERVER = "api-server"
    CONTROLLER_MANAGER = "controller-manager"
    DNS = "dns"
    ETCD = "etcd"
    KUBELET = "kubelet"
    PROXY = "proxy"
    SCHEDULER = "scheduler"


class MonitoringResourcesArgs(TypedDict):
    """Processor and memory of one program."""

    cpu: str
    """Processor requested, such as `200m`."""
    memory: str
    """Memory requested."""
    memory_limit: str
    """Memory at which it is killed."""


class MonitoringPlatformArgs(TypedDict, total=False):
    """What the target decides: the keys of requirements 1.4 and 1.5, and the ways in."""

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
    enable_internal_urls: bool
    """Whether Prometheus and Alertmanager, which ask for no password, are behind the front door too. Default false."""
    ingress_class: str
    """Class of the front door. Default `nginx`."""
    ingress_namespace: str
    """Namespace of the front door's pods. Default `ingress-nginx`."""
    domain: str
    """Domain below which Grafana has the host `grafana`. Default none: path `/grafana` on any host."""
    tls_secret: str
    """Secret with the certificate of that host. Default none: plain HTTP."""


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
    values: NotRequired[dict[str, Any]]
    """Chart values merged over ours: the escape hatch. Unknown keys, passwords and what holds the stack together are refused."""
    platform: NotRequired[MonitoringPlatformArgs]
    """What the target decides."""
