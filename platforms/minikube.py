"""minikube, or the local cluster that stands in for it: one node, nothing to provision but a provider."""

import pulumi

from components.workload import WorkloadPlatformArgs, WorkloadSpread
from settings import Settings, kubeconfig_path

from . import _gitops
from ._monitoring import small
from ._platform import Platform, kubernetes_provider


def platform(settings: Settings) -> Platform:
    """The cluster that `scripts/up` chose, by its kubeconfig."""
    return Platform(provider=_provider(settings), workload=workload(settings), monitoring=small(settings), gitops=_gitops.small(settings))


def _provider(settings: Settings) -> pulumi.ProviderResource:
    """Server-side apply that adopts what exists: a killed run is simply repeated (docs/adr/0002).

    The identifier keeps objects in place when the kubeconfig moves; the API server is ours alone, so the client may
    ask quickly.
    """
    return kubernetes_provider(
        {
            "kubeconfig": kubeconfig_path(settings),
            "context": settings.context,
            "clusterIdentifier": "causeway-minikube",
            "enableServerSideApply": True,
            "upsertExistingObjects": True,
            "kubeClientSettings": {"qps": 500, "burst": 1000},
        }
    )


def workload(settings: Settings) -> WorkloadPlatformArgs:
    """What workloads take from the target."""
    slice_: WorkloadPlatformArgs = {
        "ingress_class": "nginx",
        "ingress_namespace": "ingress-nginx",
        "storage_class": "standard",
        "storage_size": "1Gi",
        "spread": WorkloadSpread.SOFT,
    }
    return {**slice_, "domain": settings.domain} if settings.domain else slice_
