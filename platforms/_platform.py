"""What every target fills in."""

from dataclasses import dataclass

import pulumi

from components.workload import WorkloadPlatformArgs


@dataclass(frozen=True)
class Platform:
    """What a target decides: where objects go, and the slices that components take."""

    provider: pulumi.ProviderResource
    workload: WorkloadPlatformArgs
