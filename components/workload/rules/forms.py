"""The forms of inputs: what a number, name, path or address may be, so that nothing is refused, or misread, only by the cluster."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from posixpath import normpath
from typing import Any

from ..._inputs import Problem
from ..args import Pattern
from ..model import PROBES, Workload
from ..patterns.network import SERVICE_PORT
from ..patterns.volumes import file_keys
from ..quantities import is_cpu, is_memory

METRIC_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL_VALUE = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEY = re.compile(r"[-._A-Za-z0-9]{1,253}")
_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
_HOW = "use lower-case letters, digits and inner hyphens"
_Form = tuple[re.Pattern[str], str]
"""A form, and how to keep to it."""
_DNS_LABEL: _Form = re.compile(_LABEL), _HOW
_DNS_NAME: _Form = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*"), f"{_HOW}, with dots between"
_HOST: _Form = re.compile(rf"(?=.{{1,253}}$)(\*\.)?{_LABEL}(\.{_LABEL})*"), f"{_HOW}, with dots between; neither scheme nor port"
_DAY = 86400
_PORTS = (1, 65535)
_LARGEST_CONFIG_MAP = 2**20
"""Bytes that the API server takes in one ConfigMap."""
# Input, lowest, highest; what is not given is not judged.
RANGES: tuple[tuple[str, int, int], ...] = (
    ("replicas", 0, 1000),
    ("port", *_PORTS),
    ("metrics.port", *_PORTS),
    ("user", 0, 2**31 - 1),
    ("grace_period_seconds", 1, _DAY),
    ("drain_seconds", 0, 3600),
    # Fewer than 1 needs KEDA.
    ("autoscaling.min_replicas", 0, 1000),
    ("autoscaling.max_replicas", 1, 1000),
    ("autoscaling.cpu_percent", 1, 1000),
    ("autoscaling.memory_percent", 1, 1000),
    ("autoscaling.backlog_per_replica", 1, 10**9),
    ("heartbeat.max_age_seconds", 1, _DAY),
    ("backlog.objective_seconds", 1, 30 * _DAY),
    ("batch.starting_deadline_seconds", 1, 30 * _DAY),
    ("batch.backoff_limit", 0, 100),
    ("batch.active_deadline_seconds", 1, 30 * _DAY),
    ("batch.successful_history", 0, 100),
    ("batch.failed_history", 0, 100),
    ("batch.ttl_seconds", 0, 365 * _DAY),
    ("batch.parallelism", 1, 10000),
    ("batch.completions", 1, 100000),
    ("service.port", *_PORTS),
    ("rollout.min_ready_seconds", 0, 3600),
    ("rollout.progress_deadline_seconds", 1, _DAY),
    ("rollout.revision_history", 0, 100),
    ("rollout.partition", 0, 1000),
    *((f"{probe}.port", *_PORTS) for probe in PROBES),
    *((f"{probe}.initial_delay_seconds", 0, _DAY) for probe in PROBES),
    *((f"{probe}.{key}", 1, 3600) for probe in PROBES for key in ("period_seconds", "timeout_seconds", "failure_threshold")),
)


def form_problems(workload: Workload) -> Iterator[Problem]:
    """Every input whose value has not the form that Kubernetes wants of it."""
    for rule in _RULES:
        yield from rule(workload)


def _ranges(workload: Workload) -> Iterator[Problem]:
    for path, lowest, highest in RANGES:
        yield from _in_range(path, _at(workload.inputs, path), lowest, highest)
    for direction in ("allow_from", "allow_to"):
        for index, peer in enumerate(workload.inputs[direction]):
            yield from _in_range(f"{direction}[{index}].port", peer.get("port"), *_PORTS)
    taken = workload.pattern is Pattern.STATELESS and workload.metrics_port == SERVICE_PORT != workload.inputs.get("port")
    if taken:
        yield Problem("metrics.port", f"the Service has port {SERVICE_PORT} already, for the main port: choose another")


def _in_range(path: str, value: int | None, lowest: int, highest: int) -> Iterator[Problem]:
    if value is not None and not lowest <= value <= highest:
        yield Problem(path, f"{value} is out of range: {lowest} to {highest}")


def _at(inputs: Any, path: str) -> Any:
    """The value at a dotted path, None where there is none."""
    for key in path.split("."):
        inputs = (inputs or {}).get(key)
    return inputs


def _quantities(workload: Workload) -> Iterator[Problem]:
    amounts = {key: value for key, value in workload.inputs["resources"].items() if key != "extended"}
    for key, value in amounts.items():
        is_right, example = (is_memory, "256Mi") if key.startswith("memory") else (is_cpu, "250m")
        if not is_right(str(value)):
            yield Problem(f"resources.{key}", f"'{value}' is no quantity: write it like {example}")
    size = workload.inputs.get("storage", {}).get("size")
    if size is not None and not is_memory(str(size)):
        yield Problem("storage.size", f"'{size}' is no quantity: write it like 10Gi")


def _probes(workload: Workload) -> Iterator[Problem]:
    for key in PROBES:
        probe = _at(workload.inputs, key) or {}
        if not probe.get("command", ["given"]):
            yield Problem(f"{key}.command", "names no program: give one, or drop it")


def _environment(workload: Workload) -> Iterator[Problem]:
    inputs = workload.inputs
    for name in sorted(inputs["env"].keys() & inputs["secrets"].keys()):
        yield Problem(f"env.{name}", "is also in secrets: keep one")
    for kind in ("env", "secrets"):
        for name in inputs[kind]:
            if not _ENVIRONMENT_NAME.fullmatch(name):
                yield Problem(f"{kind}.{name}", "is no variable name: use letters, digits and _")
    for name, reference in inputs["secrets"].items():
        if not _KEY.fullmatch(reference["key"]):
            yield Problem(f"secrets.{name}.key", f"'{reference['key']}' is no key: use letters, digits, '-', '_' and '.'")


def _mounts(workload: Workload) -> Iterator[Problem]:
    """Every directory and file is below the root, and none is mounted over another."""
    inputs = workload.inputs
    directories = [(f"writable_paths[{index}]", path) for index, path in enumerate(inputs["writable_paths"])]
    if "storage" in inputs:
        directories.append(("storage.mount_path", inputs["storage"]["mount_path"]))
    directories += [
        (f"stateful.claims.{name}.mount_path", claim["mount_path"]) for name, claim in inputs["stateful"].get("claims", {}).items()
    ]
    directories += [(f"volumes.{name}.mount_path", volume["mount_path"]) for name, volume in inputs["volumes"].items()]
    for where, path in directories:
        if not _is_below_root(path.rstrip("/")):
            yield Problem(where, f"'{path}' is no directory below the root: write it like /data")
    for path in inputs["files"]:
        if not _is_below_root(path):
            yield Problem(f"files.{path}", "is no absolute path of a file: write it like /etc/app.toml")
    mounted = Counter([*(path.rstrip("/") for _, path in directories), *inputs["files"]])
    for where, path in [*directories[1:], *((f"files.{path}", path) for path in inputs["files"])]:
        if mounted[path.rstrip("/")] > 1:
            yield Problem(where, f"'{path}' is mounted twice: keep one")


def _is_below_root(path: str) -> bool:
    return path.startswith("/") and path == normpath(path) != "/" and ":" not in path and not path.startswith("//")


def _files(workload: Workload) -> Iterator[Problem]:
    keys = file_keys(workload)
    for key, count in Counter(keys.values()).items():
        if count > 1:
            paths = ", ".join(path for path in keys if keys[path] == key)
            yield Problem("files", f"{paths} would all be '{key}' in the ConfigMap: rename all but one")
    size = sum(len(content.encode()) for content in workload.inputs["files"].values())
    if size > _LARGEST_CONFIG_MAP:
        yield Problem("files", f"have {size} bytes, a ConfigMap takes {_LARGEST_CONFIG_MAP}: put them into the image or a volume")


def _peers(workload: Workload) -> Iterator[Problem]:
    for direction in ("allow_from", "allow_to"):
        for index, peer in enumerate(workload.inputs[direction]):
            path = f"{direction}[{index}]"
            if len(peer.keys() & {"cidr", "internet"}) + bool(peer.keys() & {"workload", "namespace"}) > 1:
                yield Problem(path, "names a workload and addresses, or addresses twice: keep one")
            elif "internet" in peer and not peer["internet"]:
                yield Problem(f"{path}.internet", "false names nobody: drop the flow")
            elif "internet" in peer and "port" not in peer and direction == "allow_to":
                yield Problem(f"{path}.port", "is required with internet, for example 443")
            elif "cidr" in peer and not _is_range(peer["cidr"]):
                yield Problem(f"{path}.cidr", f"'{peer['cidr']}' is no address range: write it like 203.0.113.0/24")
            elif not peer.keys() & {"cidr", "workload", "namespace", "internet"}:
                yield Problem(path, "names nobody: give a workload, a namespace, a cidr, or internet")
            for key in ("workload", "namespace"):
                yield from _named(f"{path}.{key}", _at(peer, key), _DNS_LABEL, "name")


def _is_range(text: str) -> bool:
    from ipaddress import ip_network  # only workloads that speak to addresses pay for this import

    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return "/" in text


def _names(workload: Workload) -> Iterator[Problem]:
    inputs = workload.inputs
    for key in ("team", "environment", "component", "part_of"):
        value = inputs.get(key)
        if value is not None and not _LABEL_VALUE.fullmatch(str(value)):
            yield Problem(key, f"'{value}' is no label value: at most 63 letters, digits, '-', '_' and '.'")
    yield from _named("namespace", inputs["namespace"], _DNS_LABEL, "namespace")
    named: list[tuple[str, _Form, str]] = [
        ("ingress.host", _HOST, "host name"),
        ("ingress.tls_secret", _DNS_NAME, "name of a Secret"),
        ("storage.storage_class", _DNS_NAME, "name of a StorageClass"),
        ("ingress.tls_issuer", _DNS_NAME, "name of a ClusterIssuer"),
        ("gateway.name", _DNS_NAME, "name of a Gateway"),
        ("gateway.namespace", _DNS_LABEL, "namespace"),
        ("stateful.governing_service", _DNS_LABEL, "name of a Service"),
        *((f"secrets.{name}.name", _DNS_NAME, "name of a Secret") for name in inputs["secrets"]),
        *((f"volumes.{name}.{key}", _DNS_NAME, "name") for name in inputs["volumes"] for key in ("secret", "config_map", "claim")),
    ]
    hosts = [*inputs.get("ingress", {}).get("hosts", []), *inputs.get("gateway", {}).get("hosts", [])]
    for host in hosts:
        yield from _named("ingress.hosts" if "ingress" in inputs else "gateway.hosts", host, _HOST, "host name")
    for secret in inputs["image_pull_secrets"]:
        yield from _named("image_pull_secrets", secret, _DNS_NAME, "name of a Secret")
    for path, form, what in named:
        yield from _named(path, _at(inputs, path), form, what)
    for path in (*(f"{probe}.path" for probe in PROBES), "ingress.path", "metrics.path"):
        value = _at(inputs, path)
        if value is not None and not str(value).startswith("/"):
            yield Problem(path, f"'{value}' is no path: begin with /")


def _named(path: str, value: str | None, form: _Form, what: str) -> Iterator[Problem]:
    if value is not None and not form[0].fullmatch(value):
        yield Problem(path, f"'{value}' is no {what}: {form[1]}")


_RULES: tuple[Callable[[Workload], Iterator[Problem]], ...] = (_ranges, _quantities, _probes, _environment, _mounts, _files, _peers, _names)
