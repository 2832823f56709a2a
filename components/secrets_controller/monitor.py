"""How Prometheus sees whether External Secrets can do its work. Pure."""

from collections.abc import Mapping

from .._kit import Manifest
from .charts import EXTERNAL_SECRETS


def pod_monitor(labels: Mapping[str, str]) -> Manifest:
    """Its conditions bear the namespace and name of what they are about, so its own labels win over the pod's."""
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": {"name": EXTERNAL_SECRETS, "namespace": EXTERNAL_SECRETS, "labels": dict(labels)},
        "spec": {
            "selector": {"matchLabels": {"app.kubernetes.io/name": EXTERNAL_SECRETS}},
            "podMetricsEndpoints": [{"port": "metrics", "honorLabels": True}],
        },
    }
