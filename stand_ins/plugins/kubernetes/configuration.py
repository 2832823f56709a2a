"""The provider resource itself: its schema, the inputs it refuses, and when another cluster means new resources."""

from typing import Any

from stand_ins.plugins.kubernetes import kubeconfig
from stand_ins.plugins.kubernetes.properties import UNKNOWN

MINIMAL_SCHEMA = '{"name": "kubernetes", "version": "4.34.2", "provider": {}, "resources": {}}'
PLACES = ("kubeconfig", "context", "cluster")
IDENTIFIER = "clusterIdentifier"


def difference(old: dict[str, Any], new: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Changed inputs, and those among them that move the provider to another cluster, so that all its resources are
    replaced."""
    unknown = [key for key in PLACES if new.get(key) is UNKNOWN]
    if unknown:
        return unknown, unknown
    diffs = sorted(key for key in old.keys() | new.keys() if key != "version" and old.get(key) != new.get(key))
    if new.get(IDENTIFIER) and old.get(IDENTIFIER):
        return diffs, [IDENTIFIER] if IDENTIFIER in diffs else []
    before, after = active_cluster(old), active_cluster(new)
    moved = before and after and before != after
    return diffs, [key for key in diffs if key in PLACES] if moved else []


def active_cluster(inputs: dict[str, Any]) -> dict[str, Any] | None:
    given = {key: str(inputs.get(key) or "") for key in PLACES}
    try:
        return kubeconfig.load(given["kubeconfig"], given["context"], given["cluster"], "").cluster
    except kubeconfig.ConfigurationError:
        return None
