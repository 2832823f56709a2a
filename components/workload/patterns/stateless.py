"""Pattern 1: any pod serves any request. Deployment, Service, perhaps Ingress."""

from ..._kit import Manifest
from ..model import Workload
from ..parts import WorkloadAccessMode, WorkloadStorageArgs
from .availability import autoscalers, disruption_budgets, replicas, spread
from .network import SERVICE_PORT, http_routes, ingress, service
from .pod import pod_template


def objects(workload: Workload) -> list[Manifest]:
    """Deployment that replaces pods only when their successors are ready, and the way to reach them."""
    reached = [service(workload, SERVICE_PORT), *([ingress(workload)] if "ingress" in workload.inputs else []), *http_routes(workload)]
    return [*claims(workload), deployment(workload), *reached, *disruption_budgets(workload), *autoscalers(workload, "Deployment")]


def deployment(workload: Workload) -> Manifest:
    """The Deployment of a stateless workload or of a worker."""
    spec = {
        **replicas(workload),
        "revisionHistoryLimit": workload.inputs["rollout"].get("revision_history", 5),
        "selector": {"matchLabels": workload.selector},
        "strategy": _strategy(workload),
        **pace(workload),
        "template": pod_template(workload, topologySpreadConstraints=spread(workload)),
    }
    return workload.object("apps/v1", "Deployment", spec)


def claims(workload: Workload) -> list[Manifest]:
    """The claim of a volume that all pods of a Deployment share."""
    if "storage" not in workload.inputs:
        return []
    return [workload.object("v1", "PersistentVolumeClaim", claim_spec(workload, workload.inputs["storage"]))]


def claim_spec(workload: Workload, storage: WorkloadStorageArgs) -> dict[str, object]:
    """The claim's spec, the platform filling in what was left out."""
    return {
        "accessModes": [storage.get("access_mode", WorkloadAccessMode.ONE_NODE).value],
        "storageClassName": storage.get("storage_class", workload.platform["storage_class"]),
        "resources": {"requests": {"storage": storage.get("size", workload.platform["storage_size"])}},
    }


def _strategy(workload: Workload) -> dict[str, object]:
    storage, wanted = workload.inputs.get("storage"), workload.inputs["rollout"]
    exclusive = bool(storage and storage.get("access_mode", WorkloadAccessMode.ONE_NODE) is WorkloadAccessMode.ONE_NODE)
    # The next pod can mount such a volume only when the last one has let go of it.
    if wanted.get("recreate", exclusive):
        return {"type": "Recreate"}
    unavailable, surge = share(wanted.get("max_unavailable", "0")), share(wanted.get("max_surge", "1"))
    return {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": unavailable, "maxSurge": surge}}


def share(text: str) -> int | str:
    """A number of pods, or a percentage of them."""
    return int(text) if text.isdigit() else text


def pace(workload: Workload) -> dict[str, int]:
    """How long a pod has to be ready, and how long a roll-out may take, where that is said."""
    wanted = workload.inputs["rollout"]
    fields = (("min_ready_seconds", "minReadySeconds"), ("progress_deadline_seconds", "progressDeadlineSeconds"))
    return {field: wanted[key] for key, field in fields if key in wanted}  # type: ignore[literal-required]
