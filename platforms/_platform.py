"""What every target fills in, and the provider that every target needs."""

import json
from dataclasses import dataclass
from typing import Any

import pulumi

from components._kit import PROVIDER_VERSION
from components.workload import WorkloadPlatformArgs


@dataclass(frozen=True)
class Platform:
    """What a target decides: where objects go, and the slices that components take."""

    provider: pulumi.ProviderResource
    workload: WorkloadPlatformArgs


def kubernetes_provider(settings: dict[str, Any]) -> pulumi.ProviderResource:
    """The one Kubernetes provider of a stack, from its settings by their schema names.

    Like objects (docs/adr/0003), it is registered without the SDK's class, whose import costs as much as this program.
    A provider takes everything but text as JSON.
    """
    inputs = {key: value if isinstance(value, str) else json.dumps(value) for key, value in settings.items()}
    return pulumi.ProviderResource("kubernetes", "kubernetes", inputs, pulumi.ResourceOptions(version=PROVIDER_VERSION))
