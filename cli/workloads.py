"""How a workload is, in words: pure functions from the objects that the API server returned."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from workspace.cluster import Manifest

ALLOWED = "causeway.dev/allow-"
"""components/workload/rules/model.py has it too, behind imports that a command would wait for."""
STARTING = ("ContainerCreating", "PodInitializing")
SCHEDULE_FIELDS = {"f:schedule", "f:timeZone", "f:suspend"}
"""The fields whose change begins a schedule anew, as `managedFields` has them."""
STARTING_DEADLINE_SECONDS = 60
"""How late a run may start where its schedule sets no deadline; the controller looks every 10 seconds."""


@dataclass(frozen=True)
class Workload:
    """One row of `causeway status`.

    `ready` and `desired` count pods (completions of a Job) and are None for a CronJob; `age` is in seconds, None where
    the object is missing; `state` says in words what `healthy` says in one.
    """

    name: str
    pattern: str
    kind: str
    namespace: str
    ready: int | None
    desired: int | None
    restarts: int
    age: float | None
    state: str
    healthy: bool
    url: str | None
    exceptions: Mapping[str, str] = field(default_factory=dict)
    """Rules that it may break, each with the reason that its object carries."""


def kinds_to_get(workloads: Iterable[Mapping[str, str]]) -> set[str]:
    """The kinds that `read` needs for these workloads, as kubectl takes them."""
    return {*(workload["kind"].lower() for workload in workloads), "pod", "job", "ingress"}


def read(name: str, output: Mapping[str, str], objects: list[Manifest], url: str | None, now: datetime) -> Workload:
    """The workload that the stack output `output` names, as `objects` of its namespace show it."""
    kind, namespace, pattern = output["kind"], output["namespace"], output["pattern"]
    found = next((item for item in objects if item["kind"] == kind and item["metadata"]["name"] == name), None)
    if found is None:
        missing = f"missing: the cluster has no {kind} {namespace}/{name}"
        return Workload(name, pattern, kind, namespace, None, None, 0, None, missing, False, url)
    pods = pods_of(found, objects)
    ready, desired = counts(found)
    state, healthy = judge(found, pods, objects, now)
    age = (now - moment(found["metadata"]["creationTimestamp"])).total_seconds()
    address = url or ingress_url(name, objects)
    return Workload(name, pattern, kind, namespace, ready, desired, restarts(pods), age, state, healthy, address, exceptions(found))


def exceptions(found: Manifest) -> dict[str, str]:
    """The rules that an object says it may break, each with the reason."""
    annotations = found["metadata"].get("annotations") or {}
    return {key.removeprefix(ALLOWED): reason for key, reason in sorted(annotations.items()) if key.startswith(ALLOWED)}


def counts(found: Manifest) -> tuple[int | None, int | None]:
    """Ready and desired pods."""
    spec, status = found["spec"], found.get("status", {})
    match found["kind"]:
        case "DaemonSet":
            return status.get("numberReady", 0), status.get("desiredNumberScheduled", 0)
        case "Job":
            return status.get("succeeded", 0), spec.get("completions", 1)
        case "CronJob":
            return None, None
    return status.get("readyReplicas", 0), spec.get("replicas", 1)


def judge(found: Manifest, pods: list[Manifest], objects: list[Manifest], now: datetime) -> tuple[str, bool]:
    """The state in words, and whether it is healthy."""
    if found["kind"] == "CronJob":
        return _schedule(found, pods, objects, now)
    if found["kind"] == "Job":
        return _job(found, pods, now)
    return _replicas(found, pods)


def _replicas(found: Manifest, pods: list[Manifest]) -> tuple[str, bool]:
    status = found.get("status", {})
    ready, desired = counts(found)
    assert ready is not None
    assert desired is not None
    if status.get("observedGeneration", 0) < found["metadata"].get("generation", 0):
        return "waiting for its controller", False
    if desired == 0 and found["kind"] != "DaemonSet":
        return "scaled to zero", True
    trouble = next(filter(None, map(pod_trouble, pods)), None) or _refusal(status)
    if ready < desired:
        return trouble or f"starting: {ready} of {desired} ready", False
    updated = status.get("updatedReplicas", status.get("updatedNumberScheduled", 0))
    rolls = found["spec"].get("updateStrategy", {}).get("type") != "OnDelete"
    if rolls and updated < desired:
        return trouble or f"rolling out: {updated} of {desired} updated", False
    return "running", True


def _refusal(status: Manifest) -> str | None:
    """Why the controller can make no pod, for example a quota or Pod Security."""
    conditions = status.get("conditions", [])
    refused = next((item for item in conditions if item["type"] == "ReplicaFailure" and item["status"] == "True"), None)
    return f"pods refused: {refused.get('message', refused.get('reason', 'no reason given'))}" if refused else None


def _schedule(found: Manifest, pods: list[Manifest], objects: list[Manifest], now: datetime) -> tuple[str, bool]:
    if found["spec"].get("suspend"):
        return "suspended", True
    jobs = [item for item in objects if item["kind"] == "Job" and _owned(item, found)]
    if missed := _missed(found, now):
        return missed, False
    if not jobs:
        return f"scheduled ({found['spec']['schedule']}), has not run yet", True
    newest = max(jobs, key=lambda job: moment(job["metadata"]["creationTimestamp"]))
    return _job(newest, [pod for pod in pods if _owned(pod, newest)], now, "last run ")


def _missed(found: Manifest, now: datetime) -> str | None:
    """What a schedule missed: the first run that was due since its last run, and since the schedule is what it is, and is late.

    None where it missed none, or the schedule cannot be read on this machine: the API server took it, by a newer zone database.
    """
    from components._schedules import ScheduleError, next_due  # only a schedule pays for the component library

    spec, status = found["spec"], found.get("status", {})
    last = moment(status.get("lastScheduleTime") or found["metadata"]["creationTimestamp"])
    try:
        due = next_due(spec["schedule"], spec.get("timeZone"), max(last, _changed(found) or last))
    except ScheduleError:
        return None
    late = (now - due).total_seconds() if due else 0.0
    deadline = spec.get("startingDeadlineSeconds", STARTING_DEADLINE_SECONDS)
    if late <= deadline:
        return None
    why = "the last one is still running" if status.get("active") else f"it did not start within {duration(deadline)}"
    return f"missed a run, due {duration(late)} ago: {why}"


def _changed(found: Manifest) -> datetime | None:
    """When schedule, zone or suspension last changed, as far as the API server remembers it: who set them may have set more since."""
    entries = (
        entry for entry in found["metadata"].get("managedFields", []) if SCHEDULE_FIELDS & entry["fieldsV1"].get("f:spec", {}).keys()
    )
    return max((moment(entry["time"]) for entry in entries), default=None)


def _job(job: Manifest, pods: list[Manifest], now: datetime, prefix: str = "") -> tuple[str, bool]:
    for condition in job.get("status", {}).get("conditions", []):
        if condition["status"] != "True":
            continue
        since = f"{duration((now - moment(condition['lastTransitionTime'])).total_seconds())} ago"
        if condition["type"] == "Complete":
            return f"{prefix}succeeded {since}", True
        if condition["type"] == "Failed":
            return f"{prefix}failed {since}: {condition.get('message') or condition.get('reason', 'no reason given')}", False
    if job["spec"].get("suspend"):
        return "suspended", True
    trouble = next(filter(None, map(pod_trouble, pods)), None)
    return (trouble, False) if trouble else ("running now", bool(prefix))


def pods_of(found: Manifest, objects: list[Manifest]) -> list[Manifest]:
    """The pods that belong to a workload: selected by its labels, or made by its Jobs."""
    pods = [item for item in objects if item["kind"] == "Pod" and "deletionTimestamp" not in item["metadata"]]
    if found["kind"] == "CronJob":
        jobs = [item for item in objects if item["kind"] == "Job" and _owned(item, found)]
        return [pod for pod in pods if any(_owned(pod, job) for job in jobs)]
    wanted = found["spec"].get("selector", {}).get("matchLabels", {}).items()
    return [pod for pod in pods if wanted and wanted <= pod["metadata"].get("labels", {}).items()]


def _owned(item: Manifest, owner: Manifest) -> bool:
    references = item["metadata"].get("ownerReferences", [])
    return any((one["kind"], one["name"]) == (owner["kind"], owner["metadata"]["name"]) for one in references)


def pod_trouble(pod: Manifest) -> str | None:
    """What keeps a pod from running, in words; None where it runs or merely starts."""
    name, status = pod["metadata"]["name"], pod.get("status", {})
    containers = [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]
    for container in containers:
        waiting = container.get("state", {}).get("waiting")
        if waiting and waiting.get("reason") not in STARTING:
            return f"{name}: {_waiting(container, waiting)}"
    for condition in status.get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return f"{name}: cannot be scheduled: {condition.get('message', condition.get('reason', ''))}"
    if status.get("phase") == "Failed":
        return f"{name}: failed: {status.get('message') or status.get('reason') or 'its program ended with an error'}"
    return None


def _waiting(container: Manifest, waiting: Manifest) -> str:
    """The kubelet's word for the state, with the exit code, the image or the message that explains it."""
    reason = waiting.get("reason", "waiting")
    ended = container.get("lastState", {}).get("terminated")
    if reason == "CrashLoopBackOff" and ended:
        cause = "" if ended.get("reason", "Error") == "Error" else f", {ended['reason']}"
        return f"{reason}, exit code {ended.get('exitCode')}{cause}"
    if "Image" in reason:
        return f"{reason} {container.get('image', '')}".rstrip()
    return f"{reason}: {waiting['message']}" if waiting.get("message") else str(reason)


