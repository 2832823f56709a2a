"""Why a node or a Deployment of a cluster that starts is not ready, from the API server's answers. Pure."""

import json
from typing import Any

HARMLESS = ("ContainerCreating", "PodInitializing")


def node(answer: bytes | None) -> str:
    """What the node's own condition says; empty where nothing is known yet."""
    conditions = _read(answer).get("status", {}).get("conditions", [])
    return next((str(entry.get("message", "")) for entry in conditions if entry["type"] == "Ready" and entry["status"] != "True"), "")


def deployment(pods: bytes | None, events: bytes | None, name: str) -> str:
    """What the pods called after `name` wait for: a container's reason, else their last warning, else their phase."""
    found = [pod for pod in _read(pods).get("items", []) if pod["metadata"]["name"].startswith(f"{name}-")]
    if not found:
        return "it has no pod yet"
    states = [container.get("state", {}) for pod in found for container in pod.get("status", {}).get("containerStatuses", [])]
    waiting = [state["waiting"] for state in states if state.get("waiting", {}).get("reason", HARMLESS[0]) not in HARMLESS]
    if waiting:
        return ": ".join(filter(None, (waiting[0]["reason"], waiting[0].get("message"))))
    names = {pod["metadata"]["name"] for pod in found}
    warnings = [one for one in _read(events).get("items", []) if one["type"] == "Warning" and one["involvedObject"].get("name") in names]
    if warnings:
        last = max(warnings, key=lambda one: str(one.get("lastTimestamp") or one.get("eventTime") or ""))
        return f"{last['reason']}: {last['message']}"
    return f"pod {found[0]['metadata']['name']} is {found[0].get('status', {}).get('phase', 'new')}, not ready yet"


def _read(answer: bytes | None) -> dict[str, Any]:
    return dict(json.loads(answer)) if answer else {}
