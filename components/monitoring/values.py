"""The chart's values, from the inputs: only what differs from the chart's own defaults, and says why where it is not plain."""

import re
from typing import Any

from ..workload import WorkloadPlatformArgs
from .args import ControlPlane, MonitoringPlatformArgs, MonitoringResourcesArgs, MonitoringStackArgs
from .dashboards import FOLDER_ANNOTATION
from .owners import metric_labels_allowlist
from .routing import CONFIGURATION
from .upstream import disabled_default_rules

Values = dict[str, Any]

RELEASE = "kps"
"""Fixed: it is part of the names of Services and of label selectors (requirements 1.3)."""
GRAFANA_SECRET = "grafana-admin"
NODE_NAMESPACE = "node-exporter"
PROMETHEUS_PATH, ALERTMANAGER_PATH, GRAFANA_PATH = "/prometheus", "/alertmanager", "/grafana"
"""Paths of their own, so that one front door without host names serves them all; the same on every target."""
RETENTION_SHARE = 0.8
# Both end within seconds. Left at the operator's ten minutes, a namespace that is deleted while such a pod still ends is
# looked at again only after half of them: Kubernetes goes by the grace period, not by the pod.
_PROMETHEUS_GRACE_SECONDS, _ALERTMANAGER_GRACE_SECONDS = 60, 30
_BINARY = {"Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40}
_SELECTORS = ("podMonitor", "probe", "rule", "scrapeConfig", "serviceMonitor")

# Rule groups of the chart that watch a part of the control plane.
_PART_RULES: dict[ControlPlane, tuple[str, ...]] = {
    ControlPlane.API_SERVER: (
        "kubeApiserverAvailability",
        "kubeApiserverBurnrate",
        "kubeApiserverHistogram",
        "kubeApiserverSlos",
    ),
    ControlPlane.CONTROLLER_MANAGER: ("kubeControllerManager",),
    ControlPlane.DNS: (),
    ControlPlane.ETCD: ("etcd",),
    ControlPlane.KUBELET: ("kubelet",),
    ControlPlane.PROXY: ("kubeProxy",),
    ControlPlane.SCHEDULER: ("kubeSchedulerAlerting", "kubeSchedulerRecording"),
}
_PART_KEYS: dict[ControlPlane, str] = {
    ControlPlane.API_SERVER: "kubeApiServer",
    ControlPlane.CONTROLLER_MANAGER: "kubeControllerManager",
    ControlPlane.DNS: "coreDns",
    ControlPlane.ETCD: "kubeEtcd",
    ControlPlane.KUBELET: "kubelet",
    ControlPlane.PROXY: "kubeProxy",
    ControlPlane.SCHEDULER: "kubeScheduler",
}
_OPERATOR = MonitoringResourcesArgs(cpu="50m", memory="64Mi", memory_limit="256Mi")
_RELOADER = MonitoringResourcesArgs(cpu="10m", memory="24Mi", memory_limit="64Mi")
_ALERTMANAGER = MonitoringResourcesArgs(cpu="20m", memory="48Mi", memory_limit="128Mi")
_STATE_METRICS = MonitoringResourcesArgs(cpu="20m", memory="48Mi", memory_limit="192Mi")
_NODE_EXPORTER = MonitoringResourcesArgs(cpu="20m", memory="32Mi", memory_limit="96Mi")
_SIDECAR = MonitoringResourcesArgs(cpu="10m", memory="64Mi", memory_limit="160Mi")
_CONFINED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "seccompProfile": {"type": "RuntimeDefault"}}


def chart_values(inputs: MonitoringStackArgs, secrets: list[str]) -> Values:
    """All values that we set; `secrets` are the receivers' credentials, mounted into Alertmanager."""
    platform = inputs["platform"]
    return {
        "crds": {"enabled": False},
        "defaultRules": _default_rules(platform),
        **_control_plane(inputs),
        "prometheusOperator": _operator(inputs),
        "prometheus": {"prometheusSpec": _prometheus(inputs)},
        "alertmanager": {"alertmanagerSpec": _alertmanager(inputs, secrets)},
        "grafana": _grafana(inputs),
        "kube-state-metrics": {"metricLabelsAllowlist": metric_labels_allowlist(), "resources": _resources(_STATE_METRICS)},
        **_node_exporter(platform),
    }


def selectors(values: Values) -> Values:
    """The selectors of the Prometheus that the chart makes from values: what it picks up, and in which namespaces."""
    spec = values["prometheus"]["prometheusSpec"]
    released = {"matchLabels": {"release": RELEASE}}
    unless_given = {f"{kind}Selector": released if spec[f"{kind}SelectorNilUsesHelmValues"] else {} for kind in _SELECTORS}
    unless_given |= {f"{kind}NamespaceSelector": {} for kind in _SELECTORS}
    return {name: spec.get(name) or selector for name, selector in unless_given.items()}


def size_limit(storage_size: str) -> str:
    """80 % of a volume as Prometheus writes sizes: `4096MB` of 5Gi (its MB are binary)."""
    number, unit = re.fullmatch(r"([0-9]+)([MGT]i)", storage_size, re.ASCII).groups()  # type: ignore[union-attr]
    return f"{int(int(number) * _BINARY[unit] * RETENTION_SHARE) >> 20}MB"


