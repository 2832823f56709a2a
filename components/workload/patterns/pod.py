"""The pod template: the workload's container and those beside it, restricted security, scheduling."""

import hashlib
import json
from typing import Any

import pulumi

from ..groups import WorkloadTolerationArgs
from ..model import QUESTIONS, Workload
from ..parts import WorkloadProbeArgs
from .containers import beside, env_from, environment, ports, probe, resources, restricted
from .volumes import mounts, volumes

CHECKSUM_ANNOTATION = "causeway.dev/config-checksum"


def pod_template(workload: Workload, **extra: Any) -> dict[str, Any]:
    """Metadata and spec of the workload's pods; `extra` adds pod fields that only one pattern has."""
    inputs = workload.inputs
    metadata: dict[str, Any] = {"labels": dict(workload.labels)}
    annotations = dict(inputs["metadata"].get("pod_annotations", {}))
    if inputs["files"] or inputs["rollout_triggers"]:
        annotations[CHECKSUM_ANNOTATION] = _checksum(workload)  # type: ignore[assignment]
    if annotations:
        metadata["annotations"] = annotations
    spec = {
        "serviceAccountName": workload.name,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": inputs["grace_period_seconds"],
        "securityContext": {
            "runAsNonRoot": inputs["user"] != 0,
            "runAsUser": inputs["user"],
            "runAsGroup": inputs["user"],
            "fsGroup": inputs["user"],
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "imagePullSecrets": [{"name": name} for name in inputs["image_pull_secrets"]],
        "initContainers": beside(workload),
        "containers": [_container(workload)],
        "volumes": volumes(workload),
        **_scheduling(workload),
        **extra,
    }
    return {"metadata": metadata, "spec": {key: value for key, value in spec.items() if value != []}}


def _scheduling(workload: Workload) -> dict[str, Any]:
    wanted = workload.inputs["scheduling"]
    made = {
        "nodeSelector": wanted.get("node_selector"),
        "tolerations": [_toleration(given) for given in wanted.get("tolerations", [])],
        "affinity": wanted.get("affinity"),
        "priorityClassName": wanted.get("priority_class"),
        "runtimeClassName": wanted.get("runtime_class"),
    }
    return {key: value for key, value in made.items() if value}


def _toleration(given: WorkloadTolerationArgs) -> dict[str, Any]:
    made: dict[str, Any] = {"operator": "Equal" if "value" in given else "Exists"}
    made |= {key: given[key] for key in ("key", "value", "effect") if key in given}
    return {**made, **({"tolerationSeconds": given["seconds"]} if "seconds" in given else {})}


def _container(workload: Workload) -> dict[str, Any]:
    inputs = workload.inputs
    container = {
        "name": workload.name,
        "image": inputs["image"],
        "imagePullPolicy": "IfNotPresent",
        "command": inputs["command"],
        "args": inputs["args"],
        "envFrom": env_from(workload),
        "env": environment(workload),
        "ports": ports(workload),
        "resources": resources(inputs["size"], inputs["resources"]),
        "securityContext": restricted(),
        "volumeMounts": mounts(workload),
        **_probes(workload),
    }
    if lifecycle := _lifecycle(workload):
        container["lifecycle"] = lifecycle
    return {key: value for key, value in container.items() if value != []}


def _lifecycle(workload: Workload) -> dict[str, Any]:
    wanted = workload.inputs["lifecycle"]
    made: dict[str, Any] = {"postStart": {"exec": {"command": wanted["post_start"]}}} if "post_start" in wanted else {}
    if "pre_stop" in wanted:
        made["preStop"] = {"exec": {"command": wanted["pre_stop"]}}
    elif workload.inputs["drain_seconds"]:
        # Endpoints and front doors learn of a leaving pod later than the pod does: it serves on meanwhile.
        made["preStop"] = {"sleep": {"seconds": workload.inputs["drain_seconds"]}}
    return made


def _probes(workload: Workload) -> dict[str, Any]:
    inputs = workload.inputs
    wanted: dict[str, WorkloadProbeArgs] = {}
    if "readiness" in inputs:
        wanted["readinessProbe"] = inputs["readiness"]
    if "liveness" in inputs:
        wanted["livenessProbe"] = inputs["liveness"]
    if "startup" in inputs:
        wanted["startupProbe"] = _startup_question(workload)
    return {field: probe(given, _port_asked(workload, given)) for field, given in wanted.items()}


def _port_asked(workload: Workload, given: WorkloadProbeArgs) -> int | str:
    """The main port by its name; gRPC probes take a number alone."""
    if "port" in given:
        return given["port"]
    return workload.inputs["port"] if "grpc" in given and "port" in workload.inputs else workload.port_name


def _startup_question(workload: Workload) -> WorkloadProbeArgs:
    """A start-up probe that asks nothing of its own asks what readiness asks."""
    startup, readiness = workload.inputs["startup"], workload.inputs.get("readiness", WorkloadProbeArgs())
    if startup.keys() & QUESTIONS:
        return startup
    asked: WorkloadProbeArgs = {key: value for key, value in readiness.items() if key in (*QUESTIONS, "port")}  # type: ignore[assignment]
    return {**startup, **asked}


def _checksum(workload: Workload) -> pulumi.Input[str]:
    """A digest that changes with the configuration files and with every roll-out trigger."""
    triggers = workload.inputs["rollout_triggers"]
    files = json.dumps(workload.inputs["files"], sort_keys=True)
    if any(isinstance(trigger, pulumi.Output) for trigger in triggers):
        return pulumi.Output.all(*triggers).apply(lambda known: _digest(files, known))
    return _digest(files, triggers)  # type: ignore[arg-type]


def _digest(files: str, triggers: list[str]) -> str:
    return hashlib.sha256("\0".join([files, *triggers]).encode()).hexdigest()[:16]
