"""The alerts of every cluster, whoever runs in it (requirements 1.7): thresholds and holds are those of its table."""

from .model import Alert, Rule, Severity, alerting, recording
from .owners import CLAIM, CRON_JOB, DAEMON_SET, DEPLOYMENT, JOB, KSM, POD, STATEFUL_SET, TARGETS, Owned, owned_by

CADVISOR = 'job="kubelet",metrics_path="/metrics/cadvisor",container!="",container!="POD"'
KUBELET = 'job="kubelet",metrics_path="/metrics"'

MEMORY_SHARE = 0.90
RESTARTS = 3
THROTTLED_SHARE = 0.25
VOLUME_FREE_SHARE = 0.15
VOLUME_HORIZON_SECONDS = 4 * 3600
VOLUME_FREE_SHARE_CRITICAL = 0.03
TARGETS_DOWN_SHARE = 0.10
SCHEDULE_PERIODS = 2
SCHEDULE_START = "causeway:cronjob_schedule_start:seconds"
"""Recorded moment from which the runs of a CronJob count: its schedule or zone changed, its suspension ended, or it was created."""
_LONGEST_PERIODS = (("[^ ]+ [*?] [*?] [*?] [*?]|@hourly", 3600), ("[^ ]+ [^ ]+ [*?] [*?] [*?]|@daily|@midnight", 86400), (".*", 31 * 86400))
"""Form of a schedule to the seconds that two of its runs are apart at most; a yearly schedule is late too soon, and only after a change."""

_POD = "{{ $labels.namespace }}/{{ $labels.pod }}"
_CONTAINER = f"{_POD}, container {{{{ $labels.container }}}}"
_MEMORY_BOARD = "/d/causeway-memory?var-namespace={{ $labels.namespace }}&var-pod={{ $labels.pod }}"
_WORKLOAD_BOARD = "/d/causeway-workload?var-namespace={{ $labels.namespace }}&var-workload={{ $labels.service }}"
_PLATFORM_BOARD = "/d/causeway-platform"

_BY_CONTAINER = "namespace, pod, container"
WORKING_SET = f"max by ({_BY_CONTAINER}) (container_memory_working_set_bytes{{{CADVISOR}}})"
MEMORY_LIMIT = f'max by ({_BY_CONTAINER}) (kube_pod_container_resource_limits{{{KSM},resource="memory"}})'
_RESTARTS = f"kube_pod_container_status_restarts_total{{{KSM}}}"
_THROTTLED = f"sum by ({_BY_CONTAINER}) (rate(container_cpu_cfs_throttled_periods_total{{{CADVISOR}}}[5m]))"
_PERIODS = f"sum by ({_BY_CONTAINER}) (rate(container_cpu_cfs_periods_total{{{CADVISOR}}}[5m]))"


_BY_CRON_JOB = "max by (namespace, cronjob)"
_DUE = f"kube_cronjob_next_schedule_time{{{KSM}}}"
_STARTED = f"{_BY_CRON_JOB} ({SCHEDULE_START})"


def platform_alerts() -> list[Rule]:
    """The alerts on containers, pods, volumes, targets and runs of all namespaces."""
    return [alerting(alert) for alert in (*_containers(), *_replicas(), *_volumes(), _target_down(), *_runs())]


