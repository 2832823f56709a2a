"""One pod on every node: agents. DaemonSet."""

from ..._kit import Manifest
from ..model import Workload
from .pod import pod_template
from .stateless import share


def objects(workload: Workload) -> list[Manifest]:
    """DaemonSet that is updated one node at a time."""
    spec = {
        "revisionHistoryLimit": workload.inputs["rollout"].get("revision_history", 5),
        "selector": {"matchLabels": workload.selector},
        "updateStrategy": {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxUnavailable": share(workload.inputs["rollout"].get("max_unavailable", "1"))},
        },
        "template": pod_template(workload),
    }
    return [workload.object("apps/v1", "DaemonSet", spec)]
