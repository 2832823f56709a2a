"""Rules over the inputs: what a pattern takes, needs and refuses, before any object is made."""

from collections.abc import Callable, Iterator

from ..._inputs import Problem
from ...monitoring.slo import objective_problems
from ..args import Pattern
from ..model import PROBES, QUESTIONS, Workload
from ..patterns.monitor import objective
from .forms import METRIC_NAME, form_problems
from .groups import group_problems

_SERVING = (Pattern.STATELESS, Pattern.STATEFUL, Pattern.DAEMON)
_LASTING = (*_SERVING, Pattern.WORKER)
_REPLICATED = (Pattern.STATELESS, Pattern.STATEFUL, Pattern.WORKER)
_ENDING = (Pattern.BATCH, Pattern.JOB)
_OF_A_SCHEDULE = (
    "schedule", "time_zone", "concurrency", "starting_deadline_seconds", "enable_schedule", "successful_history", "failed_history",
)  # fmt: skip
# Input, the patterns that take it, and what to do in the others.
BELONGS: tuple[tuple[str, tuple[Pattern, ...], str], ...] = (
    ("port", _SERVING, "nothing connects to it: use pattern 'stateless' for a program that answers, metrics.port for metrics"),
    ("ports", _SERVING, "nothing connects to it: use pattern 'stateless' for a program that answers"),
    ("service", (Pattern.STATELESS, Pattern.STATEFUL), "has no Service: use pattern 'stateless' for a program that answers"),
    ("stateful", (Pattern.STATEFUL,), "has no volumes and names of its own: use pattern 'stateful'"),
    ("rollout", _LASTING, "ends by itself, and the next run is the new version: drop rollout"),
    ("gateway", (Pattern.STATELESS,), "is not reached from outside the cluster: let a stateless workload answer, and allow_from it"),
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
    ("heartbeat", (Pattern.WORKER, Pattern.DAEMON), "is asked at its port, or ends: give liveness.path, or drop the heartbeat"),
    ("drain_seconds", _SERVING, "is in no Service: drop drain_seconds, grace_period_seconds is the time to finish"),
    ("slo", (Pattern.STATELESS,), "answers no users' requests: give the objective to the stateless workload in front of it"),
    ("batch", _ENDING, "does not end: use pattern 'batch' on a schedule, 'job' for one run"),
    ("metrics", _LASTING, "ends by itself, sooner than it is scraped: drop metrics, the cluster's own series tell of its runs"),
    ("backlog", _LASTING, "ends by itself: what waits for it is the queue's to tell, give it to the worker"),
    ("storage", (*_REPLICATED, *_ENDING), "runs on every node, and a volume is on one: use writable_paths"),
)


def problems(workload: Workload) -> Iterator[Problem]:
    """Everything wrong with the inputs of a workload."""
    yield from form_problems(workload)
    yield from group_problems(workload)
    for rule in _RULES:
        yield from rule(workload)


def _inputs_of_other_patterns(workload: Workload) -> Iterator[Problem]:
    for key, patterns, reason in BELONGS:
        if key in workload.given and workload.pattern not in patterns:
            yield Problem(key, f"pattern '{workload.pattern.value}' {reason}")


def _needed_by_stateful(workload: Workload) -> Iterator[Problem]:
    if workload.pattern is not Pattern.STATEFUL:
        return
    if "port" not in workload.inputs:
        yield Problem("port", "pattern 'stateful' needs the port that clients connect to, for example 5432")
    if "storage" not in workload.inputs:
        yield Problem("storage", "pattern 'stateful' needs a volume: give storage.mount_path, or use pattern 'stateless'")
    if not workload.inputs["readiness"].keys() & QUESTIONS:
        yield Problem("readiness", "a port that answers is no database that is ready: give readiness.command, for example pg_isready")


