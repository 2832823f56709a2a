"""The story of each alert: what makes it fire, after how long, and near misses (requirements 1.7, 2.7, 4.4)."""

from collections.abc import Mapping

from tests.components.monitoring.cases_secrets import SECRETS
from tests.components.monitoring.promtool import KSM, MINUTE, MINUTES, OWNER, Case, steady

MEBIBYTE = 2**20

CADVISOR = 'job="kubelet",metrics_path="/metrics/cadvisor"'
POD = 'namespace="shop",pod="web-1"'
CONTAINER = f'{POD},container="web"'
_OURS = 'label_causeway_dev_team="shop",label_app_kubernetes_io_name="web"'
POD_OWNER = {f"kube_pod_labels{{{KSM},{POD},{_OURS}}}": steady(1)}
IN_POD = {"namespace": "shop", "pod": "web-1", "container": "web", **OWNER}

_RESTARTS = f"kube_pod_container_status_restarts_total{{{KSM},{CONTAINER}}}"
_HELD = f"container_memory_working_set_bytes{{{CADVISOR},{CONTAINER}}}"
_THROTTLED = f"container_cpu_cfs_throttled_periods_total{{{CADVISOR},{CONTAINER}}}"
_PERIODS = f"container_cpu_cfs_periods_total{{{CADVISOR},{CONTAINER}}}"


def _killed(reason: str) -> str:
    return f'kube_pod_container_status_last_terminated_reason{{{KSM},{CONTAINER},reason="{reason}"}}'


CONTAINERS: dict[str, Case] = {
    "ContainerMemoryNearLimit warning": Case(
        hold=10,
        labels={**IN_POD, "severity": "warning"},
        # Requirements 1.9: 230.4Mi is 90% of the web API's 256Mi.
        fires=({_HELD: steady(231 * MEBIBYTE)},),
        silent=({_HELD: steady(230 * MEBIBYTE)},),
        always={**POD_OWNER, f'kube_pod_container_resource_limits{{{KSM},{CONTAINER},resource="memory"}}': steady(256 * MEBIBYTE)},
    ),
    "ContainerOOMKilled critical": Case(
        hold=0,
        starts=10,
        labels={**IN_POD, "severity": "critical"},
        fires=({_RESTARTS: "0+0x9 1+0x80", _killed("OOMKilled"): steady(1)},),
        silent=(
            {_RESTARTS: steady(1), _killed("OOMKilled"): steady(1)},
            {_RESTARTS: "0+0x9 1+0x80", _killed("Error"): steady(1)},
            {_RESTARTS: "0+0x9 1+0x80", _killed("OOMKilled"): steady(0)},
        ),
        always=POD_OWNER,
    ),
    "PodCrashLooping critical": Case(
        hold=5,
        starts=12,
        labels={**IN_POD, "severity": "critical"},
        fires=({_RESTARTS: " ".join(f"{count}+0x2" for count in range(30))},),
        silent=({_RESTARTS: " ".join(f"{count}+0x4" for count in range(18))},),
        always=POD_OWNER,
    ),
    "CPUThrottlingHigh info": Case(
        hold=15,
        starts=1,
        labels={**IN_POD, "severity": "info"},
        fires=({_THROTTLED: f"0+156x{MINUTES}"},),
        silent=({_THROTTLED: f"0+144x{MINUTES}"},),
        always={**POD_OWNER, _PERIODS: f"0+600x{MINUTES}"},
    ),
}


def _replicas(kind: str, desired: str, available: str) -> Case:
    named = f'{KSM},namespace="shop",{kind}="web"'
    return Case(
        hold=15,
        labels={"namespace": "shop", kind: "web", "kind": kind, **OWNER, "severity": "warning"},
        fires=({f"{available}{{{named}}}": steady(1)}, {f"{available}{{{named}}}": steady(3)}),
        silent=({f"{available}{{{named}}}": steady(2)},),
        always={f"{desired}{{{named}}}": steady(2), f"kube_{kind}_labels{{{named},{_OURS}}}": steady(1)},
    )


REPLICAS: dict[str, Case] = {
    "PodNotReady deployment warning": _replicas("deployment", "kube_deployment_spec_replicas", "kube_deployment_status_replicas_available"),
    "PodNotReady statefulset warning": _replicas("statefulset", "kube_statefulset_replicas", "kube_statefulset_status_replicas_available"),
    "PodNotReady daemonset warning": _replicas(
        "daemonset", "kube_daemonset_status_desired_number_scheduled", "kube_daemonset_status_number_available"
    ),
}

