"""The pod template: one container, probes, resources, restricted security, configuration, volumes."""

import hashlib
import json
import re
from typing import Any

import pulumi

from ..._inputs import merge
from ..args import Pattern, WorkloadProbeArgs
from ..defaults import PROBE_FAILURE_THRESHOLD, PROBE_TIMEOUT_SECONDS, SIZES, WRITABLE_SIZE_LIMIT
from ..model import Workload

DATA_VOLUME = "data"
CHECKSUM_ANNOTATION = "causeway.dev/config-checksum"
_LONGEST_SLUG = 40


def pod_template(workload: Workload, **extra: Any) -> dict[str, Any]:
    """Metadata and spec of the workload's pods; `extra` adds pod fields that only one pattern has."""
    inputs = workload.inputs
    metadata: dict[str, Any] = {"labels": dict(workload.labels)}
    if inputs["files"] or inputs["rollout_triggers"]:
        metadata["annotations"] = {CHECKSUM_ANNOTATION: _checksum(workload)}
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
        "containers": [_container(workload)],
        "volumes": _volumes(workload),
        **extra,
    }
    return {"metadata": metadata, "spec": {key: value for key, value in spec.items() if value != []}}


def config_map_name(workload: Workload) -> str:
    """Name of the ConfigMap that holds the configuration files."""
    return f"{workload.name}-files"


def file_keys(workload: Workload) -> dict[str, str]:
    """ConfigMap key of each configuration file; a key has letters, digits, '-', '_' and '.'."""
    return {path: re.sub(r"[^-.A-Za-z0-9]", "_", path.strip("/")) for path in workload.inputs["files"]}


def _container(workload: Workload) -> dict[str, Any]:
    inputs = workload.inputs
    container = {
        "name": workload.name,
        "image": inputs["image"],
        "imagePullPolicy": "IfNotPresent",
        "command": inputs["command"],
        "args": inputs["args"],
        "env": _environment(workload),
        "ports": _ports(workload),
        "resources": _resources(workload),
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": _mounts(workload),
        **_probes(workload),
    }
    if inputs["drain_seconds"]:
        # Endpoints and front doors learn of a leaving pod later than the pod does: it serves on meanwhile.
        container["lifecycle"] = {"preStop": {"sleep": {"seconds": inputs["drain_seconds"]}}}
    return {key: value for key, value in container.items() if value != []}


def _environment(workload: Workload) -> list[dict[str, Any]]:
    plain = [{"name": name, "value": _not_secret(workload, name, value)} for name, value in workload.inputs["env"].items()]
    secret = [
        {"name": name, "valueFrom": {"secretKeyRef": {"name": reference["name"], "key": reference["key"]}}}
        for name, reference in workload.inputs["secrets"].items()
    ]
    # Secrets first: Kubernetes expands $(NAME) only of variables that stand before, so a URL may have its password in it.
    return secret + plain


def _not_secret(workload: Workload, name: str, value: pulumi.Input[str]) -> pulumi.Input[str]:
    """Let a value through unless it turns out to be marked secret, which is known only when it is."""
    if not isinstance(value, pulumi.Output):
        return value

    async def check() -> None:
        if await value.is_secret():
            raise pulumi.RunError(f"workload '{workload.resource}': env.{name}: is secret: keep it in a Secret and name it in secrets")

    return pulumi.Output.all(value, check()).apply(lambda known: str(known[0]))


def _ports(workload: Workload) -> list[dict[str, Any]]:
    ports = {}
    if "port" in workload.inputs:
        ports[workload.inputs["port"]] = workload.port_name
    if workload.metrics_port:
        ports.setdefault(workload.metrics_port, workload.metrics_port_name)
    return [{"name": name, "containerPort": port, "protocol": "TCP"} for port, name in ports.items()]


def _resources(workload: Workload) -> dict[str, dict[str, str]]:
    wanted = merge(SIZES[workload.inputs["size"]], workload.inputs["resources"])
    limits = {"memory": wanted["memory_limit"]}
    if "cpu_limit" in wanted:
        limits["cpu"] = wanted["cpu_limit"]
    return {"requests": {"cpu": wanted["cpu"], "memory": wanted["memory"]}, "limits": limits}


