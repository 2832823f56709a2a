"""The monitor object of the kind that fits the pattern: by Service where there is one, else by pod (1.09)."""

from .._kit import Manifest
from .args import Pattern
from .model import Workload

MONITORING_API = "monitoring.coreos.com/v1"
_SERVED = (Pattern.STATELESS, Pattern.STATEFUL)


def monitors(workload: Workload) -> list[Manifest]:
    """A ServiceMonitor or PodMonitor; nothing where there are no metrics or the target has no such kinds."""
    if not workload.metrics_port or not workload.platform["enable_monitors"]:
        return []
    endpoint = {"port": workload.metrics_port_name, "path": workload.inputs["metrics"].get("path", "/metrics")}
    if workload.pattern in _SERVED:
        selector = {"matchLabels": {**workload.selector, "causeway.dev/service": "client"}}
        return [workload.object(MONITORING_API, "ServiceMonitor", {"selector": selector, "endpoints": [endpoint]})]
    selector = {"matchLabels": workload.selector}
    return [workload.object(MONITORING_API, "PodMonitor", {"selector": selector, "podMetricsEndpoints": [endpoint]})]
