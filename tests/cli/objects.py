"""Objects as the API server returns them, with no more in them than the rules look at."""

from datetime import UTC, datetime
from typing import Any

Manifest = dict[str, Any]
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FIVE_MINUTES_AGO = "2026-11-23T11:55:00Z"


def metadata(name: str, owner: Manifest | None = None, **more: Any) -> Manifest:
    references = [{"kind": owner["kind"], "name": owner["metadata"]["name"]}] if owner else []
    return {"name": name, "namespace": "shop", "creationTimestamp": FIVE_MINUTES_AGO, "ownerReferences": references, **more}


def replicated(kind: str = "Deployment", desired: int = 2, **status: Any) -> Manifest:
    """A workload of `desired` pods, all of them ready unless `status` says otherwise."""
    complete = {"observedGeneration": 1, "readyReplicas": desired, "updatedReplicas": desired}
    spec = {"replicas": desired, "selector": {"matchLabels": {"app": "web"}}}
    return {"kind": kind, "metadata": metadata("web", generation=1), "spec": spec, "status": {**complete, **status}}


def daemon(**status: Any) -> Manifest:
    complete = {"observedGeneration": 1, "desiredNumberScheduled": 3, "numberReady": 3, "updatedNumberScheduled": 3}
    spec = {"selector": {"matchLabels": {"app": "web"}}}
    return {"kind": "DaemonSet", "metadata": metadata("web", generation=1), "spec": spec, "status": {**complete, **status}}


def schedule(suspend: bool = False, cron: str = "0 6 * * *", **status: Any) -> Manifest:
    spec = {"schedule": cron, "timeZone": "Etc/UTC", "startingDeadlineSeconds": 120, "suspend": suspend}
    return {"kind": "CronJob", "metadata": metadata("web"), "spec": spec, "status": status}


def edited(found: Manifest, field: str, at: str) -> Manifest:
    """The object after someone changed a field of its spec, as the API server remembers it."""
    entry = {
        "manager": "kubectl-edit",
        "operation": "Update",
        "time": at,
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:spec": {f"f:{field}": {}}},
    }
    return {**found, "metadata": {**found["metadata"], "managedFields": [*found["metadata"].get("managedFields", []), entry]}}


def job(name: str = "web", owner: Manifest | None = None, made: str = FIVE_MINUTES_AGO, **condition: Any) -> Manifest:
    """A Job under way, or over where a `condition` says how."""
    conditions = [{"status": "True", "lastTransitionTime": FIVE_MINUTES_AGO, **condition}] if condition else []
    described = {**metadata(name, owner), "creationTimestamp": made}
    selector = {"matchLabels": {"batch.kubernetes.io/job-name": name}}
    return {"kind": "Job", "metadata": described, "spec": {"selector": selector}, "status": {"conditions": conditions}}


def pod(owner: Manifest | None = None, restarts: int = 0, labels: Manifest | None = None, **status: Any) -> Manifest:
    """A pod of the workload `web`, with one container that may be `waiting`."""
    waiting, last = status.pop("waiting", None), status.pop("last", None)
    container: Manifest = {"restartCount": restarts, "image": "shop:1", "state": {"waiting": waiting} if waiting else {"running": {}}}
    container["lastState"] = {"terminated": last} if last else {}
    described = metadata("web-1", owner, labels=labels or {"app": "web"})
    return {"kind": "Pod", "metadata": described, "status": {"containerStatuses": [container], **status}}


def ingress(host: str | None = None, tls: bool = False, service: str = "web") -> Manifest:
    rule: Manifest = {"http": {"paths": [{"path": "/", "backend": {"service": {"name": service}}}]}}
    spec = {"rules": [{**rule, "host": host} if host else rule], **({"tls": [{}]} if tls else {})}
    return {"kind": "Ingress", "metadata": metadata("web"), "spec": spec, "status": {"loadBalancer": {"ingress": [{"ip": "198.18.0.2"}]}}}
