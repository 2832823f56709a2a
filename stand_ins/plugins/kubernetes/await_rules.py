"""When an object counts as ready: one pure rule per kind, over the object alone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Item = dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """`ready`, or `waiting` for what; `failed` says that waiting longer is of no use."""

    ready: bool = False
    waiting: str = ""
    failed: str = ""


READY = Verdict(ready=True)
NOT_OBSERVED = Verdict(waiting="waiting for the controller to see the change")
FIRST_CONSUMER = "WaitForFirstConsumer"
TOKEN_SECRET = "kubernetes.io/service-account-token"


def status(item: Item) -> Item:
    return item.get("status") or {}


def spec(item: Item) -> Item:
    return item.get("spec") or {}


def condition(item: Item, kind: str) -> Item:
    return next((entry for entry in status(item).get("conditions") or [] if entry.get("type") == kind), {})


def holds(item: Item, kind: str) -> bool:
    return condition(item, kind).get("status") == "True"


def observed(item: Item) -> bool:
    return int(status(item).get("observedGeneration") or 0) >= int(item["metadata"].get("generation") or 0)


def wanted_replicas(item: Item) -> int:
    given = spec(item).get("replicas")
    return 1 if given is None else int(given)


def count(item: Item, *names: str) -> list[int]:
    return [int(status(item).get(name) or 0) for name in names]


def deployment(item: Item) -> Verdict:
    """Complete as `kubectl rollout status` has it: all pods are new, none is old, all are available."""
    if not observed(item):
        return NOT_OBSERVED
    if spec(item).get("paused"):
        return READY
    wanted = wanted_replicas(item)
    updated, total, available = count(item, "updatedReplicas", "replicas", "availableReplicas")
    if updated < wanted:
        return Verdict(waiting=f"[1/2] Waiting for app ReplicaSet to create Pods ({updated}/{wanted})")
    if total > updated:
        return Verdict(waiting=f"[2/2] Waiting for {total - updated} old Pods to go")
    if available < wanted:
        return Verdict(waiting=f"[2/2] Waiting for Pods to become available ({available}/{wanted})")
    return READY


def stateful_set(item: Item) -> Verdict:
    if not observed(item):
        return NOT_OBSERVED
    wanted = wanted_replicas(item)
    total, ready, updated = count(item, "replicas", "readyReplicas", "updatedReplicas")
    if total != wanted or ready < wanted:
        return Verdict(waiting=f"[1/2] Waiting for StatefulSet to create Pods ({ready}/{wanted} Pods ready)")
    strategy = spec(item).get("updateStrategy") or {}
    if strategy.get("type") == "OnDelete":
        return READY
    partition = int((strategy.get("rollingUpdate") or {}).get("partition") or 0)
    if partition:
        due = max(wanted - partition, 0)
        return READY if updated >= due else Verdict(waiting=f"[2/2] Waiting for the partitioned update ({updated}/{due})")
    if status(item).get("currentRevision") != status(item).get("updateRevision"):
        return Verdict(waiting=f"[2/2] Waiting for StatefulSet update to roll out ({updated}/{wanted})")
    return READY


def daemon_set(item: Item) -> Verdict:
    if not observed(item):
        return NOT_OBSERVED
    wanted, updated, available = count(item, "desiredNumberScheduled", "updatedNumberScheduled", "numberAvailable")
    if (spec(item).get("updateStrategy") or {}).get("type") == "OnDelete":
        updated = wanted
    if min(updated, available) < wanted:
        return Verdict(waiting=f"Waiting for DaemonSet Pods ({min(updated, available)}/{wanted} available)")
    return READY


def replicas(item: Item) -> Verdict:
    (available,) = count(item, "availableReplicas")
    wanted = wanted_replicas(item)
    if observed(item) and available >= wanted:
        return READY
    return Verdict(waiting=f"Waiting for Pods to become available ({available}/{wanted})")


def job(item: Item) -> Verdict:
    failed = condition(item, "Failed")
    if failed.get("status") == "True":
        return Verdict(failed=f"the Job failed: [{failed.get('reason')}] {failed.get('message')}")
    if holds(item, "Complete") or spec(item).get("suspend"):
        return READY
    wanted = spec(item).get("completions") or 1
    done, active, lost = count(item, "succeeded", "active", "failed")
    return Verdict(waiting=f"Waiting for Job to complete ({done}/{wanted} succeeded, {active} active, {lost} failed)")


def pod(item: Item) -> Verdict:
    phase = status(item).get("phase")
    if phase == "Succeeded" or holds(item, "Ready"):
        return READY
    if phase == "Failed":
        return Verdict(failed=f"the Pod failed: {status(item).get('message') or status(item).get('reason') or 'see its logs'}")
    return Verdict(
        waiting="[2/3] Waiting for Pod to become ready" if holds(item, "PodScheduled") else "[1/3] Waiting for Pod to be scheduled"
    )


def service(item: Item) -> Verdict:
    """The Service's own part; whether its endpoints are ready is asked apart."""
    if spec(item).get("type") == "LoadBalancer" and not (status(item).get("loadBalancer") or {}).get("ingress"):
        return Verdict(waiting="Service was not allocated an IP address; does your cloud provider support this?")
    return READY