def _probes(workload: Workload) -> dict[str, Any]:
    inputs = workload.inputs
    probes = {}
    if "readiness" in inputs:
        probes["readinessProbe"] = _probe(workload, inputs["readiness"])
    if "liveness" in inputs:
        probes["livenessProbe"] = _probe(workload, inputs["liveness"])
    if "startup" in inputs:
        probes["startupProbe"] = _probe(workload, _startup_question(workload))
    return probes


def _startup_question(workload: Workload) -> WorkloadProbeArgs:
    """A start-up probe that asks nothing of its own asks what readiness asks."""
    startup, readiness = workload.inputs["startup"], workload.inputs.get("readiness", WorkloadProbeArgs())
    if "command" in startup or "path" in startup:
        return startup
    if "command" in readiness:
        return {**startup, "command": readiness["command"]}
    return {**startup, "path": readiness["path"]} if "path" in readiness else startup


def _probe(workload: Workload, probe: WorkloadProbeArgs) -> dict[str, Any]:
    rendered: dict[str, Any] = {
        "timeoutSeconds": probe.get("timeout_seconds", PROBE_TIMEOUT_SECONDS),
        "failureThreshold": probe.get("failure_threshold", PROBE_FAILURE_THRESHOLD),
    }
    if "initial_delay_seconds" in probe:
        rendered["initialDelaySeconds"] = probe["initial_delay_seconds"]
    if "period_seconds" in probe:
        rendered["periodSeconds"] = probe["period_seconds"]
    if "command" in probe:
        return {"exec": {"command": probe["command"]}, **rendered}
    if "path" in probe:
        return {"httpGet": {"path": probe["path"], "port": workload.port_name}, **rendered}
    return {"tcpSocket": {"port": workload.port_name}, **rendered}


def _volumes(workload: Workload) -> list[dict[str, Any]]:
    volumes: list[dict[str, Any]] = [
        {"name": _volume_name(path), "emptyDir": {"sizeLimit": WRITABLE_SIZE_LIMIT}} for path in workload.inputs["writable_paths"]
    ]
    if workload.inputs["files"]:
        volumes.append({"name": "files", "configMap": {"name": config_map_name(workload)}})
    if "storage" in workload.inputs and workload.pattern is not Pattern.STATEFUL:
        volumes.append({"name": DATA_VOLUME, "persistentVolumeClaim": {"claimName": workload.name}})
    return volumes


def _mounts(workload: Workload) -> list[dict[str, Any]]:
    mounts: list[dict[str, Any]] = [{"name": _volume_name(path), "mountPath": path} for path in workload.inputs["writable_paths"]]
    mounts += [{"name": "files", "mountPath": path, "subPath": key, "readOnly": True} for path, key in file_keys(workload).items()]
    if "storage" in workload.inputs:
        mounts.append({"name": DATA_VOLUME, "mountPath": workload.inputs["storage"]["mount_path"]})
    return mounts


def _volume_name(path: str) -> str:
    """A name out of the path; where that would be too long, or another path's too, a digest tells them apart."""
    path = path.strip("/")
    slug = re.sub(r"[^a-z0-9]", "-", path.lower())
    if len(slug) <= _LONGEST_SLUG and slug == path.replace("/", "-") and "-" not in path:
        return f"writable-{slug}"
    return f"writable-{slug[:_LONGEST_SLUG]}-{hashlib.sha256(path.encode()).hexdigest()[:6]}"


def _checksum(workload: Workload) -> pulumi.Input[str]:
    """A digest that changes with the configuration files and with every roll-out trigger."""
    triggers = workload.inputs["rollout_triggers"]
    files = json.dumps(workload.inputs["files"], sort_keys=True)
    if any(isinstance(trigger, pulumi.Output) for trigger in triggers):
        return pulumi.Output.all(*triggers).apply(lambda known: _digest(files, known))
    return _digest(files, triggers)  # type: ignore[arg-type]


def _digest(files: str, triggers: list[str]) -> str:
    return hashlib.sha256("\0".join([files, *triggers]).encode()).hexdigest()[:16]
