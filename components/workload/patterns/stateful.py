"""Pattern 2: pods with a name and a disk of their own. StatefulSet, governing and client Service, retained volumes."""

from ..._kit import Manifest
from ..model import Workload
from .availability import disruption_budgets, replicas, spread
from .network import headless_service, service
from .pod import DATA_VOLUME, pod_template
from .stateless import claim_spec


def objects(workload: Workload) -> list[Manifest]:
    """StatefulSet whose volumes stay when it is scaled down or deleted (requirements 3.4)."""
    governing = headless_service(workload)
    claim = {"metadata": {"name": DATA_VOLUME, "labels": dict(workload.labels)}, "spec": claim_spec(workload)}
    spec = {
        **replicas(workload),
        "serviceName": governing["metadata"]["name"],
        "podManagementPolicy": "OrderedReady",
        "revisionHistoryLimit": 5,
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
        "selector": {"matchLabels": workload.selector},
        "template": pod_template(workload, topologySpreadConstraints=spread(workload)),
        "volumeClaimTemplates": [claim],
    }
    reached = [governing, service(workload, workload.inputs["port"])]
    return [*reached, workload.object("apps/v1", "StatefulSet", spec), *disruption_budgets(workload)]
