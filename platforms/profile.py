"""What a target decides about workloads, known without an engine: for manifests that go to Git."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.workload import WorkloadPlatformArgs
from platforms import eks, gke, minikube
from platforms._platform import pulled_as
from platforms.eks.network import plan_network
from platforms.eks.stores import registry as eks_registry
from platforms.gke.identity import registry as gke_registry
from stack.section import Target
from stack.settings import Settings


@dataclass(frozen=True)
class Profile:
    """The platform slice of every workload, who owns workloads that name nobody, and where our own images come from."""

    workload: WorkloadPlatformArgs
    owner: Mapping[str, str]
    registry: str

    def apply(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs of a workload as this target has them."""
        on_target: dict[str, Any] = {**self.owner, **inputs, "platform": self.workload}
        if isinstance(inputs.get("image"), str):
            on_target["image"] = pulled_as(inputs["image"], self.registry)
        return on_target


def profile(settings: Settings) -> Profile:
    """The profile of a stack's target; the monitoring kinds are there where the stack installs them."""
    slice_, registry = _slice(settings)
    return Profile(
        {**slice_, "enable_monitors": settings.has("monitoring")},
        {"team": settings.team, "environment": settings.environment.value},
        registry,
    )


def _slice(settings: Settings) -> tuple[WorkloadPlatformArgs, str]:
    if settings.platform is Target.EKS:
        assert settings.eks, "settings.parse() refuses platform eks without its settings"
        return eks.workload(settings, settings.eks, plan_network(settings, settings.eks).blocks), eks_registry(settings, settings.eks)
    if settings.platform is Target.GKE:
        assert settings.gke, "settings.parse() refuses platform gke without its settings"
        return gke.workload(settings, settings.gke), gke_registry(settings, settings.gke)
    return minikube.workload(settings), ""
