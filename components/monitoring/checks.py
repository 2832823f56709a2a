"""What MonitoringStack refuses beyond the form of its inputs."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .._inputs import Problem, refuse
from .._value_keys import forbidden
from .args import MonitoringReceiverArgs, MonitoringStackArgs
from .routing import OFFLINE, Receiver, ReceiverKind, Receivers, SecretKey, configuration
from .value_keys import unknown

CHARTS = ("kube-prometheus-stack", "prometheus-operator-crds")
_DURATION = re.compile(r"[1-9][0-9]*(s|m|h|d|w)", re.ASCII)
_SIZE = re.compile(r"[1-9][0-9]*(Mi|Gi|Ti)", re.ASCII)
_PASSWORD = re.compile(r"password$", re.IGNORECASE)
_DURATIONS = ("scrape_interval", "evaluation_interval")
# Values by which our objects and the chart's find each other, or that keep it safe.
HELD = (
    "alertmanager.alertmanagerSpec.configSecret",
    "alertmanager.alertmanagerSpec.externalUrl",
    "alertmanager.alertmanagerSpec.routePrefix",
    "alertmanager.alertmanagerSpec.useExistingSecret",
    "crds",
    "fullnameOverride",
    "grafana.admin",
    "nameOverride",
    "namespaceOverride",
    "prometheus.prometheusSpec.externalUrl",
    "prometheus.prometheusSpec.podMonitorSelectorNilUsesHelmValues",
    "prometheus.prometheusSpec.probeSelectorNilUsesHelmValues",
    "prometheus.prometheusSpec.routePrefix",
    "prometheus.prometheusSpec.ruleSelectorNilUsesHelmValues",
    "prometheus.prometheusSpec.scrapeConfigSelectorNilUsesHelmValues",
    "prometheus.prometheusSpec.serviceMonitorSelectorNilUsesHelmValues",
    "prometheusOperator.admissionWebhooks",
    "prometheusOperator.tls",
)


def check(name: str, inputs: MonitoringStackArgs) -> None:
    """Raise `pulumi.InputPropertiesError` with every problem of a MonitoringStack's inputs."""
    refuse("monitoring", name, list(problems(inputs)))


def problems(inputs: MonitoringStackArgs) -> Iterator[Problem]:
    """Everything wrong with the inputs."""
    for chart in CHARTS:
        if chart not in inputs["charts"]:
            yield Problem(f"charts.{chart}", "is required: its version and repository")
    if inputs["platform"]["enable_alert_sink"] and "sink_image" not in inputs:
        yield Problem("sink_image", "is required where the platform's alerts go to the sink inside the cluster")
    for key, value in inputs.items():
        if key in _DURATIONS and not _DURATION.fullmatch(str(value)):
            yield Problem(key, f"'{value}' is no duration such as 30s or 1m")
    if "receivers" not in inputs and not inputs["platform"]["enable_alert_sink"]:
        yield Problem("receivers", "is required where the platform has no sink inside the cluster")
    yield from _receivers(inputs)
    yield from _platform(inputs["platform"])
    yield from _values(inputs["values"])


def receivers(inputs: MonitoringStackArgs) -> Receivers:
    """Who is told; raises ValueError for a receiver that lacks what its kind needs."""
    if "receivers" not in inputs:
        return OFFLINE
    given = inputs["receivers"]
    return Receivers(page=_receiver(given["page"]), ticket=_receiver(given["ticket"]), dead_man=_receiver(given["dead_man"]))


def _receiver(given: MonitoringReceiverArgs) -> Receiver:
    credential = SecretKey(given["secret"], given.get("key", "")) if "secret" in given else None
    return Receiver(ReceiverKind(given.get("kind", "webhook")), given.get("url", ""), credential, given.get("channel", ""))


def _receivers(inputs: MonitoringStackArgs) -> Iterator[Problem]:
    try:
        configuration(receivers(inputs))
    except ValueError as wrong:
        yield Problem("receivers", str(wrong))


def _platform(platform: Mapping[str, Any]) -> Iterator[Problem]:
    if not _DURATION.fullmatch(platform["retention"]):
        yield Problem("platform.retention", f"'{platform['retention']}' is no duration such as 3d or 15d")
    if not _SIZE.fullmatch(platform["storage_size"]):
        yield Problem("platform.storage_size", f"'{platform['storage_size']}' is no size such as 512Mi or 5Gi")
    for key in ("replicas", "alertmanager_replicas"):
        if platform[key] < 1:
            yield Problem(f"platform.{key}", f"{platform[key]} is out of range: at least 1")


def _values(values: Mapping[str, Any]) -> Iterator[Problem]:
    yield from unknown(values, "values")
    yield from forbidden(values, HELD, "values", _PASSWORD)
