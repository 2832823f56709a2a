"""What every container has, the workload's own and those beside it: environment, ports, resources, probes, restricted security."""

from collections.abc import Mapping
from typing import Any

import pulumi

from ..._inputs import merge
from ..defaults import PROBE_FAILURE_THRESHOLD, PROBE_TIMEOUT_SECONDS, SIZES
from ..groups import WorkloadPortArgs, WorkloadProtocol
from ..model import Workload
from ..parts import WorkloadContainerArgs, WorkloadProbeArgs, WorkloadResourcesArgs, WorkloadSecretKeyArgs, WorkloadSize
from .volumes import mounts

_OF_CONTAINER = ("limits.", "requests.")


def beside(workload: Workload) -> list[dict[str, Any]]:
    """The containers that prepare, and those that stay, which start first: what prepares may need them."""
    staying = [
        {**_container(workload, name, given, given.get("volumes", [])), "restartPolicy": "Always"}
        for name, given in workload.inputs["sidecars"].items()
    ]
    return [*staying, *(_preparing(workload, name, given) for name, given in workload.inputs["init"].items())]


def _preparing(workload: Workload, name: str, given: WorkloadContainerArgs) -> dict[str, Any]:
    inputs = workload.inputs
    whole: WorkloadContainerArgs = {
        **given,
        "image": given.get("image", inputs["image"]),
        "env": {**inputs["env"], **given.get("env", {})},
        "secrets": {**inputs["secrets"], **given.get("secrets", {})},
    }
    container = _container(workload, name, whole, given.get("volumes"))
    return {**container, **({"envFrom": sources} if (sources := env_from(workload)) else {})}


def _container(workload: Workload, name: str, given: WorkloadContainerArgs, volumes: list[str] | None) -> dict[str, Any]:
    """A container beside the workload's own."""
    container = {
        "name": name,
        "image": given["image"],
        "imagePullPolicy": "IfNotPresent",
        "command": given.get("command", []),
        "args": given.get("args", []),
        "env": variables(workload, f"{name}.env", given.get("secrets", {}), given.get("env", {})),
        "ports": [_port(_name_of(workload, port, own), own) for port, own in given.get("ports", {}).items()],
        "resources": resources(given.get("size", WorkloadSize.SMALL), given.get("resources", {})),
        "securityContext": {**restricted(), **({"runAsUser": given["user"]} if "user" in given else {})},
        "volumeMounts": mounts(workload, volumes),
    }
    for key, field in (("readiness", "readinessProbe"), ("liveness", "livenessProbe")):
        if key in given:
            container[field] = probe(given[key], given[key].get("port", 0))  # type: ignore[literal-required]
    return {key: value for key, value in container.items() if value != []}


def restricted() -> dict[str, Any]:
    """The security context that every container has."""
    return {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}


def resources(size: WorkloadSize, given: WorkloadResourcesArgs) -> dict[str, dict[str, str]]:
    """Requests and limits; other resources than processor and memory are limited to what is requested."""
    wanted = merge(SIZES[size], given)
    limits = {"memory": wanted["memory_limit"]}
    if "cpu_limit" in wanted:
        limits["cpu"] = wanted["cpu_limit"]
    extended = given.get("extended", {})
    return {"requests": {"cpu": wanted["cpu"], "memory": wanted["memory"], **extended}, "limits": {**limits, **extended}}


def ports(workload: Workload) -> list[dict[str, Any]]:
    """Ports of the workload's own container; metrics are not among them where a sidecar has them."""
    made: dict[int, str] = {}
    if "port" in workload.inputs:
        made[workload.inputs["port"]] = workload.port_name
    elsewhere = {port["port"] for given in workload.inputs["sidecars"].values() for port in given.get("ports", {}).values()}
    further = workload.inputs["ports"]
    if workload.metrics_port and workload.metrics_port not in elsewhere:
        made.setdefault(workload.metrics_port, workload.metrics_port_name)
    rendered = [{"name": name, "containerPort": port, "protocol": "TCP"} for port, name in made.items()]
    return [*rendered, *(_port(name, port) for name, port in further.items())]


