"""Dashboards as ConfigMaps, from JSON that `scripts/render` made beforehand out of the builders beside this file.

The builders import grafana-foundation-sdk, which takes a second: too much for every `pulumi up`.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..._kit import Manifest

RENDERED = Path(__file__).parent / "rendered"
LABEL = {"grafana_dashboard": "1"}
"""What Grafana's sidecar looks for, in all namespaces."""
FOLDER_ANNOTATION = "grafana_folder"
"""The chart value `grafana.sidecar.dashboards.folderAnnotation`."""
FOLDER = "Causeway"
WORKLOAD_FOLDER = "Workloads"

SHARED = ("platform", "workload", "slo", "memory", "argocd")
"""The dashboards of every cluster, `causeway-<name>` by UID."""
TEMPLATES: MappingProxyType[str, str] = MappingProxyType(
    {"stateless": "service", "stateful": "database", "worker": "worker", "batch": "batch", "job": "batch", "daemon": "agent"}
)
"""Pattern of a workload to the template of its dashboard."""
_UID_LENGTH = 40


def dashboards(labels: Mapping[str, str] | None = None, namespace: str = "monitoring") -> list[Manifest]:
    """The shared dashboards, a ConfigMap each, with `labels` on each."""
    return [_config_map(f"causeway-dashboard-{name}", namespace, labels or {}, FOLDER, f"{name}.json", _text(name)) for name in SHARED]


def workload_dashboard(metadata: Mapping[str, Any], pattern: str) -> Manifest:
    """The dashboard of one workload, of the kind that fits its pattern."""
    name, namespace = metadata["name"], metadata["namespace"]
    names = {"@namespace@": namespace, "@workload@": name, "@uid@": workload_uid(namespace, name)}
    text = _text(f"of-{TEMPLATES[pattern]}")
    for placeholder, value in names.items():
        text = text.replace(placeholder, value)
    return _config_map(f"{name}-dashboard", namespace, metadata["labels"], WORKLOAD_FOLDER, f"{namespace}-{name}.json", text)


def workload_uid(namespace: str, name: str) -> str:
    """The UID of a workload's dashboard; Grafana takes at most 40 characters."""
    uid = f"workload-{namespace}-{name}"
    return uid if len(uid) <= _UID_LENGTH else f"workload-{hashlib.sha256(uid.encode()).hexdigest()[:31]}"


def _config_map(name: str, namespace: str, labels: Mapping[str, str], folder: str, file: str, text: str) -> Manifest:
    metadata = {"name": name, "namespace": namespace, "labels": {**labels, **LABEL}, "annotations": {FOLDER_ANNOTATION: folder}}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {file: text}}


def _text(name: str) -> str:
    return (RENDERED / f"{name}.json").read_text()
