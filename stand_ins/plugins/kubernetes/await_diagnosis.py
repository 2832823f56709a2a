"""Why an object does not become ready, in words: its conditions, its pods and their events."""

from typing import Any

from stand_ins.plugins.kubernetes.await_rules import condition, spec, status

# Waiting reasons that pass by themselves.
HARMLESS = frozenset({"ContainerCreating", "PodInitializing"})
POD_OWNERS = frozenset({"DaemonSet", "Deployment", "Job", "ReplicaSet", "ReplicationController", "StatefulSet"})
BAD_CONDITIONS = {"ReplicaFailure": "True", "Progressing": "False", "FailureTarget": "True"}


def label_selector(item: dict[str, Any]) -> str:
    """The selector of an owner's pods as a query parameter; empty when the kind owns none."""
    if item.get("kind") not in POD_OWNERS:
        return ""
    selector = spec(item).get("selector") or {}
    if item["kind"] == "ReplicationController":
        selector = {"matchLabels": selector}
    parts = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
    for entry in selector.get("matchExpressions") or []:
        operator, names = entry["operator"], ",".join(entry.get("values") or [])
        words = {"In": f"{entry['key']} in ({names})", "NotIn": f"{entry['key']} notin ({names})"}
        words |= {"Exists": entry["key"], "DoesNotExist": f"!{entry['key']}"}
        parts.append(words[operator])
    return ",".join(parts)


def own_problems(item: dict[str, Any]) -> list[str]:
    """What the object's own conditions complain about."""
    found = []
    for kind, bad in BAD_CONDITIONS.items():
        entry = condition(item, kind)
        if entry.get("status") == bad:
            found.append(f"[{entry.get('reason')}] {entry.get('message')}")
    return found


def pod_problems(pod: dict[str, Any]) -> list[str]:
    """What keeps a pod from being ready; the likeliest cause first."""
    name = pod["metadata"]["name"]
    found = []
    scheduled = condition(pod, "PodScheduled")
    if scheduled.get("status") == "False":
        found.append(f"[Pod {name}]: not scheduled: [{scheduled.get('reason')}] {scheduled.get('message')}")
    states = (status(pod).get("initContainerStatuses") or []) + (status(pod).get("containerStatuses") or [])
    for container in states:
        problem = container_problem(container)
        if problem:
            found.append(f"[Pod {name}]: container {container['name']!r}: {problem}")
    ready = condition(pod, "Ready")
    if not found and ready.get("status") == "False" and ready.get("message") and status(pod).get("phase") == "Running":
        found.append(f"[Pod {name}]: {ready['message']}; is its readiness probe answered?")
    return found


def pod_state(pod: dict[str, Any]) -> str:
    """What a pod does at present, problem or not."""
    name, metadata = pod["metadata"]["name"], pod["metadata"]
    if "deletionTimestamp" in metadata:
        names = metadata.get("finalizers") or []
        return f"[Pod {name}]: ends, by {metadata['deletionTimestamp']} at the latest" + (
            f"; finalizer {', '.join(names)}" if names else ""
        )
    if problems := pod_problems(pod):
        return problems[0]
    states = (status(pod).get("initContainerStatuses") or []) + (status(pod).get("containerStatuses") or [])
    waiting = [(container.get("state") or {}).get("waiting", {}).get("reason") for container in states if not container.get("ready")]
    return f"[Pod {name}]: {', '.join(filter(None, waiting)) or status(pod).get('phase', 'new')}, not ready yet"


def container_problem(container: dict[str, Any]) -> str:
    state = container.get("state") or {}
    ended = state.get("terminated") or (container.get("lastState") or {}).get("terminated")
    exit_text = ""
    if ended and ended.get("exitCode"):
        detail = f": {ended['message'].strip()}" if ended.get("message") else ""
        exit_text = f"exited with code {ended['exitCode']} ({ended.get('reason', 'Error')}){detail}"
    waiting = state.get("waiting") or {}
    if waiting.get("reason") and waiting["reason"] not in HARMLESS:
        detail = f": {waiting['message']}" if waiting.get("message") else ""
        return f"{waiting['reason']}{detail}" + (f"; it last {exit_text}" if exit_text else "")
    return exit_text if not container.get("ready") else ""


def event_problems(events: list[dict[str, Any]]) -> list[str]:
    """Warning events, the latest first, each text once."""
    warnings = [event for event in events if event.get("type") == "Warning"]
    warnings.sort(key=lambda event: event.get("lastTimestamp") or event.get("eventTime") or "", reverse=True)
    texts = [
        f"[{event['involvedObject'].get('kind')} {event['involvedObject'].get('name')}]: {event.get('reason')}: {event.get('message')}"
        for event in warnings
    ]
    return list(dict.fromkeys(texts))