def _resources(wanted: MonitoringResourcesArgs) -> Values:
    return {"requests": {"cpu": wanted["cpu"], "memory": wanted["memory"]}, "limits": {"memory": wanted["memory_limit"]}}


def _default_rules(platform: MonitoringPlatformArgs) -> Values:
    hidden = [part for part in ControlPlane if part not in platform["control_plane"]]
    off = {group: False for part in hidden for group in _PART_RULES[part]}
    if not platform["enable_node_exporter"]:
        off |= dict.fromkeys(("network", "node", "nodeExporterAlerting", "nodeExporterRecording"), False)
    return {"disabled": disabled_default_rules(), "rules": {**off, "windows": False}}


def _control_plane(inputs: MonitoringStackArgs) -> Values:
    """A scrape job for each part that answers, none for the others (requirements 1.5)."""
    shown = inputs["platform"]["control_plane"]
    parts: Values = {key: {"enabled": part in shown} for part, key in _PART_KEYS.items()}
    # The operator makes the kubelets' Service itself, so only a namespace of ours takes it away again.
    parts["kubelet"]["namespace"] = inputs["namespace"]
    return parts


def _operator(inputs: MonitoringStackArgs) -> Values:
    """Webhooks and their certificate go together, or the operator waits for a Secret that nobody makes (docs/adr/0011)."""
    return {
        "admissionWebhooks": {"enabled": False},
        "tls": {"enabled": False},
        "kubeletService": {"namespace": inputs["namespace"]},
        "resources": _resources(_OPERATOR),
        "prometheusConfigReloader": {"resources": _resources(_RELOADER)},
    }


def _prometheus(inputs: MonitoringStackArgs) -> Values:
    platform = inputs["platform"]
    return {
        "replicas": platform["replicas"],
        "retention": platform["retention"],
        "retentionSize": size_limit(platform["storage_size"]),
        "scrapeInterval": inputs["scrape_interval"],
        "evaluationInterval": inputs["evaluation_interval"],
        "externalUrl": f"http://{RELEASE}-kube-prometheus-stack-prometheus.{inputs['namespace']}:9090{PROMETHEUS_PATH}",
        "routePrefix": PROMETHEUS_PATH,
        "terminationGracePeriodSeconds": _PROMETHEUS_GRACE_SECONDS,
        "resources": _resources(platform["prometheus"]),
        "storageSpec": {"volumeClaimTemplate": {"spec": _claim(platform["storage_class"], platform["storage_size"])}},
        # Left true, whatever does not carry this release's label is silently ignored.
        **{f"{selector}SelectorNilUsesHelmValues": False for selector in _SELECTORS},
    }


def _claim(storage_class: str, size: str) -> Values:
    return {"storageClassName": storage_class, "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}


def _alertmanager(inputs: MonitoringStackArgs, secrets: list[str]) -> Values:
    return {
        "replicas": inputs["platform"]["alertmanager_replicas"],
        "useExistingSecret": True,
        "configSecret": CONFIGURATION,
        "secrets": secrets,
        "externalUrl": f"http://{RELEASE}-kube-prometheus-stack-alertmanager.{inputs['namespace']}:9093{ALERTMANAGER_PATH}",
        "routePrefix": ALERTMANAGER_PATH,
        "terminationGracePeriodSeconds": _ALERTMANAGER_GRACE_SECONDS,
        "resources": _resources(_ALERTMANAGER),
    }


def _grafana(inputs: MonitoringStackArgs) -> Values:
    """The password is named, never given; dashboards come from any namespace and are nobody's to edit by hand."""
    return {
        "admin": {"existingSecret": GRAFANA_SECRET, "userKey": "admin-user", "passwordKey": "admin-password"},
        "resources": _resources(inputs["platform"]["grafana"]),
        "grafana.ini": {
            "analytics": {"check_for_updates": False, "check_for_plugin_updates": False, "reporting_enabled": False},
            "server": _server(inputs["workload_platform"]),
        },
        "podAnnotations": {"causeway.dev/secrets-version": inputs["secrets_version"]},
        "sidecar": {
            "resources": _resources(_SIDECAR),
            "securityContext": _CONFINED,
            "dashboards": {"folderAnnotation": FOLDER_ANNOTATION, "provider": {"foldersFromFilesStructure": True}},
        },
        "testFramework": {"enabled": False},
    }


def _server(platform: WorkloadPlatformArgs) -> Values:
    if "domain" in platform:
        return {"root_url": f"%(protocol)s://grafana.{platform['domain']}/"}
    return {"root_url": f"%(protocol)s://%(domain)s{GRAFANA_PATH}/", "serve_from_sub_path": True}


def _node_exporter(platform: MonitoringPlatformArgs) -> Values:
    """It looks at its host, which restricted pods may not: it gets a namespace of its own."""
    if not platform["enable_node_exporter"]:
        return {"nodeExporter": {"enabled": False}}
    return {
        "nodeExporter": {"enabled": True},
        "prometheus-node-exporter": {"namespaceOverride": NODE_NAMESPACE, "resources": _resources(_NODE_EXPORTER)},
    }