def restarts(pods: Iterable[Manifest]) -> int:
    return sum(one.get("restartCount", 0) for pod in pods for one in pod.get("status", {}).get("containerStatuses", []))


def ingress_url(name: str, objects: Iterable[Manifest]) -> str | None:
    """The address of the first Ingress rule that leads to Service `name`; None without one, or before it has one."""
    for ingress in (item for item in objects if item["kind"] == "Ingress"):
        scheme = "https" if ingress["spec"].get("tls") else "http"
        front_doors = ingress.get("status", {}).get("loadBalancer", {}).get("ingress", [])
        published = next((door.get("ip") or door.get("hostname") for door in front_doors), None)
        for rule in ingress["spec"].get("rules", []):
            paths = rule.get("http", {}).get("paths", [])
            host = rule.get("host") or published
            if host and any(path["backend"].get("service", {}).get("name") == name for path in paths):
                return f"{scheme}://{host}/"
    return None


def moment(timestamp: str) -> datetime:
    """A time as the API server writes it."""
    return datetime.fromisoformat(timestamp).astimezone(UTC)


def duration(seconds: float) -> str:
    """A time span in its two digits that matter: 42s, 7m, 3h, 12d."""
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= 2 * length or (unit == "d" and seconds >= length):
            return f"{int(seconds // length)}{unit}"
    return f"{max(0, int(seconds))}s"


def as_json(workload: Workload) -> dict[str, Any]:
    """One workload as docs/cli.md describes it."""
    return {
        "name": workload.name,
        "pattern": workload.pattern,
        "kind": workload.kind,
        "namespace": workload.namespace,
        "ready": workload.ready,
        "desired": workload.desired,
        "restarts": workload.restarts,
        "ageSeconds": None if workload.age is None else int(workload.age),
        "state": workload.state,
        "healthy": workload.healthy,
        "url": workload.url,
        "exceptions": dict(workload.exceptions),
    }