_CLAIM = 'namespace="shop",persistentvolumeclaim="data"'
_AVAILABLE = f'kubelet_volume_stats_available_bytes{{job="kubelet",metrics_path="/metrics",{_CLAIM}}}'
_CAPACITY = {
    f'kubelet_volume_stats_capacity_bytes{{job="kubelet",metrics_path="/metrics",{_CLAIM}}}': steady(1_000_000),
    f"kube_persistentvolumeclaim_labels{{{KSM},{_CLAIM},{_OURS}}}": steady(1),
}
_CLAIM_LABELS = {"namespace": "shop", "persistentvolumeclaim": "data", **OWNER}

VOLUMES: dict[str, Case] = {
    "VolumeFillingUp warning": Case(
        hold=15,
        starts=1,
        labels={**_CLAIM_LABELS, "severity": "warning"},
        fires=({_AVAILABLE: f"146000-700x{MINUTES}"},),
        # Still above 15% for most of the time; below 15% and not shrinking; shrinking so that it lasts five hours.
        silent=({_AVAILABLE: f"159000-700x{MINUTES}"}, {_AVAILABLE: steady(140_000)}, {_AVAILABLE: f"146000-480x{MINUTES}"}),
        always=_CAPACITY,
    ),
    "VolumeFillingUp critical": Case(
        hold=1,
        labels={**_CLAIM_LABELS, "severity": "critical"},
        fires=({_AVAILABLE: steady(29_500)},),
        silent=({_AVAILABLE: steady(30_500)},),
        always=_CAPACITY,
    ),
}


def _targets(number: int, down: int) -> Mapping[str, str]:
    """A job with so many targets, some of which do not answer; their pods belong to the shop's web API."""
    pods = [(f'namespace="shop",pod="web-{index}"', index) for index in range(number)]
    targets = {
        f'up{{{pod},job="web",service="web",instance="192.0.2.{index}:8080",endpoint="http"}}': steady(int(index >= down))
        for pod, index in pods
    }
    return {**targets, **{f"kube_pod_labels{{{KSM},{pod},{_OURS}}}": steady(1) for pod, _ in pods}}


TARGETS: dict[str, Case] = {
    "TargetDown warning": Case(
        hold=10,
        labels={"namespace": "shop", "job": "web", **OWNER, "severity": "warning"},
        fires=(_targets(19, 2),),
        silent=(_targets(21, 2), _targets(10, 1)),
        always={},
    )
}

_JOB = f'{KSM},namespace="shop",job_name="report-1"'
_CRON_JOB = f'{KSM},namespace="shop",cronjob="report"'
_SUCCESS = f"kube_cronjob_status_last_successful_time{{{_CRON_JOB}}}"


def _failed(condition: str) -> str:
    return f'kube_job_failed{{{_JOB},condition="{condition}"}}'


def _of_schedule(schedule: str) -> str:
    return f'kube_cronjob_info{{{_CRON_JOB},schedule="{schedule}",timezone="Etc/UTC"}}'


_NEXT = f"kube_cronjob_next_schedule_time{{{_CRON_JOB}}}"
_LAST = f"kube_cronjob_status_last_schedule_time{{{_CRON_JOB}}}"
_DEADLINE = f"kube_cronjob_spec_starting_deadline_seconds{{{_CRON_JOB}}}"
_SUSPENDED = f"kube_cronjob_spec_suspend{{{_CRON_JOB}}}"
_SCHEDULED = {
    f"kube_cronjob_labels{{{_CRON_JOB},{_OURS}}}": steady(1),
    f"kube_cronjob_created{{{_CRON_JOB}}}": steady(0),
}
_OWN = {_of_schedule("*/10 * * * *"): steady(1)}
_PERIOD = {_NEXT: steady(10 * MINUTE), _LAST: steady(0)}


def _edited(minute: int, schedule: str = "5 * * * *") -> dict[str, str]:
    """A CronJob that has another schedule from that minute on."""
    return {_of_schedule("0 6 * * *"): f"1+0x{minute - 1} stale", _of_schedule(schedule): f"_x{minute} 1+0x{MINUTES - minute}"}


def _resumed(minute: int) -> dict[str, str]:
    return {**_OWN, _SUSPENDED: f"1+0x{minute - 1} 0+0x{MINUTES - minute}"}


