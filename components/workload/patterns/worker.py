"""Pattern 3: takes work from a queue. Deployment without a Service, perhaps alive by heartbeat."""

from ..._kit import Manifest
from ..model import Workload
from .availability import autoscalers, disruption_budgets
from .stateless import claims, deployment


def objects(workload: Workload) -> list[Manifest]:
    """Deployment that nothing connects to; it stops within its grace period (requirements 3.5)."""
    return [*claims(workload), deployment(workload), *disruption_budgets(workload), *autoscalers(workload, "Deployment")]
