"""minikube, or the local cluster that stands in for it: one node, nothing to provision but a provider."""

from functools import partial

import pulumi

from components.secrets import SecretsLevel, SecretsStoreBackendArgs, derive
from components.secrets.access import BOOTSTRAP
from components.workload import WorkloadPlatformArgs, WorkloadSpread
from platforms import _gitops
from platforms._monitoring import small
from platforms._names import base_name
from platforms._platform import Platform, kubernetes_provider
from platforms._vault import vault
from stack.settings import Settings
from stack.state import kubeconfig_path, seed

SOURCE = "secrets-manager"
KEY = {"accessKeyIDSecretRef": {"name": BOOTSTRAP, "key": "id"}, "secretAccessKeySecretRef": {"name": BOOTSTRAP, "key": "key"}}


def platform(settings: Settings) -> Platform:
    """The cluster that `scripts/up` chose, by its kubeconfig."""
    return Platform(
        provider=_provider(settings),
        workload=workload(settings),
        monitoring=small(settings),
        gitops=_gitops.small(settings),
        secrets={SecretsLevel.EXTERNAL.value: secrets(settings), **vault(settings, are_three=False)},
    )


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


def secrets(settings: Settings) -> SecretsStoreBackendArgs:
    """What moto stands in for: Secrets Manager, filled from the cluster, and asked by a key, for no identity of a cloud is there."""
    aws = {"service": "SecretsManager", "region": "eu-central-1", "auth": {"secretRef": KEY}}
    return {
        "provider": {"aws": aws},
        # A name that is given up is free again at once.
        "source_provider": {"aws": {**aws, "secretsManager": {"forceDeleteWithoutRecovery": True}}},
        "prefix": f"{base_name(settings)}/",
        "source_namespace": SOURCE,
        "bootstrap": {part: seed(settings).apply(partial(_bootstrap, part)) for part in ("id", "key")},
    }


def _bootstrap(part: str, known: str) -> str:
    return derive(known, namespace=SOURCE, name=BOOTSTRAP, key=part, version=1, length=40 if part == "key" else 20)


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