RUNS: dict[str, Case] = {
    "JobFailed warning": Case(
        hold=0,
        labels={"namespace": "shop", "job_name": "report-1", **OWNER, "severity": "warning"},
        fires=({_failed("true"): steady(1)}, {_failed("true"): steady(1), _SUCCESS: steady(50)}),
        silent=({_failed("true"): steady(0)}, {_failed("false"): steady(1)}, {_failed("true"): steady(1), _SUCCESS: steady(150)}),
        always={
            f"kube_job_labels{{{_JOB},{_OURS}}}": steady(1),
            f"kube_job_created{{{_JOB}}}": steady(100),
            f'kube_job_owner{{{_JOB},owner_kind="CronJob",owner_name="report"}}': steady(1),
        },
    ),
    "CronJobMissedRun warning": Case(
        hold=1,
        starts=16,
        labels={"namespace": "shop", "cronjob": "report", **OWNER, "severity": "warning"},
        # It is due after the schedule was changed, or resumed; a run that was due before is none of its runs.
        fires=(
            {**_OWN, _NEXT: steady(10 * MINUTE), _DEADLINE: steady(300)},
            {**_edited(3), _NEXT: f"{600 * MINUTE}+0x2 {10 * MINUTE}+0x87", _DEADLINE: steady(300)},
            {**_resumed(3), _NEXT: f"_x3 {10 * MINUTE}+0x87", _DEADLINE: steady(300)},
        ),
        # It starts just in time; the next one is due after the story; it is suspended and has no next run.
        silent=(
            {**_OWN, _NEXT: f"{10 * MINUTE}+0x15 {(MINUTES + 10) * MINUTE}+0x{MINUTES}", _DEADLINE: steady(300)},
            {**_OWN, _NEXT: steady(MINUTES * MINUTE), _DEADLINE: steady(300)},
            {**_OWN, _DEADLINE: steady(300)},
            {**_edited(13), _NEXT: f"{600 * MINUTE}+0x12 {10 * MINUTE}+0x77", _DEADLINE: steady(300)},
            {**_resumed(13), _NEXT: f"_x13 {10 * MINUTE}+0x77", _DEADLINE: steady(300)},
        ),
        always=_SCHEDULED,
    ),
    "CronJobLate warning": Case(
        hold=5,
        starts=21,
        labels={"namespace": "shop", "cronjob": "report", **OWNER, "severity": "warning"},
        fires=({**_OWN, _SUCCESS: steady(0), **_PERIOD}, {**_OWN, **_PERIOD}),
        # It succeeded in between; it is suspended and has no next run; its schedule was changed, or resumed, since its last run.
        silent=(
            {**_OWN, _SUCCESS: f"0+0x15 {15 * MINUTE}+0x60", **_PERIOD},
            {**_OWN, _SUCCESS: steady(0), _SUSPENDED: steady(1)},
            {**_edited(18), _SUCCESS: steady(0), **_PERIOD},
            {**_resumed(18), _SUCCESS: steady(0), **_PERIOD},
        ),
        always=_SCHEDULED,
    ),
}

_APP = 'name="shop",project="shop",namespace="argocd",dest_namespace="shop"'
_APP_LABELS = {"name": "shop", "project": "shop", "namespace": "argocd", "dest_namespace": "shop", "team": "shop", "service": "shop"}
_REPOSITORY = 'namespace="argocd",repo="https://git.example/shop"'


def _info(sync: str, health: str) -> dict[str, str]:
    return {f'argocd_app_info{{{_APP},sync_status="{sync}",health_status="{health}"}}': steady(1)}


def _event(counter: str) -> tuple[dict[str, str], dict[str, str]]:
    """A counter that begins with its first event, and one that counts one more, both in minute 20."""
    return {counter: "_x20 1+0x60"}, {counter: "1+0x19 2+0x60"}


def _no_event(counter: str) -> tuple[dict[str, str], dict[str, str]]:
    """A counter that stands still, and one that begins without an event."""
    return {counter: steady(2)}, {counter: "_x20 0+0x60"}


_SYNC_FAILED = f'argocd_app_sync_total{{{_APP},phase="Failed"}}'
_FETCH, _LIST = (f"argocd_git_{verb}_fail_total{{{_REPOSITORY}}}" for verb in ("fetch", "lsremote"))

