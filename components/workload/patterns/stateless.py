"""Pattern 1: any pod serves any request. Deployment, Service, perhaps Ingress."""

from ..._kit import Manifest
from ..args import WorkloadAccessMode
from ..model import Workload
from .availability import autoscalers, disruption_budgets, replicas, spread
from .network import SERVICE_PORT, ingress, service
from .pod import pod_template


def objects(workload: Workload) -> list[Manifest]:
    """Deployment that replaces pods only when their successors are ready, and the way to reach them."""
    reached = [service(workload, SERVICE_PORT), *([ingress(workload)] if "ingress" in workload.inputs else [])]
    return [*claims(workload), deployment(workload), *reached, *disruption_budgets(workload), *autoscalers(workload, "Deployment")]


def deployment(workload: Workload) -> Manifest:
    """The Deployment of a stateless workload or of a worker."""
    spec = {
        **replicas(workload),
        "revisionHistoryLimit": 5,
        "selector": {"matchLabels": workload.selector},
        "strategy": _strategy(workload),
        "template": pod_template(workload, topologySpreadConstraints=spread(workload)),
    }
    return workload.object("apps/v1", "Deployment", spec)


def claims(workload: Workload) -> list[Manifest]:
    """The claim of a volume that all pods of a Deployment share."""
    if "storage" not in workload.inputs:
        return []
    return [workload.object("v1", "PersistentVolumeClaim", claim_spec(workload))]


def claim_spec(workload: Workload) -> dict[str, object]:
    """The claim's spec, the platform filling in what was left out."""
    storage = workload.inputs["storage"]
    return {
        "accessModes": [storage.get("access_mode", WorkloadAccessMode.ONE_NODE).value],
        "storageClassName": storage.get("storage_class", workload.platform["storage_class"]),
        "resources": {"requests": {"storage": storage.get("size", workload.platform["storage_size"])}},
    }


def _strategy(workload: Workload) -> dict[str, object]:
    storage = workload.inputs.get("storage")
    if storage and storage.get("access_mode", WorkloadAccessMode.ONE_NODE) is WorkloadAccessMode.ONE_NODE:
        # The next pod can mount the volume only when the last one has let go of it.
        return {"type": "Recreate"}
    return {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
