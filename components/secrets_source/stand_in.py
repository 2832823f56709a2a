"""What stands in for AWS Secrets Manager where no cloud is: moto, which keeps values in memory and takes any credential. Pure."""

from collections.abc import Mapping
from typing import Any

from ..workload import Pattern, WorkloadPlatformArgs

NAME, PORT = "secrets-manager", 5000
_HEALTH = "/moto-api/"


def url(namespace: str) -> str:
    """Its address, inside the cluster."""
    return f"http://{NAME}.{namespace}.svc.cluster.local"


def workload(namespace: str, image: str, reader: str, platform: WorkloadPlatformArgs, owner: Mapping[str, str]) -> dict[str, Any]:
    """Inputs of WorkloadPattern. Who reaches it has every value, so only namespace `reader`, that of External Secrets, may.

    A second pod would have other values; one that starts again has none, until they are pushed again.
    """
    return {
        "pattern": Pattern.STATELESS,
        "namespace": namespace,
        "component": "stand-in",
        "part_of": "secrets",
        "image": image,
        "port": PORT,
        "replicas": 1,
        "resources": {"cpu": "20m", "memory": "128Mi", "memory_limit": "256Mi"},
        "readiness": {"path": _HEALTH, "initial_delay_seconds": 1, "period_seconds": 2},
        "liveness": {"path": _HEALTH, "initial_delay_seconds": 30, "period_seconds": 20},
        "allow_from": [{"namespace": reader}],
        "platform": platform,
        **owner,
    }
