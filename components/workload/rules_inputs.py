"""Rules over the inputs: what a pattern takes, needs and refuses, before any object is made."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from .._inputs import Problem
from ..monitoring.slo import objective_problems
from .args import Pattern
from .model import Workload
from .monitor import objective
from .quantities import is_cpu, is_memory

_LABEL_VALUE = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_METRIC_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_CIDR = re.compile(r"[0-9a-fA-F.:]+/\d{1,3}")
_SERVING = (Pattern.STATELESS, Pattern.STATEFUL, Pattern.DAEMON)
_LASTING = (*_SERVING, Pattern.WORKER)
_REPLICATED = (Pattern.STATELESS, Pattern.STATEFUL, Pattern.WORKER)
_ENDING = (Pattern.BATCH, Pattern.JOB)
# Input, the patterns that take it, and what to do in the others.
_BELONGS: tuple[tuple[str, tuple[Pattern, ...], str], ...] = (
    ("port", _SERVING, "nothing connects to it: use pattern 'stateless' for a program that answers, metrics.port for metrics"),
    ("ingress", (Pattern.STATELESS,), "is not reached from outside the cluster: let a stateless workload answer, and allow_from it"),
    (
        "autoscaling",
        (Pattern.STATELESS, Pattern.WORKER),
        "has pods that are not interchangeable: drop autoscaling, set replicas where there are any",
    ),
    ("replicas", _REPLICATED, "has as many pods as runs or nodes: drop replicas, or use pattern 'worker'"),
    ("readiness", _LASTING, "ends by itself and gets no traffic: drop the probe"),
    ("liveness", _LASTING, "ends by itself: drop the probe, batch.active_deadline_seconds ends a run that hangs"),
    ("startup", _LASTING, "ends by itself and gets no traffic: drop the probe"),
    ("drain_seconds", _SERVING, "is in no Service: drop drain_seconds, grace_period_seconds is the time to finish"),
    ("slo", (Pattern.STATELESS,), "answers no users' requests: give the objective to the stateless workload in front of it"),
    ("batch", _ENDING, "does not end: use pattern 'batch' on a schedule, 'job' for one run"),
    ("storage", (*_REPLICATED, *_ENDING), "runs on every node, and a volume is on one: use writable_paths"),
)


def problems(workload: Workload) -> Iterator[Problem]:
    """Everything wrong with the inputs of a workload."""
    for rule in _RULES:
        yield from rule(workload)


def _inputs_of_other_patterns(workload: Workload) -> Iterator[Problem]:
    for key, patterns, reason in _BELONGS:
        if key in workload.given and workload.pattern not in patterns:
            yield Problem(key, f"pattern '{workload.pattern.value}' {reason}")


def _needed_by_stateful(workload: Workload) -> Iterator[Problem]:
    if workload.pattern is not Pattern.STATEFUL:
        return
    if "port" not in workload.inputs:
        yield Problem("port", "pattern 'stateful' needs the port that clients connect to, for example 5432")
    if "storage" not in workload.inputs:
        yield Problem("storage", "pattern 'stateful' needs a volume: give storage.mount_path, or use pattern 'stateless'")
    if not workload.inputs["readiness"].keys() & {"command", "path"}:
        yield Problem("readiness", "a port that answers is no database that is ready: give readiness.command, for example pg_isready")


def _needed_by_runs(workload: Workload) -> Iterator[Problem]:
    batch = workload.inputs["batch"]
    if workload.pattern is Pattern.BATCH:
        if "schedule" not in batch:
            yield Problem("batch.schedule", "pattern 'batch' runs on a schedule: give five cron fields, or use pattern 'job'")
        if "time_zone" not in batch:
            yield Problem("batch.time_zone", "a schedule needs a time zone: name one, for example Etc/UTC")
    if workload.pattern is Pattern.JOB and "schedule" in batch:
        yield Problem("batch.schedule", "pattern 'job' runs once: use pattern 'batch'")


def _needed_by_agents(workload: Workload) -> Iterator[Problem]:
    if workload.pattern is Pattern.DAEMON and "port" not in workload.inputs:
        for probe in ("readiness", "liveness", "startup"):
            if "command" not in workload.inputs.get(probe, {"command": []}):  # type: ignore[operator]
                yield Problem(probe, "there is no port to ask: give a command, or a port")


def _ranges(workload: Workload) -> Iterator[Problem]:
    inputs = workload.inputs
    numbers: list[tuple[str, Any, int, int]] = [
        ("replicas", inputs["replicas"], 0, 1000),
        ("port", inputs.get("port", 1), 1, 65535),
        ("metrics.port", workload.metrics_port or 1, 1, 65535),
        ("user", inputs["user"], 1, 2**31 - 1),
        ("grace_period_seconds", inputs["grace_period_seconds"], 1, 86400),
        ("drain_seconds", inputs["drain_seconds"], 0, 3600),
        ("batch.backoff_limit", inputs["batch"].get("backoff_limit", 0), 0, 100),
    ]
    for path, value, lowest, highest in numbers:
        if not lowest <= value <= highest:
            yield Problem(path, f"{value} is out of range: {lowest} to {highest}")


def _quantities(workload: Workload) -> Iterator[Problem]:
    for key, value in workload.inputs["resources"].items():
        is_right, example = (is_memory, "256Mi") if key.startswith("memory") else (is_cpu, "250m")
        if not is_right(str(value)):
            yield Problem(f"resources.{key}", f"'{value}' is no quantity: write it like {example}")
    size = workload.inputs.get("storage", {}).get("size")
    if size is not None and not is_memory(str(size)):
        yield Problem("storage.size", f"'{size}' is no quantity: write it like 10Gi")


def _autoscaling(workload: Workload) -> Iterator[Problem]:
    wanted = workload.inputs.get("autoscaling")
    if wanted is None:
        return
    if "backlog_metric" in wanted and workload.pattern is not Pattern.WORKER:
        yield Problem("autoscaling.backlog_metric", "only a worker has a backlog: use cpu_percent, or pattern 'worker'")
    if "backlog_metric" in wanted and "cpu_percent" in wanted:
        yield Problem("autoscaling", "scales by backlog and by processor at once: keep one")
    if "backlog_per_replica" in wanted and "backlog_metric" not in wanted:
        yield Problem("autoscaling.backlog_metric", "is missing: backlog_per_replica needs the metric that counts waiting work")


def _peers(workload: Workload) -> Iterator[Problem]:
    for direction in ("allow_from", "allow_to"):
        for index, peer in enumerate(workload.inputs[direction]):
            path = f"{direction}[{index}]"
            if "cidr" in peer and ("workload" in peer or "namespace" in peer):
                yield Problem(path, "names a workload and addresses: keep one")
            elif "cidr" in peer and not _CIDR.fullmatch(peer["cidr"]):
                yield Problem(f"{path}.cidr", f"'{peer['cidr']}' is no address range: write it like 203.0.113.0/24")
            elif not peer.keys() & {"cidr", "workload", "namespace"}:
                yield Problem(path, "names nobody: give a workload, a namespace or a cidr")


def _environment(workload: Workload) -> Iterator[Problem]:
    inputs = workload.inputs
    for name in sorted(inputs["env"].keys() & inputs["secrets"].keys()):
        yield Problem(f"env.{name}", "is also in secrets: keep one")
    for kind in ("env", "secrets"):
        for name in inputs[kind]:
            if not _ENVIRONMENT_NAME.fullmatch(name):
                yield Problem(f"{kind}.{name}", "is no variable name: use letters, digits and _")


def _paths(workload: Workload) -> Iterator[Problem]:
    inputs = workload.inputs
    mount = [("storage.mount_path", inputs["storage"]["mount_path"])] if "storage" in inputs else []
    for path, directory in [*((f"writable_paths[{index}]", path) for index, path in enumerate(inputs["writable_paths"])), *mount]:
        if not directory.startswith("/") or directory.rstrip("/") == "":
            yield Problem(path, f"'{directory}' is no directory below the root: write it like /data")
    for path in inputs["files"]:
        if not path.startswith("/"):
            yield Problem(f"files.{path}", "is no absolute path: begin with /")
    for _, directory in mount:
        if directory in inputs["writable_paths"]:
            yield Problem("storage.mount_path", f"'{directory}' is also in writable_paths: keep one")


def _objectives(workload: Workload) -> Iterator[Problem]:
    promised, waiting = workload.inputs.get("slo"), workload.inputs.get("backlog")
    if promised is not None and workload.pattern is Pattern.STATELESS and not workload.metrics_port:
        yield Problem("slo", "nothing shows whether it is kept: give metrics too")
    for key, reason in objective_problems(wanted) if (wanted := objective(workload)) else ():
        yield Problem(f"slo.{key}", reason)
    if waiting is not None and not workload.metrics_port:
        yield Problem("backlog", "nothing shows the metric: give metrics too")
    if waiting is not None and not _METRIC_NAME.fullmatch(waiting["metric"]):
        yield Problem("backlog.metric", f"'{waiting['metric']}' is no metric name: use letters, digits, '_' and ':'")
    if waiting is not None and waiting["objective_seconds"] < 1:
        yield Problem("backlog.objective_seconds", f"{waiting['objective_seconds']} is out of range: at least 1")


def _label_values(workload: Workload) -> Iterator[Problem]:
    for key in ("team", "environment", "component", "part_of", "namespace"):
        value = workload.inputs.get(key)
        if value is not None and not _LABEL_VALUE.fullmatch(str(value)):
            yield Problem(key, f"'{value}' is no label value: at most 63 letters, digits, '-', '_' and '.'")


_RULES: tuple[Callable[[Workload], Iterator[Problem]], ...] = (
    _inputs_of_other_patterns,
    _needed_by_stateful,
    _needed_by_runs,
    _needed_by_agents,
    _ranges,
    _quantities,
    _autoscaling,
    _peers,
    _environment,
    _paths,
    _objectives,
    _label_values,
)
