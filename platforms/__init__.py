"""The targets: one frozen `Platform` each, and nothing outside this folder knows which one it is."""

from collections.abc import Callable
from types import MappingProxyType

from settings import Settings, Target

from . import eks, gke, minikube
from ._platform import Platform

__all__ = ["Platform", "load"]

_PLATFORMS: MappingProxyType[Target, Callable[[Settings], Platform]] = MappingProxyType(
    {
        Target.MINIKUBE: minikube.platform,
        Target.EKS: eks.platform,
        Target.GKE: gke.platform,
    }
)


def load(settings: Settings) -> Platform:
    """The platform that the settings name; raises `pulumi.RunError` for one that is not built yet."""
    return _PLATFORMS[settings.platform](settings)
