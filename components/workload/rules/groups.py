"""Rules over the groups of inputs that few programs need: what contradicts itself, names nothing, or waits for what the target has not."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..._inputs import Problem, nearest
from ..args import Pattern
from ..groups import WorkloadFailureAction, WorkloadServiceType
from ..model import QUESTIONS, Workload
from ..patterns.availability import needs_keda
from ..patterns.volumes import DATA_VOLUME, SOURCES, TOKEN_VOLUME

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_PORT_NAME = re.compile(r"(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*")
_SHARE = re.compile(r"\d{1,4}|\d{1,3}%")
_WHOLE = re.compile(r"[1-9]\d*")
_OURS = ("app", "tier", "app.kubernetes.io/", "causeway.dev/")
_FIELDS = (
    "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.podIP",
    "limits.cpu", "limits.memory", "requests.cpu", "requests.memory",
)  # fmt: skip
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_POWERS = ("bind", "escalate", "impersonate")
_DEPLOYED = (Pattern.STATELESS, Pattern.WORKER)
_ROLLOUT: Mapping[str, tuple[Pattern, ...]] = {
    "max_surge": _DEPLOYED,
    "recreate": _DEPLOYED,
    "progress_deadline_seconds": _DEPLOYED,
    "min_ready_seconds": (*_DEPLOYED, Pattern.STATEFUL),
    "partition": (Pattern.STATEFUL,),
}


def group_problems(workload: Workload) -> Iterator[Problem]:
    """Everything wrong with the groups of inputs."""
    for rule in _RULES:
        yield from rule(workload)


def _ports(workload: Workload) -> Iterator[Problem]:
    inputs = workload.inputs
    used: Counter[tuple[int | None, str]] = Counter((port["port"], port.get("protocol", "TCP")) for port in inputs["ports"].values())
    used.update((number, "TCP") for number in {inputs.get("port"), workload.metrics_port} - {None})
    for name, port in inputs["ports"].items():
        if not _PORT_NAME.fullmatch(name) or name in ("http", "client", "metrics"):
            yield Problem(
                f"ports.{name}", "is no name of a port: at most 15 lower-case letters, digits and hyphens; http, client, metrics are ours"
            )
        for key in ("port", "service_port"):
            if not 1 <= port.get(key, 1) <= 65535:  # type: ignore[operator]
                yield Problem(f"ports.{name}.{key}", f"{port.get(key)} is out of range: 1 to 65535")
        if used[port["port"], port.get("protocol", "TCP")] > 1:
            yield Problem(f"ports.{name}.port", f"{port['port']} is another port's already: keep one")


def _service(workload: Workload) -> Iterator[Problem]:
    wanted = workload.inputs["service"]
    kind = wanted.get("type")
    if "source_ranges" in wanted and kind is not WorkloadServiceType.LOAD_BALANCER:
        yield Problem("service.source_ranges", "only a load balancer looks at them: give type LoadBalancer, or say it in allow_from")
    outside = any(peer.keys() & {"cidr", "internet"} for peer in workload.inputs["allow_from"])
    if kind is WorkloadServiceType.LOAD_BALANCER and not outside:
        yield Problem("service.type", "nobody outside may connect: say in allow_from who comes by the load balancer, internet or a cidr")


def _ways_in(workload: Workload) -> Iterator[Problem]:
    wanted = workload.inputs.get("ingress", {})
    for one, several in (("host", "hosts"), ("path", "paths")):
        if wanted.keys() >= {one, several}:
            yield Problem(f"ingress.{several}", f"is given beside {one}: keep one")
        if wanted.get(several, ["one"]) in ([], {}):
            yield Problem(f"ingress.{several}", "names none: give one, or drop it")
    known = [workload.port_name, *workload.inputs["ports"]]
    for path, port in wanted.get("paths", {}).items():
        if not path.startswith("/"):
            yield Problem(f"ingress.paths.{path}", "is no path: begin with /")
        if port not in known:
            yield Problem(f"ingress.paths.{path}", f"there is no port '{port}'{nearest(port, known)}; there are {', '.join(known)}")
    if "gateway" in workload.inputs and not workload.platform["enable_gateway"]:
        yield Problem("gateway", "this target has no Gateway API: use ingress, or set platform.enable_gateway where it is installed")


def _scaling(workload: Workload) -> Iterator[Problem]:
    wanted = workload.inputs.get("autoscaling")
    if wanted is None:
        return
    if needs_keda(wanted) and not workload.platform["enable_keda"]:
        for key in ("prometheus", "schedules", "min_replicas"):
            if key in wanted and (key != "min_replicas" or not wanted["min_replicas"]):
                yield Problem(f"autoscaling.{key}", "needs KEDA, which this target has not: scale by processor, memory or backlog, from 1")
    for key in ("prometheus", "schedules"):
        if wanted.get(key, ["one"]) == []:
            yield Problem(f"autoscaling.{key}", "names none: give one, or drop it")


def _containers(workload: Workload) -> Iterator[Problem]:
    inputs = workload.inputs
    volumes = [*inputs["volumes"], *inputs["stateful"].get("claims", {}), *([DATA_VOLUME] if "storage" in inputs else [])]
    names = Counter([workload.name, *inputs["init"], *inputs["sidecars"]])
    for group in ("init", "sidecars"):
        containers: Mapping[str, Any] = inputs[group]
        for name, given in containers.items():
            path = f"{group}.{name}"
            if not _NAME.fullmatch(name) or names[name] > 1:
                yield Problem(path, "is no name of a container: lower-case letters, digits and inner hyphens, and no other container's")
            for volume in given.get("volumes", []):
                if volume not in volumes:
                    yield Problem(f"{path}.volumes", f"there is no volume '{volume}'{nearest(volume, volumes)}")
            if group == "sidecars":
                yield from _sidecar(path, given)
            for key in sorted(given.keys() & {"ports", "readiness", "liveness"}) if group == "init" else ():
                yield Problem(f"{path}.{key}", "it ends before anybody connects: drop it, or use sidecars")


def _sidecar(path: str, given: Mapping[str, Any]) -> Iterator[Problem]:
    if "image" not in given:
        yield Problem(f"{path}.image", "is required: an image with a fixed tag or digest")
    for key in ("readiness", "liveness"):
        if key in given and not given[key].keys() & {"command", "port"}:
            yield Problem(f"{path}.{key}.port", "is required: a container beside the workload's has no main port")


def _volumes(workload: Workload) -> Iterator[Problem]:
    claims = workload.inputs["stateful"].get("claims", {})
    for group, names in (("volumes", workload.inputs["volumes"]), ("stateful.claims", claims)):
        for name in names:
            taken = name in (DATA_VOLUME, TOKEN_VOLUME, "files") or name.startswith("writable-") or (group == "volumes" and name in claims)
            if not _NAME.fullmatch(name) or taken:
                yield Problem(
                    f"{group}.{name}", "is no name of a volume: lower-case letters, digits and inner hyphens; data and files are ours"
                )
    for name, volume in workload.inputs["volumes"].items():
        sources = [key for key in SOURCES if key in volume]
        if len(sources) != 1:
            yield Problem(f"volumes.{name}", f"names {', '.join(sources) or 'no source'}: give exactly one of {', '.join(SOURCES)}")
        for key in ("keys", "mode"):
            if key in volume and not volume.keys() & {"secret", "config_map", "token"}:
                yield Problem(f"volumes.{name}.{key}", "is about the files of a Secret, ConfigMap or token: drop it")


def _environment(workload: Workload) -> Iterator[Problem]:
    elsewhere, inputs = workload.inputs["env_from"], workload.inputs
    for key in ("config_keys", "fields"):
        given: Mapping[str, Any] = elsewhere.get(key, {})  # type: ignore[assignment]
        for name in sorted(given.keys() & (inputs["env"].keys() | inputs["secrets"].keys())):
            yield Problem(f"env_from.{key}.{name}", "is also in env or secrets: keep one")
    for name, field in elsewhere.get("fields", {}).items():
        if field not in _FIELDS and not re.fullmatch(r"metadata\.(labels|annotations)\['[^']+'\]", field):
            yield Problem(
                f"env_from.fields.{name}", f"'{field}' is no field{nearest(field, list(_FIELDS))}; there are {', '.join(_FIELDS)}"
            )


def _resources(workload: Workload) -> Iterator[Problem]:
    groups = [("resources", workload.inputs["resources"])]
    for group in ("init", "sidecars"):
        containers: Mapping[str, Any] = workload.inputs[group]
        groups += [(f"{group}.{name}.resources", given.get("resources", {})) for name, given in containers.items()]
    for path, given in groups:
        for name, amount in given.get("extended", {}).items():
            if "/" not in name or not _WHOLE.fullmatch(amount):
                yield Problem(f"{path}.extended.{name}", f"'{amount}' is no amount of it: write it like nvidia.com/gpu: \"1\"")


def _scheduling(workload: Workload) -> Iterator[Problem]:
    for index, given in enumerate(workload.inputs["scheduling"].get("tolerations", [])):
        path = f"scheduling.tolerations[{index}]"
        if given.get("effect", "NoExecute") not in _EFFECTS:
            yield Problem(f"{path}.effect", f"'{given['effect']}' is not one of {', '.join(_EFFECTS)}")
        if "value" in given and "key" not in given:
            yield Problem(f"{path}.key", "is required with a value")
        if "seconds" in given and given.get("effect") != "NoExecute":
            yield Problem(f"{path}.seconds", "is about effect NoExecute alone: give that, or drop it")


def _runs(workload: Workload) -> Iterator[Problem]:
    batch = workload.inputs["batch"]
    if batch.get("indexed") and "completions" not in batch:
        yield Problem("batch.completions", "is required with indexed: it is how many numbers there are")
    for index, given in enumerate(batch.get("failures", [])):
        path = f"batch.failures[{index}]"
        if len(given.keys() & {"exit_codes", "conditions"}) != 1:
            yield Problem(path, "gives exit_codes and conditions, or neither: give one")
        if 0 in given.get("exit_codes", []):
            yield Problem(f"{path}.exit_codes", "0 is success: drop it")
        if given["action"] is WorkloadFailureAction.FAIL_JOB and given.get("conditions") == ["DisruptionTarget"]:
            yield Problem(f"{path}.action", "would end the run whenever a node is drained: use Ignore or Count")
    if "failures" in batch and batch.get("restart", "Never") != "Never":
        yield Problem("batch.restart", "is Never with failures: a container that is restarted in place does not fail its pod")


def _rollout(workload: Workload) -> Iterator[Problem]:
    wanted = workload.inputs["rollout"]
    for key, patterns in _ROLLOUT.items():
        if key in wanted and workload.pattern not in patterns:
            yield Problem(f"rollout.{key}", f"is for {' and '.join(pattern.value for pattern in patterns)} alone: drop it")
    for key in ("max_surge", "max_unavailable"):
        if not _SHARE.fullmatch(str(wanted.get(key, "0"))):
            yield Problem(f"rollout.{key}", f"'{wanted.get(key)}' is neither a number nor a percentage: write it like 1 or 25%")
    if wanted.get("recreate") and wanted.keys() & {"max_surge", "max_unavailable"}:
        yield Problem("rollout.recreate", "lets all pods go at once: drop max_surge and max_unavailable, or recreate")
    if wanted.get("max_surge") in ("0", "0%") and wanted.get("max_unavailable", "0") in ("0", "0%"):
        yield Problem("rollout.max_surge", "0 beside max_unavailable 0 lets no pod come and none go: allow one of the two")


def _lifecycle(workload: Workload) -> Iterator[Problem]:
    wanted = workload.inputs["lifecycle"]
    if "pre_stop" in wanted and "drain_seconds" in workload.given:
        yield Problem("lifecycle.pre_stop", "takes the place of drain_seconds: keep one, and sleep in the command")
    for key in sorted(wanted):
        if not wanted[key]:  # type: ignore[literal-required]
            yield Problem(f"lifecycle.{key}", "names no program: give one, or drop it")


def _metadata(workload: Workload) -> Iterator[Problem]:
    for key in workload.inputs["metadata"].get("labels", {}):
        if any(key == ours or (ours.endswith("/") and key.startswith(ours)) for ours in _OURS):
            yield Problem(f"metadata.labels.{key}", "is a label of ours: use name, component, part_of, team or environment")


def _permissions(workload: Workload) -> Iterator[Problem]:
    for index, rule in enumerate(workload.inputs["service_account"].get("rules", [])):
        for key in ("api_groups", "resources", "verbs"):
            path, words = f"service_account.rules[{index}].{key}", rule[key]
            if not words:
                yield Problem(path, "names none: give one")
            if any("*" in word for word in words):
                yield Problem(path, "has a wildcard, which is whatever comes next, too: name each")
        for verb in sorted(set(rule["verbs"]) & set(_POWERS)):
            yield Problem(f"service_account.rules[{index}].verbs", f"'{verb}' gives more rights than are named here: drop it")


def _questions(workload: Workload) -> Iterator[Problem]:
    probes = [(key, workload.inputs.get(key, {})) for key in ("readiness", "liveness", "startup")]
    probes += [
        (f"sidecars.{name}.{key}", given.get(key, {}))
        for name, given in workload.inputs["sidecars"].items()
        for key in ("readiness", "liveness")
    ]
    for path, probe in probes:
        asked = sorted(QUESTIONS & probe.keys())  # type: ignore[attr-defined]
        if len(asked) > 1:
            yield Problem(path, f"asks by a {' and by a '.join(asked)}: keep one")
        if probe.get("tcp") is False:  # type: ignore[attr-defined]
            yield Problem(f"{path}.tcp", "false asks nothing: drop it")


_RULES: tuple[Callable[[Workload], Iterator[Problem]], ...] = (
    _ports,
    _service,
    _ways_in,
    _scaling,
    _containers,
    _volumes,
    _environment,
    _resources,
    _scheduling,
    _runs,
    _rollout,
    _lifecycle,
    _metadata,
    _permissions,
    _questions,
)
