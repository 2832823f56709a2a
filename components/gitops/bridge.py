"""The bridge: what Pulumi knows of a cluster, as annotations on Argo CD's cluster Secret, typed where they are written and read.

An ApplicationSet reads them with a cluster generator, so files in Git name neither a target, an address nor a class.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from .._network import front_door, name_servers
from ..workload import PLATFORM_DEFAULTS, WorkloadPlatformArgs
from .projects import IN_CLUSTER
from .sync_policy import SyncPolicy, sync_policy

PREFIX = "causeway.dev/"
MANAGED = f"{PREFIX}gitops"
ENVIRONMENT = f"{PREFIX}environment"
CLUSTER_SECRET = "in-cluster"


@dataclass(frozen=True)
class Facts:
    """What an ApplicationSet can know of the cluster that it deploys to. Each field is the annotation of its name."""

    cluster: str
    """Name of the cluster."""
    environment: str
    """Directory below `envs` that is deployed here."""
    repository: str
    """Address of the Git repository."""
    revision: str
    """Branch or tag that is deployed."""
    path: str
    """Directory of the layout in the repository, empty for its root."""
    domain: str
    """Domain below which hosts are named, empty for none."""
    workload: Mapping[str, Any]
    """What the charts of workloads take from the target (`workload_facts`)."""
    sync_policy: Mapping[str, Any]
    """`spec.syncPolicy` of every generated Application."""
    identities: Mapping[str, str] = field(default_factory=dict)
    """ServiceAccount, as namespace/name, to the identity that the cloud knows its pods by."""


def annotation(name: str) -> str:
    """The annotation of a fact: `causeway.dev/sync-policy`."""
    return PREFIX + name.replace("_", "-")


def annotations(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts by annotation; a mapping as JSON, anything else (a text, or an output that will be one) as it is."""
    return {
        annotation(name): json.dumps(value, sort_keys=True, separators=(",", ":")) if isinstance(value, Mapping) else value
        for name, value in facts.items()
    }


def read(found: Mapping[str, str]) -> Facts:
    """The other end: facts out of annotations; raises ValueError for one that is missing or is not of its type."""
    values: dict[str, Any] = {}
    for entry in fields(Facts):
        name = annotation(entry.name)
        if name not in found:
            raise ValueError(f"{name}: is missing on the cluster Secret")
        values[entry.name] = found[name] if entry.type is str else _mapping(name, found[name])
    return Facts(**values)


def _mapping(name: str, text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise ValueError(f"{name}: is no JSON object")
    return value


def policy_fact(policy: SyncPolicy) -> dict[str, Any]:
    """The fact `sync_policy`."""
    return sync_policy(policy)


def workload_facts(platform: WorkloadPlatformArgs, registry: str, secrets_version: str = "1") -> dict[str, Any]:
    """What a target decides of workloads, in the words of the charts' `target` values."""
    target = {**PLATFORM_DEFAULTS, **platform}
    return {
        "domain": target.get("domain", ""),
        "frontDoor": front_door(target),
        "healthAnnotation": target["ingress_health_annotation"],
        "ingressAnnotations": dict(target["ingress_annotations"]),
        "ingressClass": target["ingress_class"],
        "monitors": target["enable_monitors"],
        "nameService": name_servers(target),
        "registry": f"{registry}/" if registry else "",
        "secretsVersion": secrets_version,
        "storageClass": target["storage_class"],
        "spread": "DoNotSchedule" if str(getattr(target["spread"], "value", target["spread"])) == "hard" else "ScheduleAnyway",
    }


def cluster_secret(facts: Mapping[str, Any], namespace: str, labels: Mapping[str, str]) -> dict[str, Any]:
    """Argo CD's own cluster, with the facts on it. It holds no credential: the controller uses its service account."""
    found = annotations(facts)
    config = json.dumps({"tlsClientConfig": {"insecure": False}})
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": CLUSTER_SECRET,
            "namespace": namespace,
            "labels": {**labels, "argocd.argoproj.io/secret-type": "cluster", MANAGED: "true", ENVIRONMENT: str(facts["environment"])},
            "annotations": found,
        },
        "type": "Opaque",
        "stringData": {"name": CLUSTER_SECRET, "server": IN_CLUSTER, "config": config},
    }
