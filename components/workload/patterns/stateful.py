"""Pattern 2: pods with a name and a disk of their own. StatefulSet, governing and client Service, retained volumes."""

from ..._kit import Manifest
from ..model import Workload
from ..parts import WorkloadStorageArgs
from .availability import disruption_budgets, replicas, spread
from .network import headless_service, service
from .pod import pod_template
from .stateless import claim_spec, share
from .volumes import DATA_VOLUME


def objects(workload: Workload) -> list[Manifest]:
    """StatefulSet whose volumes stay when it is scaled down or deleted (requirements 3.4)."""
    governing, rollout, wanted = headless_service(workload), workload.inputs["rollout"], workload.inputs["stateful"]
    claims = {DATA_VOLUME: workload.inputs["storage"], **wanted.get("claims", {})}
    updates = {"partition": rollout.get("partition", 0), **_unavailable(workload)}
    spec = {
        **replicas(workload),
        "serviceName": governing["metadata"]["name"],
        "podManagementPolicy": "Parallel" if wanted.get("parallel") else "OrderedReady",
        "revisionHistoryLimit": rollout.get("revision_history", 5),
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": updates},
        "persistentVolumeClaimRetentionPolicy": {
            "whenDeleted": "Delete" if wanted.get("delete_volumes_with_workload") else "Retain",
            "whenScaled": "Delete" if wanted.get("delete_volumes_when_scaled") else "Retain",
        },
        "selector": {"matchLabels": workload.selector},
        **({"minReadySeconds": rollout["min_ready_seconds"]} if "min_ready_seconds" in rollout else {}),
        "template": pod_template(workload, topologySpreadConstraints=spread(workload)),
        "volumeClaimTemplates": [_claim(workload, name, storage) for name, storage in claims.items()],
    }
    reached = [governing, service(workload, workload.inputs["port"])]
    return [*reached, workload.object("apps/v1", "StatefulSet", spec), *disruption_budgets(workload)]


def _claim(workload: Workload, name: str, storage: WorkloadStorageArgs) -> Manifest:
    return {"metadata": {"name": name, "labels": dict(workload.labels)}, "spec": claim_spec(workload, storage)}


def _unavailable(workload: Workload) -> dict[str, int | str]:
    """Kubernetes takes more than one pod at a time only where members may start in any order."""
    wanted = workload.inputs["rollout"]
    return {"maxUnavailable": share(wanted["max_unavailable"])} if "max_unavailable" in wanted else {}