def _containers() -> list[Alert]:
    killed = f'max by ({_BY_CONTAINER}) (kube_pod_container_status_last_terminated_reason{{{KSM},reason="OOMKilled"}}) == 1'
    return [
        Alert(
            name="ContainerMemoryNearLimit",
            expression=f"{WORKING_SET}\n/ on ({_BY_CONTAINER})\n{MEMORY_LIMIT}\n{owned_by(POD)}\n> {MEMORY_SHARE:.2f}",
            hold="10m",
            severity=Severity.WARNING,
            summary="A container uses nearly all the memory that it may have.",
            description=f"{_CONTAINER} holds {{{{ $value | humanizePercentage }}}} of its memory limit; at 100% the kernel kills it.",
            dashboard=_MEMORY_BOARD,
        ),
        Alert(
            name="ContainerOOMKilled",
            expression=f"max by ({_BY_CONTAINER}) (increase({_RESTARTS}[10m]))\n{owned_by(POD)}\n> 0\nand on ({_BY_CONTAINER})\n{killed}",
            hold="0m",
            severity=Severity.CRITICAL,
            summary="A container was killed because it went over its memory limit.",
            description=f"{_CONTAINER} was killed for memory and restarted within the last 10 minutes.",
            dashboard=_MEMORY_BOARD,
        ),
        Alert(
            name="PodCrashLooping",
            # increase() extrapolates: three restarts in 15m come out as 3.1.
            expression=f"max by ({_BY_CONTAINER}) (round(increase({_RESTARTS}[15m])))\n{owned_by(POD)}\n> {RESTARTS}",
            hold="5m",
            severity=Severity.CRITICAL,
            summary="A container starts and ends again and again.",
            description=f"{_CONTAINER} restarted {{{{ $value }}}} times in 15 minutes.",
            dashboard=_WORKLOAD_BOARD,
        ),
        Alert(
            name="CPUThrottlingHigh",
            expression=f"{_THROTTLED}\n/ on ({_BY_CONTAINER})\n{_PERIODS}\n{owned_by(POD)}\n> {THROTTLED_SHARE:.2f}",
            hold="15m",
            severity=Severity.INFO,
            summary="A container waits for processor time because of its own limit.",
            description=f"{_CONTAINER} was held back in {{{{ $value | humanizePercentage }}}} of its processor periods.",
            dashboard=_WORKLOAD_BOARD,
        ),
    ]


def _replicas() -> list[Alert]:
    return [
        _pod_not_ready(DEPLOYMENT, "kube_deployment_spec_replicas", "kube_deployment_status_replicas_available"),
        _pod_not_ready(STATEFUL_SET, "kube_statefulset_replicas", "kube_statefulset_status_replicas_available"),
        _pod_not_ready(DAEMON_SET, "kube_daemonset_status_desired_number_scheduled", "kube_daemonset_status_number_available"),
    ]


def _pod_not_ready(kind: Owned, desired: str, available: str) -> Alert:
    by = f"max by (namespace, {kind.label})"
    return Alert(
        name="PodNotReady",
        expression=f"({by} ({desired}{{{KSM}}}) - {by} ({available}{{{KSM}}}))\n{owned_by(kind)}\n!= 0",
        hold="15m",
        severity=Severity.WARNING,
        summary=f"A {kind.label} has not as many ready pods as it should have.",
        description=f"{kind.label} {{{{ $labels.namespace }}}}/{{{{ $labels.{kind.label} }}}} lacks {{{{ $value }}}} ready pods.",
        dashboard=_WORKLOAD_BOARD,
        labels={"kind": kind.label},
    )


def _volumes() -> list[Alert]:
    by = "max by (namespace, persistentvolumeclaim)"
    available = f"kubelet_volume_stats_available_bytes{{{KUBELET}}}"
    free = f"{by} ({available} / kubelet_volume_stats_capacity_bytes{{{KUBELET}}})"
    soon_full = f"{by} (predict_linear({available}[1h], {VOLUME_HORIZON_SECONDS})) < 0"
    claim = "{{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} of its space left"
    return [
        Alert(
            name="VolumeFillingUp",
            expression=f"{free} {owned_by(CLAIM)} < {VOLUME_FREE_SHARE:.2f}\nand on (namespace, persistentvolumeclaim)\n{soon_full}",
            hold="15m",
            severity=Severity.WARNING,
            summary="A volume will be full within four hours.",
            description=f"{claim}; at the pace of the last hour it is full within 4 hours.",
            dashboard=_WORKLOAD_BOARD,
        ),
        Alert(
            name="VolumeFillingUp",
            expression=f"{free} {owned_by(CLAIM)} < {VOLUME_FREE_SHARE_CRITICAL:.2f}",
            hold="1m",
            severity=Severity.CRITICAL,
            summary="A volume is full but for a rest.",
            description=f"{claim}.",
            dashboard=_WORKLOAD_BOARD,
        ),
    ]


def _target_down() -> Alert:
    by = "count by (namespace, job, team, service)"
    return Alert(
        name="TargetDown",
        expression=f"{by} ({TARGETS} == 0)\n/\n{by} ({TARGETS})\n> {TARGETS_DOWN_SHARE:.2f}",
        hold="10m",
        severity=Severity.WARNING,
        summary="Prometheus cannot scrape a part of a job's targets.",
        description="{{ $value | humanizePercentage }} of the targets of job {{ $labels.job }} in {{ $labels.namespace }} are down.",
        dashboard=_PLATFORM_BOARD,
    )


