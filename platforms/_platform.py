"""What every target fills in, and the provider that every target needs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from components._kit import PROVIDER_VERSION
from components.gitops import GitOpsPlatformArgs
from components.monitoring import MonitoringPlatformArgs
from components.secrets import SecretsStoreBackendArgs
from components.secrets_controller import SecretsControllerSealArgs
from components.workload import WorkloadPlatformArgs

OWN_IMAGES = "causeway/"
"""What the references of images that this repository builds begin with."""


@dataclass(frozen=True)
class Platform:
    """What a target decides: where objects go, and the slices that components take."""

    provider: pulumi.ProviderResource
    workload: WorkloadPlatformArgs
    monitoring: MonitoringPlatformArgs
    gitops: GitOpsPlatformArgs
    registry: str = ""
    """Registry of the images that this repository builds; empty where the cluster has them already."""
    secrets: Mapping[str, SecretsStoreBackendArgs] = field(default_factory=dict)
    """Level of the secrets ladder to the store that it reads; a target without one keeps values in the cluster alone."""
    identity_endpoints: Mapping[str, int] = field(default_factory=dict)
    """Where a pod gets credentials of its cloud identity: address to port, for who reads those stores."""
    identities: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """ServiceAccount, as namespace/name, to the identity that the cloud knows its pods by."""
    vault_seal: SecretsControllerSealArgs | None = None
    """What opens Vault; None where its keeper does."""
    sealed_namespace: str = ""
    """Where the controller of Sealed Secrets runs if nobody may put anything into kube-system; empty where one may."""
    clouds: Sequence[pulumi.ProviderResource] = field(default=())
    """What writes into those stores."""
    ready: Sequence[pulumi.Resource] = field(default=())
    """What has to be there before the first workload: a storage class, a front door."""

    def image(self, reference: str) -> str:
        """The reference under which this target pulls an image."""
        return pulled_as(reference, self.registry)


def pulled_as(reference: str, registry: str) -> str:
    """The reference under which an image is pulled: our own come from the target's registry, if it has one."""
    return f"{registry}/{reference}" if registry and reference.startswith(OWN_IMAGES) else reference


def kubernetes_provider(settings: dict[str, Any], depends_on: Sequence[pulumi.Resource] = ()) -> pulumi.ProviderResource:
    """The one Kubernetes provider of a stack, from its settings by their schema names.

    Like objects (docs/adr/0003), it is registered without the SDK's class, whose import costs as much as this program.
    A provider takes everything but text as JSON. A Secret that changes is changed, not deleted and made anew: pods that
    start in between would find none.
    """
    settings = {**settings, "enableSecretMutable": True}
    inputs = {key: value if isinstance(value, str | pulumi.Output) else json.dumps(value) for key, value in settings.items()}
    options = pulumi.ResourceOptions(version=PROVIDER_VERSION, depends_on=list(depends_on))
    return pulumi.ProviderResource("kubernetes", "kubernetes", inputs, options)
