"""Monitoring by target: the numbers of requirements 1.4, and the parts of a control plane that a cloud hides (1.5)."""

from components.monitoring import ControlPlane, MonitoringDoor, MonitoringPlatformArgs
from stack.parts.monitoring import MonitoringSettings
from stack.settings import Settings

_SMALL: MonitoringPlatformArgs = {
    "replicas": 1,
    "alertmanager_replicas": 1,
    "retention": "3d",
    "storage_class": "standard",
    "storage_size": "5Gi",
    "prometheus": {"cpu": "200m", "memory": "512Mi", "memory_limit": "1Gi"},
    "grafana": {"cpu": "100m", "memory": "128Mi", "memory_limit": "256Mi"},
    # minikube binds the others to its loopback address.
    "control_plane": [ControlPlane.API_SERVER, ControlPlane.DNS, ControlPlane.KUBELET],
    "doors": [MonitoringDoor.GRAFANA, MonitoringDoor.PROMETHEUS, MonitoringDoor.ALERTMANAGER],
}
_LARGE: MonitoringPlatformArgs = {
    "replicas": 2,
    "alertmanager_replicas": 3,
    "retention": "15d",
    "storage_size": "50Gi",
    "prometheus": {"cpu": "500m", "memory": "2Gi", "memory_limit": "4Gi"},
    "grafana": {"cpu": "200m", "memory": "256Mi", "memory_limit": "512Mi"},
}


def small(settings: Settings) -> MonitoringPlatformArgs:
    """One node that one person uses: alerts go to the sink, and every door is open."""
    return {**_SMALL, **_given(settings)}


def large(settings: Settings, storage_class: str, control_plane: list[ControlPlane], *, sees_nodes: bool = True) -> MonitoringPlatformArgs:
    """A cloud: Grafana has a host where there is a domain; Prometheus and Alertmanager stay inside."""
    return {
        **_LARGE,
        "storage_class": storage_class,
        "control_plane": control_plane,
        "enable_node_exporter": sees_nodes,
        "doors": [MonitoringDoor.GRAFANA] if settings.domain else [],
        **_given(settings),
    }


def _given(settings: Settings) -> MonitoringPlatformArgs:
    given: MonitoringPlatformArgs = {}
    section = settings.of(MonitoringSettings)
    if section.retention:
        given["retention"] = section.retention
    if section.storage_size:
        given["storage_size"] = section.storage_size
    return given
