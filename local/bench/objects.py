"""The objects that both sides make: what Pulumi sent, and what the API server then holds. Pure, but for their readers."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

Object = dict[str, Any]
SECRET = "4dabf18193072939515e22adb298388d"
"""The key by which the engine tells a secret from other mappings in a state (pulumi/sdk, `resource.SigKey`)."""
SERVERS_OWN = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid")
"""Metadata that differs between two makings of one object."""

ALLOCATED = ("clusterIP", "clusterIPs", "nodePort", "healthCheckNodePort")
"""Fields of a Service that the API server draws from a pool."""

ANNOTATIONS_OF_CONTROLLERS = ("deployment.kubernetes.io/revision", "kubectl.kubernetes.io/last-applied-configuration")


def sent(state: Mapping[str, Any]) -> list[Object]:
    """The Kubernetes objects in an exported state, as the program gave them, in the order in which they were made."""
    resources = state["deployment"].get("resources") or []
    return [_plain(item["inputs"]) for item in resources if item.get("custom") and item["type"].startswith("kubernetes:")]


def _plain(value: Any) -> Any:
    """A value with what `pulumi stack export --show-secrets` marks as secret in its place; what stays encrypted is kept as it is."""
    if isinstance(value, Mapping):
        is_told = SECRET in value and "plaintext" in value
        return _plain(json.loads(value["plaintext"])) if is_told else {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def normal(item: Mapping[str, Any]) -> Object:
    """An object without what the server, its pools and its controllers add: equal for equal manifests."""
    metadata = {key: value for key, value in item["metadata"].items() if key not in SERVERS_OWN}
    if "annotations" in metadata:
        kept = {key: value for key, value in metadata["annotations"].items() if key not in ANNOTATIONS_OF_CONTROLLERS}
        metadata = {**metadata, "annotations": kept} if kept else {key: value for key, value in metadata.items() if key != "annotations"}
    made = {key: value for key, value in item.items() if key != "status"} | {"metadata": metadata}
    if item["kind"] == "Service":
        made["spec"] = {key: value for key, value in item["spec"].items() if key not in ALLOCATED}
    return made


def identity(item: Mapping[str, Any]) -> str:
    metadata = item["metadata"]
    return f"{item['apiVersion']}/{item['kind']}/{metadata.get('namespace', '')}/{metadata['name']}"


def by_identity(items: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Identity to the normal object as canonical text: two clusters hold the same when these are equal."""
    return {identity(item): json.dumps(normal(item), sort_keys=True) for item in items}


def difference(ours: Mapping[str, str], peer: Mapping[str, str]) -> str | None:
    """What differs between two such maps, in one line, or None."""
    for key in sorted(ours.keys() | peer.keys()):
        if ours.get(key) != peer.get(key):
            return f"{key}: {ours.get(key, 'missing')} | {peer.get(key, 'missing')}"
    return None