def schedule_rule() -> Rule:
    """Records SCHEDULE_START, by schedule and zone. It is now while a schedule is suspended, and where it was another one before.

    A change is known from the last hour: Prometheus that saw neither begins with the creation, as does one that was away for longer.
    """
    name = "namespace, cronjob"
    schedule = f"max by ({name}, schedule, timezone) (kube_cronjob_info{{{KSM}}})"
    suspended = f"max by ({name}) (kube_cronjob_spec_suspend{{{KSM}}}) == 1"
    known = f"last_over_time({SCHEDULE_START}[1h])"
    created = f"{schedule} * on ({name}) group_left () max by ({name}) (kube_cronjob_created{{{KSM}}})"
    rest = f"or ({known} and {schedule})\nor time() * ({schedule} and on ({name}) {known})\nor {created}"
    return recording(SCHEDULE_START, f"time() * ({schedule} and on ({name}) {suspended})\n{rest}")


def _period() -> str:
    """Seconds between two runs of a CronJob: from its last to its next, or, where it changed since, the most that its form allows."""
    last = f"{_BY_CRON_JOB} (kube_cronjob_status_last_schedule_time{{{KSM}}})"
    known = f"{_BY_CRON_JOB} ({_DUE}) - {last}\nunless on (namespace, cronjob) {_STARTED} > {last}"
    longest = (f'{_BY_CRON_JOB} (0 * {SCHEDULE_START}{{schedule=~"{form}"}} + {seconds})' for form, seconds in _LONGEST_PERIODS)
    return "(" + "\nor ".join((f"({known})", *longest)) + ")"


def _runs() -> list[Alert]:
    success = f"kube_cronjob_status_last_successful_time{{{KSM}}}"
    failed = f'max by (namespace, job_name) (kube_job_failed{{{KSM},condition="true"}}) > 0'
    begun = f'kube_job_created{{{KSM}}} * on (namespace, job_name) group_left (owner_name) kube_job_owner{{{KSM},owner_kind="CronJob"}}'
    succeeded = f'label_replace({success}, "owner_name", "$1", "cronjob", "(.+)")'
    # A failed run stays in the cluster for a day; a later success of its schedule settles it.
    settled = f"(max by (namespace, job_name, owner_name) ({begun})\n< on (namespace, owner_name) group_left ()\n{succeeded})"
    periods = f"(time() - {_BY_CRON_JOB} ({success} or {SCHEDULE_START}))\n/ on (namespace, cronjob)\n{_period()}"
    # A suspended schedule has no next time; a run that starts takes it forward. What was due before the schedule began is none of its runs.
    overdue = f"time() - {_DUE}\n> on (namespace, cronjob)\nkube_cronjob_spec_starting_deadline_seconds{{{KSM}}}"
    missed = f"({overdue})\nand on (namespace, cronjob) ({_BY_CRON_JOB} ({_DUE})\n> on (namespace, cronjob)\n{_STARTED})"
    return [
        Alert(
            name="JobFailed",
            expression=f"({failed}\nunless on (namespace, job_name)\n{settled})\n{owned_by(JOB)}",
            hold="0m",
            severity=Severity.WARNING,
            summary="A run failed for good: its retries are used up or its time is over.",
            description="Job {{ $labels.namespace }}/{{ $labels.job_name }} failed, and no later run of its schedule succeeded.",
            dashboard=_WORKLOAD_BOARD,
        ),
        Alert(
            name="CronJobLate",
            expression=f"{_BY_CRON_JOB} ({periods})\n{owned_by(CRON_JOB)} > {SCHEDULE_PERIODS}",
            hold="5m",
            severity=Severity.WARNING,
            summary="A schedule has had no successful run for two of its periods.",
            description="CronJob {{ $labels.namespace }}/{{ $labels.cronjob }} last succeeded {{ $value }} schedule periods ago.",
            dashboard=_WORKLOAD_BOARD,
        ),
        Alert(
            name="CronJobMissedRun",
            expression=f"{_BY_CRON_JOB} ({missed})\n{owned_by(CRON_JOB)}",
            hold="1m",
            severity=Severity.WARNING,
            summary="A run that was due did not start within its starting deadline.",
            description="A run of CronJob {{ $labels.namespace }}/{{ $labels.cronjob }} was due {{ $value | humanizeDuration }} ago.",
            dashboard=_WORKLOAD_BOARD,
        ),
    ]