def targets_pods(item: Item) -> bool:
    own = spec(item)
    return bool(own.get("selector")) and own.get("type") != "ExternalName" and own.get("clusterIP") != "None"


def ingress(item: Item) -> Verdict:
    if (status(item).get("loadBalancer") or {}).get("ingress"):
        return READY
    chosen = spec(item).get("ingressClassName")
    hint = f"is a controller of class {chosen!r} running?" if chosen else "no class is named, is one the default?"
    return Verdict(waiting=f"Waiting for update of .status.loadBalancer with hostname/IP ({hint})")


def volume(item: Item) -> Verdict:
    phase = status(item).get("phase")
    return READY if phase in ("Available", "Bound") else Verdict(waiting=f"Waiting for the volume (phase {phase or 'unknown'})")


def claim(item: Item, binding_mode: str) -> Verdict:
    """A claim that binds only when a pod uses it is ready while it is pending."""
    phase = status(item).get("phase")
    if phase == "Bound" or (phase == "Pending" and binding_mode == FIRST_CONSUMER):
        return READY
    return Verdict(waiting=f"Waiting for the claim to be bound (phase {phase or 'unknown'})")


def quota(item: Item) -> Verdict:
    return READY if spec(item).get("hard") == status(item).get("hard") else Verdict(waiting="Waiting for the quota to be counted")


def secret(item: Item) -> Verdict:
    if item.get("type") == TOKEN_SECRET and not item.get("data"):
        return Verdict(waiting="Waiting for the service account token")
    return READY


def definition(item: Item) -> Verdict:
    refused = condition(item, "NamesAccepted")
    if refused.get("status") == "False":
        return Verdict(waiting=f"the names of the definition are not accepted: {refused.get('message')}")
    return READY if holds(item, "Established") else Verdict(waiting="Waiting for the definition to be established")


def generic(item: Item) -> Verdict:
    """For any kind, when PULUMI_K8S_AWAIT_ALL asks for it: the conditions that most controllers agree on."""
    if "observedGeneration" in status(item) and not observed(item):
        return NOT_OBSERVED
    stalled = condition(item, "Stalled")
    if stalled.get("status") == "True":
        return Verdict(waiting=f"stalled: {stalled.get('message')}")
    ready = condition(item, "Ready")
    if holds(item, "Reconciling") or (ready and ready.get("status") != "True"):
        return Verdict(waiting=ready.get("message") or "Waiting for readiness")
    return READY


RULES: dict[str, Callable[[Item], Verdict]] = {
    "apiextensions.k8s.io/v1/CustomResourceDefinition": definition,
    "apps/v1/DaemonSet": daemon_set,
    "apps/v1/Deployment": deployment,
    "apps/v1/ReplicaSet": replicas,
    "apps/v1/StatefulSet": stateful_set,
    "batch/v1/Job": job,
    "networking.k8s.io/v1/Ingress": ingress,
    "v1/PersistentVolume": volume,
    "v1/Pod": pod,
    "v1/ReplicationController": replicas,
    "v1/ResourceQuota": quota,
    "v1/Secret": secret,
    "v1/Service": service,
}


def rule_of(item: Item) -> Callable[[Item], Verdict] | None:
    return RULES.get(f"{item.get('apiVersion')}/{item.get('kind')}")
