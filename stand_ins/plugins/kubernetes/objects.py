"""Kubernetes objects as Pulumi sees them: what goes to the server, what is kept as outputs, what a refresh compares."""

import base64
import binascii
from typing import Any

from stand_ins.plugins.kubernetes.diff import same
from stand_ins.plugins.kubernetes.properties import mark_secrets, reveal

INPUTS_KEY, MANAGER_KEY, VERSION_KEY = "__inputs", "__fieldManager", "__initialApiVersion"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
SERVER_SET = (
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "uid",
)
EXTENSION, EXTENSION_PROPERTY = "x-kubernetes-", "x_kubernetes_"
DEFINITION = "CustomResourceDefinition"


def manifest(inputs: dict[str, Any]) -> dict[str, Any]:
    """Inputs as the server takes them: no secret marks, and a definition's `x_kubernetes_*` keys in its own spelling."""
    plain: dict[str, Any] = reveal(inputs)
    return dict(spelled(plain, EXTENSION_PROPERTY, "_", "-")) if plain.get("kind") == DEFINITION else plain


def spelled(value: Any, prefix: str, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {key.replace(old, new) if key.startswith(prefix) else key: spelled(item, prefix, old, new) for key, item in value.items()}
    return [spelled(item, prefix, old, new) for item in value] if isinstance(value, list) else value


def without_server_fields(item: dict[str, Any]) -> dict[str, Any]:
    metadata = item.get("metadata")
    if not isinstance(metadata, dict) or not any(key in metadata for key in SERVER_SET):
        return item
    return {**item, "metadata": {key: value for key, value in metadata.items() if key not in SERVER_SET}}


def outputs(live: dict[str, Any], inputs: dict[str, Any], manager: str, initial_version: str) -> dict[str, Any]:
    """What the state keeps: the live object with the inputs' secrets marked, and the inputs for the next comparison."""
    shown = dict(live)
    metadata = {key: value for key, value in live.get("metadata", {}).items() if key != "managedFields"}
    annotations = metadata.get("annotations")
    if annotations and LAST_APPLIED in annotations:
        metadata["annotations"] = {key: value for key, value in annotations.items() if key != LAST_APPLIED}
    shown["metadata"] = metadata
    if live.get("kind") == DEFINITION:
        shown = spelled(shown, EXTENSION, "-", "_")
    marked = mark_secrets(shown, inputs)
    marked[INPUTS_KEY] = mark_secrets(inputs, inputs)
    marked[VERSION_KEY] = initial_version
    marked[MANAGER_KEY] = manager
    return marked


def split_state(state: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Old inputs and old live object of a checkpoint, without secret marks."""
    plain = reveal(state)
    inputs = plain.pop(INPUTS_KEY, {})
    plain.pop(VERSION_KEY, None)
    plain.pop(MANAGER_KEY, None)
    return inputs, plain


def live_inputs(live: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
    """The live object cut to what the program sets: the inputs a refresh records, so that drift shows as a difference.

    A value that means the same keeps the program's spelling (`1000m` for `1`); a Secret's `stringData`, which the
    server never returns, is read back from `data`.
    """
    pruned: dict[str, Any] = prune((), live, inputs)
    texts = inputs.get("stringData")
    if live.get("kind") == "Secret" and isinstance(texts, dict):
        data = live.get("data") or {}
        pruned["stringData"] = {key: text(data[key]) for key in texts if key in data}
    return pruned


def text(encoded: str) -> str:
    try:
        return base64.b64decode(encoded).decode()
    except (binascii.Error, UnicodeDecodeError):
        return encoded


def prune(path: tuple[str | int, ...], live: Any, wanted: Any) -> Any:
    if isinstance(live, dict) and isinstance(wanted, dict):
        return {key: prune((*path, key), live[key], value) for key, value in wanted.items() if key in live}
    if isinstance(live, list) and isinstance(wanted, list):
        return prune_list(path, live, wanted)
    return wanted if wanted is not None and same(path, live, wanted) else live


def prune_list(path: tuple[str | int, ...], live: list[Any], wanted: list[Any]) -> list[Any]:
    """Items are matched by `name` where all have one, since admission may put its own (a sidecar) among them."""
    if all(isinstance(item, dict) and "name" in item for item in live + wanted):
        by_name = {item["name"]: item for item in live}
        return [prune((*path, 0), by_name[item["name"]], item) for item in wanted if item["name"] in by_name]
    kept = [prune((*path, 0), live[index], item) for index, item in enumerate(wanted) if index < len(live)]
    return kept + live[len(wanted) :]


def import_inputs(live: dict[str, Any]) -> dict[str, Any]:
    """Inputs for an object that the program did not make: all of it but what only the server writes."""
    inputs = without_server_fields({key: value for key, value in live.items() if key != "status"})
    metadata = dict(inputs["metadata"])
    annotations = {
        key: value
        for key, value in (metadata.get("annotations") or {}).items()
        if key not in (LAST_APPLIED, "deployment.kubernetes.io/revision")
    }
    metadata.pop("annotations", None)
    if annotations:
        metadata["annotations"] = annotations
    return {**inputs, "metadata": metadata}