def _needed_by_runs(workload: Workload) -> Iterator[Problem]:
    batch = workload.inputs["batch"]
    if workload.pattern is Pattern.BATCH:
        if "schedule" not in batch:
            yield Problem("batch.schedule", "pattern 'batch' runs on a schedule: give five cron fields, or use pattern 'job'")
        if "time_zone" not in batch:
            yield Problem("batch.time_zone", "a schedule needs a time zone: name one, for example Etc/UTC")
    for key in _OF_A_SCHEDULE if workload.pattern is Pattern.JOB else ():
        if key in batch:
            yield Problem(f"batch.{key}", "pattern 'job' runs once: use pattern 'batch'")


def _needed_without_a_port(workload: Workload) -> Iterator[Problem]:
    """What a pattern may do without a port: be asked by a command, and be connected to at a port that is named."""
    if "port" in workload.inputs:
        return
    for probe in PROBES:
        question = workload.inputs.get(probe, {"command": []})
        if not question.keys() & {"command", "port"} or ("path" in question and "port" not in question):  # type: ignore[attr-defined, operator]
            or_else = ", a heartbeat" if probe == "liveness" else ""
            or_else += ", or a port" if workload.pattern is Pattern.DAEMON else ""
            yield Problem(probe, f"there is no port to ask: give a command{or_else}")
    for index, peer in enumerate(workload.inputs["allow_from"]):
        if "port" not in peer:
            yield Problem(f"allow_from[{index}].port", "is required where there is no main port, or every port would be open")


def _heartbeat(workload: Workload) -> Iterator[Problem]:
    """A heartbeat is the liveness question, and its file is in a directory that can be written to."""
    wanted, places = workload.inputs.get("heartbeat"), workload.inputs["writable_paths"]
    if wanted is None:
        return
    if QUESTIONS & workload.liveness_given:
        yield Problem("heartbeat", "is a question of its own: drop it, or what liveness asks")
    if not any(wanted["file"].startswith(f"{path.rstrip('/')}/") for path in places):
        yield Problem("heartbeat.file", f"'{wanted['file']}' is in none of writable_paths ({', '.join(places)}): add its directory")


def _autoscaling(workload: Workload) -> Iterator[Problem]:
    wanted = workload.inputs.get("autoscaling")
    if wanted is None:
        return
    if "backlog_metric" in wanted and workload.pattern is not Pattern.WORKER:
        yield Problem("autoscaling.backlog_metric", "only a worker has a backlog: use cpu_percent, or pattern 'worker'")
    if "backlog_metric" in wanted and wanted.keys() & {"cpu_percent", "memory_percent"}:
        yield Problem("autoscaling", "scales by backlog and by processor at once: keep one")
    if "backlog_metric" in wanted and not METRIC_NAME.fullmatch(wanted["backlog_metric"]):
        yield Problem("autoscaling.backlog_metric", f"'{wanted['backlog_metric']}' is no metric name: use letters, digits, '_' and ':'")
    if "backlog_per_replica" in wanted and "backlog_metric" not in wanted:
        yield Problem("autoscaling.backlog_metric", "is missing: backlog_per_replica needs the metric that counts waiting work")


def _objectives(workload: Workload) -> Iterator[Problem]:
    promised, waiting = workload.inputs.get("slo"), workload.inputs.get("backlog")
    if promised is not None and workload.pattern is Pattern.STATELESS and not workload.metrics_port:
        yield Problem("slo", "nothing shows whether it is kept: give metrics too")
    for key, reason in objective_problems(wanted) if (wanted := objective(workload)) else ():
        yield Problem(f"slo.{key}", reason)
    if waiting is not None and not workload.metrics_port:
        yield Problem("backlog", "nothing shows the metric: give metrics too")
    if waiting is not None and not METRIC_NAME.fullmatch(waiting["metric"]):
        yield Problem("backlog.metric", f"'{waiting['metric']}' is no metric name: use letters, digits, '_' and ':'")


_RULES: tuple[Callable[[Workload], Iterator[Problem]], ...] = (
    _inputs_of_other_patterns,
    _needed_by_stateful,
    _needed_by_runs,
    _needed_without_a_port,
    _heartbeat,
    _autoscaling,
    _objectives,
)
