"""Golden signals of one workload: a shared dashboard with pickers, and a template for each kind of workload."""

from collections.abc import Callable
from typing import NamedTuple

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel

from ..alerts import CADVISOR, KUBELET, MEMORY_SHARE
from ..owners import CLAIM, CRON_JOB, DAEMON_SET, DEPLOYMENT, JOB, KSM, POD, STATEFUL_SET, Owned
from ..slo import UNCOUNTED_ROUTES
from ._panels import GREEN, RED, Series, choice, graph, listing, number, page


class Scope(NamedTuple):
    """Which workload: names, or the variables or placeholders that stand for them."""

    namespace: str
    workload: str


PICKED = Scope("$namespace", "$workload")
NAMED = Scope("@namespace@", "@workload@")
"""`workload_dashboard` puts the names in."""

Part = Callable[[Scope], list[Builder[Panel]]]


def workload() -> dashboard.Dashboard:
    """Any workload, by pickers."""
    namespace = choice("namespace", "Namespace", f"label_values({POD.owner}, namespace)")
    name = choice("workload", "Workload", f'label_values({POD.owner}{{namespace="$namespace"}}, service)')
    board = page(
        "causeway-workload", "Workload: golden signals", "Traffic, errors, latency and saturation of one workload.", namespace, name
    )
    return _filled(board, PICKED, [requests, pods, resources, volumes, runs])


def templates() -> dict[str, dashboard.Dashboard]:
    """The dashboards that workloads get, by kind, with placeholders for names."""
    kinds: dict[str, list[Part]] = {
        "service": [requests, pods, resources],
        "database": [pods, resources, volumes],
        "worker": [pods, resources],
        "batch": [runs, resources],
        "agent": [pods, resources],
    }
    return {kind: _filled(_template(kind), NAMED, parts) for kind, parts in kinds.items()}


def _template(kind: str) -> dashboard.Dashboard:
    return page("@uid@", "@namespace@ / @workload@", f"What {kind} @workload@ of namespace @namespace@ does, and what it needs.")


def _filled(board: dashboard.Dashboard, scope: Scope, parts: list[Part]) -> dashboard.Dashboard:
    for part in parts:
        for panel in part(scope):
            board = board.with_panel(panel)
    return board


def _mine(scope: Scope, kind: Owned) -> str:
    """Ends an expression over objects of `kind`: keeps those of the workload."""
    owner = f'{kind.owner}{{namespace="{scope.namespace}",service="{scope.workload}"}}'
    return f"* on (namespace, {kind.label}) group_left () {owner}"


def requests(scope: Scope) -> list[Builder[Panel]]:
    """Traffic, errors and latency, where the workload answers HTTP requests."""
    which = f'namespace="{scope.namespace}",service="{scope.workload}",route!~"{UNCOUNTED_ROUTES}"'
    total = f"sum(rate(http_requests_total{{{which}}}[5m]))"
    failed = f'sum(rate(http_requests_total{{{which},status=~"5.."}}[5m]))'
    buckets = f"sum by (le) (rate(http_request_duration_seconds_bucket{{{which}}}[5m]))"
    quantiles = [Series(f"histogram_quantile({share}, {buckets})", f"p{share * 100:g}") for share in (0.5, 0.95, 0.99)]
    return [
        graph(
            "Traffic",
            "Requests per second, by answer; empty until somebody asks.",
            "reqps",
            [Series(f"sum by (status) (rate(http_requests_total{{{which}}}[5m]))", "{{status}}")],
        ),
        graph(
            "Errors",
            "Share of requests answered with 5xx; HighErrorRate at 5%; empty while nobody asks.",
            "percentunit",
            [Series(f"({failed} or 0 * {total}) / ({total} > 0)", "errors")],
            limit=0.05,
        ),
        graph("Latency", "Answer times of half, 95% and 99% of the requests; empty while nobody asks.", "s", quantiles),
    ]