GITOPS: dict[str, Case] = {
    "ArgoCDAppOutOfSync warning": Case(
        hold=15,
        labels={**_APP_LABELS, "severity": "warning"},
        fires=(_info("OutOfSync", "Healthy"),),
        silent=(_info("Synced", "Healthy"), _info("Synced", "Degraded")),
        always={},
    ),
    "ArgoCDAppUnhealthy warning": Case(
        hold=10,
        labels={**_APP_LABELS, "severity": "warning"},
        fires=(_info("Synced", "Degraded"), _info("Synced", "Missing")),
        silent=(_info("OutOfSync", "Healthy"), _info("Synced", "Suspended")),
        always={},
    ),
    "ArgoCDSyncFailed warning": Case(
        hold=0,
        starts=20,
        labels={**_APP_LABELS, "severity": "warning"},
        fires=_event(_SYNC_FAILED),
        silent=(*_no_event(_SYNC_FAILED), _event(f'argocd_app_sync_total{{{_APP},phase="Succeeded"}}')[0]),
        always={},
    ),
    "ArgoCDRepositoryUnreachable critical": Case(
        hold=5,
        starts=20,
        labels={"namespace": "argocd", "repo": "https://git.example/shop", "team": "platform", "service": "argocd", "severity": "critical"},
        fires=(*_event(_FETCH), *_event(_LIST)),
        silent=(*_no_event(_FETCH), *_no_event(_LIST)),
        always={},
    ),
}

_ROUTE = 'namespace="shop",service="web",route="/orders"'
_WEB_LABELS = {"namespace": "shop", **OWNER}


def _identity(slo: str) -> dict[str, str]:
    return {"sloth_id": f"shop-web-{slo}", "sloth_service": "web", "sloth_slo": slo, "namespace": "shop"}


def _ratio(slo: str, window: str) -> str:
    labels = {**_identity(slo), "sloth_window": window}
    return f"slo:sli_error:ratio_rate{window}{{{','.join(f'{key}={chr(34)}{value}{chr(34)}' for key, value in labels.items())}}}"


def _answers(within: int) -> dict[str, str]:
    """10,000 requests a minute: none within 100 ms, so many within 250 ms, all within 500 ms."""
    buckets = (("0.1", 0), ("0.25", within), ("0.5", 10_000), ("+Inf", 10_000))
    return {f'http_request_duration_seconds_bucket{{{_ROUTE},le="{bound}"}}': f"0+{count}x{MINUTES}" for bound, count in buckets}


WORKLOADS: dict[str, Case] = {
    "HighErrorRate critical": Case(
        hold=5,
        labels={**_identity("availability"), "sloth_window": "5m", **_WEB_LABELS, "severity": "critical"},
        fires=({_ratio("availability", "5m"): steady(0.052)},),
        silent=({_ratio("availability", "5m"): steady(0.049)}, {_ratio("latency", "5m"): steady(0.5)}),
        always={},
    ),
    "HighLatencyP99 warning": Case(
        hold=10,
        starts=1,
        labels={**_WEB_LABELS, "severity": "warning"},
        fires=(_answers(9895),),
        silent=(_answers(9902),),
        always={},
    ),
    "QueueBacklog warning": Case(
        hold=10,
        labels={"namespace": "shop", "team": "shop", "service": "worker", "severity": "warning"},
        fires=({'shop_backlog_oldest_age_seconds{namespace="shop",pod="worker-1"}': steady(62)},),
        silent=(
            {'shop_backlog_oldest_age_seconds{namespace="shop",pod="worker-1"}': steady(58)},
            {'shop_backlog_oldest_age_seconds{namespace="other",pod="worker-1"}': steady(600)},
        ),
        always={},
    ),
}


def _burn(slo: str, budget: float, factor: float, long: str, short: str, hold: int, severity: str) -> Case:
    over, under = steady(factor * budget * 1.04), steady(factor * budget * 0.96)
    labels = {**_identity(slo), "sloth_window": long, **_WEB_LABELS, "slo": slo, "window": long, "severity": severity}
    first, second = _ratio(slo, long), _ratio(slo, short)
    return Case(
        hold=hold,
        labels=labels,
        fires=({first: over, second: over},),
        silent=({first: over, second: under}, {first: under, second: over}),
        always={},
    )


# The table of requirements 1.7: alert, factor, long and short window, minutes of hold, severity.
_BURNS = (
    ("SLOFastBurn", 14.4, "1h", "5m", 2, "critical"),
    ("SLOMediumBurn", 6, "6h", "30m", 5, "critical"),
    ("SLOSlowBurn", 3, "1d", "2h", 15, "warning"),
    ("SLOSlowBurn", 1, "3d", "6h", 60, "warning"),
)
BURNS: dict[str, Case] = {
    f"{name} {slo} {long} {severity}": _burn(slo, budget, factor, long, short, hold, severity)
    for name, factor, long, short, hold, severity in _BURNS
    for slo, budget in (("availability", 0.001), ("latency", 0.01))
}

CASES: dict[str, Case] = {
    **CONTAINERS,
    **REPLICAS,
    **VOLUMES,
    **TARGETS,
    **RUNS,
    **SECRETS,
    **GITOPS,
    **WORKLOADS,
    **BURNS,
}
