"""Pattern 4, and single runs: programs that end. CronJob on a schedule, Job at once."""

from typing import Any

from ..._kit import Manifest
from ..args import WorkloadBatchArgs
from ..groups import WorkloadFailureArgs
from ..model import Workload
from .pod import pod_template
from .stateless import claims


def cron_objects(workload: Workload) -> list[Manifest]:
    """CronJob that never overlaps itself and reports a missed start (requirements 3.6)."""
    batch = workload.inputs["batch"]
    spec = {
        "schedule": batch["schedule"],
        "timeZone": batch["time_zone"],
        "concurrencyPolicy": batch["concurrency"].value,
        "startingDeadlineSeconds": batch["starting_deadline_seconds"],
        "suspend": not batch["enable_schedule"],
        "successfulJobsHistoryLimit": batch["successful_history"],
        "failedJobsHistoryLimit": batch["failed_history"],
        "jobTemplate": {"metadata": {"labels": dict(workload.labels)}, "spec": _job_spec(workload)},
    }
    return [*claims(workload), workload.object("batch/v1", "CronJob", spec)]


def job_objects(workload: Workload) -> list[Manifest]:
    """Job that runs once, when it is made."""
    return [*claims(workload), workload.object("batch/v1", "Job", _job_spec(workload))]


def _job_spec(workload: Workload) -> dict[str, Any]:
    batch = workload.inputs["batch"]
    return {
        **_share_out(batch),
        "backoffLimit": batch["backoff_limit"],
        "activeDeadlineSeconds": batch["active_deadline_seconds"],
        "ttlSecondsAfterFinished": batch["ttl_seconds"],
        **({"podFailurePolicy": {"rules": [_failure(workload, given) for given in batch["failures"]]}} if "failures" in batch else {}),
        "template": pod_template(workload, restartPolicy=batch["restart"].value),
    }


def _share_out(batch: WorkloadBatchArgs) -> dict[str, Any]:
    """How the work is shared out over pods, where that is said."""
    made: dict[str, Any] = {key: batch[key] for key in ("parallelism", "completions") if key in batch}
    return {**made, **({"completionMode": "Indexed"} if batch.get("indexed") else {})}


def _failure(workload: Workload, given: WorkloadFailureArgs) -> dict[str, Any]:
    if "exit_codes" in given:
        codes = {"containerName": workload.name, "operator": "In", "values": sorted(given["exit_codes"])}
        return {"action": given["action"].value, "onExitCodes": codes}
    return {"action": given["action"].value, "onPodConditions": [{"type": name, "status": "True"} for name in given["conditions"]]}