def pods(scope: Scope) -> list[Builder[Panel]]:
    """Whether the pods that should run do, and stay up."""
    series = [
        Series(f"sum(kube_{kind.label}_{metric}{{{KSM}}} {_mine(scope, kind)})", legend)
        for kind, desired, available in (
            (DEPLOYMENT, "spec_replicas", "status_replicas_available"),
            (STATEFUL_SET, "replicas", "status_replicas_available"),
            (DAEMON_SET, "status_desired_number_scheduled", "status_number_available"),
        )
        for metric, legend in ((desired, "wanted"), (available, "available"))
    ]
    restarts = f"sum by (pod, container) (increase(kube_pod_container_status_restarts_total{{{KSM}}}[15m]) {_mine(scope, POD)})"
    return [
        graph("Pods", "Pods wanted and available.", "short", series),
        graph("Restarts", "Restarts within 15 minutes; PodCrashLooping above 3.", "short", [Series(restarts, "{{pod}}")], limit=3),
    ]


def resources(scope: Scope) -> list[Builder[Panel]]:
    """Processor and memory against what the workload may have."""
    usage = f"sum by (pod) (rate(container_cpu_usage_seconds_total{{{CADVISOR}}}[5m]) {_mine(scope, POD)})"
    throttled = f"sum(rate(container_cpu_cfs_throttled_periods_total{{{CADVISOR}}}[5m]) {_mine(scope, POD)})"
    periods = f"sum(rate(container_cpu_cfs_periods_total{{{CADVISOR}}}[5m]) {_mine(scope, POD)})"
    held = f"max by (pod) (container_memory_working_set_bytes{{{CADVISOR}}} {_mine(scope, POD)})"
    limit = f'max(kube_pod_container_resource_limits{{{KSM},resource="memory"}} {_mine(scope, POD)})'
    asked = f'max(kube_pod_container_resource_requests{{{KSM},resource="memory"}} {_mine(scope, POD)})'
    return [
        graph("Processor", "Processors used; empty while no pod runs.", "short", [Series(usage, "{{pod}}")]),
        graph(
            "Throttling",
            "Share of processor periods in which the workload was held back; empty where none has a processor limit.",
            "percentunit",
            [Series(f"{throttled} / {periods}", "throttled")],
        ),
        graph(
            "Memory",
            f"Working set, request and limit; ContainerMemoryNearLimit at {MEMORY_SHARE:.0%} of the limit, a kill at the limit; "
            "empty while no pod runs.",
            "bytes",
            [Series(held, "{{pod}}"), Series(asked, "request"), Series(limit, "limit")],
        ),
    ]


def volumes(scope: Scope) -> list[Builder[Panel]]:
    """The space on the workload's volumes."""
    used = f"kubelet_volume_stats_used_bytes{{{KUBELET}}} / kubelet_volume_stats_capacity_bytes{{{KUBELET}}}"
    share = f"max by (persistentvolumeclaim) (({used}) {_mine(scope, CLAIM)})"
    claimed = f"max by (persistentvolumeclaim) (kube_persistentvolumeclaim_resource_requests_storage_bytes{{{KSM}}} {_mine(scope, CLAIM)})"
    meaning = "Space used; VolumeFillingUp from 85% when it would be full in 4 hours; empty where volumes are directories of the node."
    return [
        graph("Volumes", meaning, "percentunit", [Series(share, "{{persistentvolumeclaim}}")], limit=0.85),
        graph("Volumes claimed", "Size of each claim; empty where there is none.", "bytes", [Series(claimed, "{{persistentvolumeclaim}}")]),
    ]


def runs(scope: Scope) -> list[Builder[Panel]]:
    """When a schedule last ran and succeeded, and its runs."""
    mine = _mine(scope, CRON_JOB)
    success = f"time() - max(kube_cronjob_status_last_successful_time{{{KSM}}} {mine})"
    upcoming = f"min(kube_cronjob_next_schedule_time{{{KSM}}} {mine}) - time()"
    failed = f'sum(kube_job_failed{{{KSM},condition="true"}} {_mine(scope, JOB)}) or vector(0)'
    took = f"(kube_job_status_completion_time{{{KSM}}} - kube_job_status_start_time{{{KSM}}}) {_mine(scope, JOB)}"
    return [
        number("Since success", "Time since a run last succeeded; empty until one has.", "s", success),
        number("Next run", "Time until the next run; empty where there is no schedule.", "s", upcoming),
        number("Failed runs", "Failed runs that are still kept.", "short", failed, [(None, GREEN), (1, RED)]),
        listing("Duration of runs", "Seconds that each kept run took; empty until one has ended.", f"max by (job_name) ({took})", width=12),
    ]