def _name_of(workload: Workload, name: str, port: WorkloadPortArgs) -> str:
    """A sidecar's port is called as the monitor looks for it where it is the one for metrics."""
    return workload.metrics_port_name if port["port"] == workload.metrics_port else name


def _port(name: str, port: WorkloadPortArgs) -> dict[str, Any]:
    return {"name": name, "containerPort": port["port"], "protocol": port.get("protocol", WorkloadProtocol.TCP).value}


def variables(
    workload: Workload, path: str, secrets: Mapping[str, WorkloadSecretKeyArgs], env: Mapping[str, pulumi.Input[str]]
) -> list[dict[str, Any]]:
    """Secrets first: Kubernetes expands $(NAME) only of variables that stand before, so a URL may have its password in it."""
    secret = [
        {"name": name, "valueFrom": {"secretKeyRef": {"name": reference["name"], "key": reference["key"]}}}
        for name, reference in secrets.items()
    ]
    return secret + [{"name": name, "value": _not_secret(workload, f"{path}.{name}", value)} for name, value in env.items()]


def environment(workload: Workload) -> list[dict[str, Any]]:
    """The variables of the workload's own container, those from ConfigMaps and fields before the plain ones, which may refer to them."""
    elsewhere = workload.inputs["env_from"]
    made = variables(workload, "env", workload.inputs["secrets"], workload.inputs["env"])
    keys = [
        {"name": name, "valueFrom": {"configMapKeyRef": {"name": reference["name"], "key": reference["key"]}}}
        for name, reference in elsewhere.get("config_keys", {}).items()
    ]
    return [*keys, *({"name": name, "valueFrom": _field(path)} for name, path in elsewhere.get("fields", {}).items()), *made]


def env_from(workload: Workload) -> list[dict[str, Any]]:
    """Whole ConfigMaps and Secrets as variables."""
    elsewhere = workload.inputs["env_from"]
    maps = [{"configMapRef": {"name": name}} for name in elsewhere.get("config_maps", [])]
    return [*maps, *({"secretRef": {"name": name}} for name in elsewhere.get("secrets", []))]


def _field(path: str) -> dict[str, Any]:
    return {"resourceFieldRef": {"resource": path}} if path.startswith(_OF_CONTAINER) else {"fieldRef": {"fieldPath": path}}


def _not_secret(workload: Workload, path: str, value: pulumi.Input[str]) -> pulumi.Input[str]:
    """Let a value through unless it turns out to be marked secret, which is known only when it is."""
    if not isinstance(value, pulumi.Output):
        return value

    async def check() -> None:
        if await value.is_secret():
            raise pulumi.RunError(f"workload '{workload.resource}': {path}: is secret: keep it in a Secret and name it in secrets")

    return pulumi.Output.all(value, check()).apply(lambda known: str(known[0]))


def probe(given: WorkloadProbeArgs, port: int | str) -> dict[str, Any]:
    """A question to a port, by number or name."""
    rendered: dict[str, Any] = {
        "timeoutSeconds": given.get("timeout_seconds", PROBE_TIMEOUT_SECONDS),
        "failureThreshold": given.get("failure_threshold", PROBE_FAILURE_THRESHOLD),
    }
    if "initial_delay_seconds" in given:
        rendered["initialDelaySeconds"] = given["initial_delay_seconds"]
    if "period_seconds" in given:
        rendered["periodSeconds"] = given["period_seconds"]
    if "command" in given:
        return {"exec": {"command": given["command"]}, **rendered}
    if "path" in given:
        return {"httpGet": {"path": given["path"], "port": port}, **rendered}
    if "grpc" in given:
        return {"grpc": {"port": port, **({"service": given["grpc"]} if given["grpc"] else {})}, **rendered}
    return {"tcpSocket": {"port": port}, **rendered}
