"""Patterns 2 to 4, DaemonSet and Job against requirements 3.4 to 3.6."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from components.workload import render
from tests.components.workload.samples import objects, one, pod_spec


def test_stateful_objects() -> None:
    """3.03: governing and client Service, StatefulSet, account and policy."""
    made = [(made["kind"], made["metadata"]["name"]) for made in objects("stateful", name="database")]

    assert [
        ("ServiceAccount", "database"),
        ("NetworkPolicy", "database"),
        ("Service", "database-headless"),
        ("Service", "database"),
        ("StatefulSet", "database"),
    ] == made


def test_stateful_set() -> None:
    """3.03, 3.14: ordered start, governed names, volumes retained on deletion and on scale-down."""
    spec = one(objects("stateful", name="database"), "StatefulSet")["spec"]

    assert ("database-headless", "OrderedReady", 1) == (spec["serviceName"], spec["podManagementPolicy"], spec["replicas"])
    assert {"whenDeleted": "Retain", "whenScaled": "Retain"} == spec["persistentVolumeClaimRetentionPolicy"]


def test_volume_by_platform() -> None:
    """3.13: class and size come from the platform unless the workload says otherwise."""
    (claim,) = one(objects("stateful", platform={"storage_class": "gp3", "storage_size": "50Gi"}), "StatefulSet")["spec"][
        "volumeClaimTemplates"
    ]

    assert {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "gp3",
        "resources": {"requests": {"storage": "50Gi"}},
    } == claim["spec"]


def test_headless_service() -> None:
    """3.03: a name for each pod, also before it is ready."""
    spec = one(objects("stateful"), "Service", "sample-headless")["spec"]

    assert ("None", True) == (spec["clusterIP"], spec["publishNotReadyAddresses"])


def test_client_service_keeps_the_port() -> None:
    """A database is reached at its own port, not at 80."""
    assert [5432] == [port["port"] for port in one(objects("stateful"), "Service", "sample")["spec"]["ports"]]


def test_stateful_probes() -> None:
    """3.4: the engine's own command says ready; starting may take 5 minutes of recovery."""
    (container,) = pod_spec(objects("stateful"))["containers"]

    assert {"command": ["pg_isready"]} == container["readinessProbe"]["exec"] == container["startupProbe"]["exec"]
    assert 300 == container["startupProbe"]["periodSeconds"] * container["startupProbe"]["failureThreshold"]


def test_grace_period_of_a_database() -> None:
    """3.4: a minute to stop."""
    assert 60 == pod_spec(objects("stateful"))["terminationGracePeriodSeconds"]


def test_worker_objects() -> None:
    """3.04: no Service, no budget for a single pod."""
    assert ["ServiceAccount", "NetworkPolicy", "Deployment"] == [made["kind"] for made in objects("worker")]


@pytest.mark.parametrize("pattern", ["worker", "daemon"])
def test_silent_container(pattern: str) -> None:
    """3.04, issue 21, 11: no port, a minute to finish; it lives though its program knows nothing of us, so nothing is asked of it."""
    spec = pod_spec(render("sample", {"pattern": pattern, "image": "shop/sample:1.0.0"}))
    (container,) = spec["containers"]

    assert not container.keys() & {"ports", "readinessProbe", "livenessProbe", "startupProbe"}
    assert 60 == spec["terminationGracePeriodSeconds"]


def _heartbeat(**changes: Any) -> list[str]:
    (container,) = pod_spec(objects("worker", **changes))["containers"]
    command: list[str] = container["livenessProbe"]["exec"]["command"]
    return command


def test_heartbeat() -> None:
    """3.5: asked for, it is a file in a directory that can be written to, touched within a minute."""
    assert "test $(( $(date +%s) - $(stat -c %Y /tmp/heartbeat) )) -lt 60" == _heartbeat(heartbeat={})[-1]
    assert "$(stat -c %Y '/tmp/is alive') )) -lt 300" in _heartbeat(heartbeat={"file": "/tmp/is alive", "max_age_seconds": 300})[-1]


@pytest.mark.process
def test_heartbeat_is_asked_by_a_real_shell(tmp_path: Path) -> None:
    """The question is yes for a file touched now, no for an old one, and no where there is none."""
    file = tmp_path / "heart beat"
    command = _heartbeat(heartbeat={"file": str(file), "max_age_seconds": 60}, writable_paths=[str(tmp_path)])

    def answer() -> int:
        return subprocess.run(command, check=False, capture_output=True).returncode

    codes = [answer()]
    file.touch()
    codes.append(answer())
    os.utime(file, (0, 0))
    codes.append(answer())
    assert [True, False, True] == [code != 0 for code in codes]


def test_worker_scales_by_backlog() -> None:
    """3.5: replicas follow the work that waits."""
    wanted = {"max_replicas": 10, "backlog_metric": "orders_waiting", "backlog_per_replica": 50}
    (metric,) = one(objects("worker", autoscaling=wanted), "HorizontalPodAutoscaler")["spec"]["metrics"]

    assert {
        "type": "External",
        "external": {"metric": {"name": "orders_waiting"}, "target": {"type": "AverageValue", "averageValue": "50"}},
    } == metric


def test_batch_defaults() -> None:
    """3.05: every default of table 3.6."""
    spec = one(objects("batch"), "CronJob")["spec"]

    assert {
        "schedule": "0 6 * * *",
        "timeZone": "Etc/UTC",
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": 300,
        "suspend": False,
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 3,
    } == {key: value for key, value in spec.items() if key != "jobTemplate"}
    job = spec["jobTemplate"]["spec"]
    assert (3, 1800, 86400) == (job["backoffLimit"], job["activeDeadlineSeconds"], job["ttlSecondsAfterFinished"])
    assert "Never" == job["template"]["spec"]["restartPolicy"]


def test_suspended_batch() -> None:
    """3.6: a schedule can be held without deleting it."""
    batch = {"schedule": "@daily", "time_zone": "Etc/UTC", "enable_schedule": False}

    assert one(objects("batch", batch=batch), "CronJob")["spec"]["suspend"]


def test_job_is_the_run_of_a_batch() -> None:
    """3.01: a Job has the same defaults as one run of a schedule."""
    job = one(objects("job"), "Job")["spec"]

    assert (3, 1800, 86400) == (job["backoffLimit"], job["activeDeadlineSeconds"], job["ttlSecondsAfterFinished"])


def test_daemon_set() -> None:
    """3.01: one pod on every node, updated a node at a time."""
    spec = one(objects("daemon"), "DaemonSet")["spec"]

    assert {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}} == spec["updateStrategy"]
    assert "replicas" not in spec


@pytest.mark.parametrize(
    ("pattern", "kind"),
    [
        ("stateless", "ServiceMonitor"),
        ("stateful", "ServiceMonitor"),
        ("worker", "PodMonitor"),
        ("daemon", "PodMonitor"),
    ],
)
def test_monitor_kind(pattern: str, kind: str) -> None:
    """1.09: scraped by Service where there is one, else by pod."""
    made = objects(pattern, metrics={}, platform={"enable_monitors": True})

    assert [kind] == [manifest["kind"] for manifest in made if manifest["kind"].endswith("Monitor")]


def test_no_monitor_where_the_kind_is_unknown() -> None:
    """A target without the monitor kinds gets none, or the deployment would fail."""
    assert not [made for made in objects("stateless", metrics={}) if made["kind"].endswith("Monitor")]


def test_monitor_finds_the_port() -> None:
    """A monitor names a port that the Service has."""
    made = objects("stateful", metrics={"port": 9187}, platform={"enable_monitors": True})
    (endpoint,) = one(made, "ServiceMonitor")["spec"]["endpoints"]

    assert endpoint["port"] in [port["name"] for port in one(made, "Service", "sample")["spec"]["ports"]]


@pytest.mark.parametrize(
    ("pattern", "changes", "question"),
    [
        ("stateful", {"readiness": {"path": "/ready"}}, {"httpGet": {"path": "/ready", "port": "client"}}),
        ("stateful", {"startup": {"path": "/started"}}, {"httpGet": {"path": "/started", "port": "client"}}),
        ("stateful", {"startup": {"command": ["recovered"]}}, {"exec": {"command": ["recovered"]}}),
        ("stateless", {"startup": {"period_seconds": 1}}, {"httpGet": {"path": "/healthz", "port": "http"}}),
    ],
    ids=["readiness by path", "a path of its own", "a command of its own", "only times"],
)
def test_startup_asks_what_readiness_asks(pattern: str, changes: dict[str, Any], question: dict[str, Any]) -> None:
    """3.4: a start-up probe without a question of its own asks readiness' question."""
    (container,) = pod_spec(objects(pattern, **changes))["containers"]

    assert question.items() <= container["startupProbe"].items()


@pytest.mark.parametrize("probe", ["readiness", "liveness", "startup"])
def test_times_of_a_probe(probe: str) -> None:
    """Each time that is given is the probe's, none is the default's."""
    times = {"initial_delay_seconds": 2, "period_seconds": 7, "timeout_seconds": 4, "failure_threshold": 9}
    (container,) = pod_spec(objects("stateless", **{probe: times}))["containers"]
    keys = ("initialDelaySeconds", "periodSeconds", "timeoutSeconds", "failureThreshold")

    assert [2, 7, 4, 9] == [container[f"{probe}Probe"][key] for key in keys]


@pytest.mark.parametrize("pattern", ["stateless", "worker", "batch", "job"])
def test_shared_volume_is_mounted(pattern: str) -> None:
    """A volume of a pattern without claims of its own is a claim named like the workload, mounted where it was asked for."""
    made = objects(pattern, **({"replicas": 1} if pattern in ("stateless", "worker") else {}), storage={"mount_path": "/data"})
    spec = pod_spec(made)

    assert one(made, "PersistentVolumeClaim")["metadata"]["name"] == "sample"
    assert {"name": "data", "persistentVolumeClaim": {"claimName": "sample"}} in spec["volumes"]
    assert {"name": "data", "mountPath": "/data"} in spec["containers"][0]["volumeMounts"]


def test_program_and_variables() -> None:
    """Command, arguments and plain variables reach the container as they are given."""
    (container,) = pod_spec(objects("worker", command=["worker"], args=["--fast"], env={"LEVEL": "info"}))["containers"]

    assert (["worker"], ["--fast"]) == (container["command"], container["args"])
    assert [{"name": "LEVEL", "value": "info"}] == container["env"]
