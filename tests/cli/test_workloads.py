"""How a workload is, told from objects alone."""

import pytest

from cli import workloads
from cli.workloads import Workload, as_json
from components.workload.rules import model
from tests.cli.objects import NOW, Manifest, daemon, edited, ingress, job, metadata, pod, replicated, schedule

UNSCHEDULABLE = {"conditions": [{"type": "PodScheduled", "status": "False", "message": "0/1 nodes are available"}]}
REFUSED = {"conditions": [{"type": "ReplicaFailure", "status": "True", "message": "violates PodSecurity"}]}
CRON = schedule()
EARLIER = schedule(lastScheduleTime="2026-11-22T06:00:00Z", active=[{"name": "run"}])
FAILED = {"type": "Failed", "message": "Job has reached the specified backoff limit"}


def read(found: Manifest, *others: Manifest, url: str | None = None) -> Workload:
    output = {"kind": found["kind"], "namespace": "shop", "pattern": "any"}
    return workloads.read("web", output, [found, *others], url, NOW)


@pytest.mark.parametrize(
    ("objects", "state", "healthy"),
    [
        pytest.param([replicated()], "running", True, id="all pods ready"),
        pytest.param([replicated("StatefulSet", 1)], "running", True, id="StatefulSet ready"),
        pytest.param([daemon()], "running", True, id="DaemonSet ready"),
        pytest.param([daemon(numberReady=2)], "starting: 2 of 3 ready", False, id="DaemonSet starting"),
        pytest.param([replicated(desired=0)], "scaled to zero", True, id="no pods wanted"),
        pytest.param([replicated(readyReplicas=1)], "starting: 1 of 2 ready", False, id="one pod starting"),
        pytest.param([replicated(updatedReplicas=1)], "rolling out: 1 of 2 updated", False, id="half rolled out"),
        pytest.param([replicated(observedGeneration=0)], "waiting for its controller", False, id="change not seen yet"),
        pytest.param([replicated(readyReplicas=0, **REFUSED)], "pods refused: violates PodSecurity", False, id="pods refused"),
        pytest.param(
            [replicated(readyReplicas=0), pod(waiting={"reason": "CrashLoopBackOff"}, last={"exitCode": 1, "reason": "Error"})],
            "web-1: CrashLoopBackOff, exit code 1",
            False,
            id="program crashes",
        ),
        pytest.param(
            [replicated(readyReplicas=0), pod(waiting={"reason": "CrashLoopBackOff"}, last={"exitCode": 137, "reason": "OOMKilled"})],
            "web-1: CrashLoopBackOff, exit code 137, OOMKilled",
            False,
            id="program is killed for memory",
        ),
        pytest.param(
            [replicated(readyReplicas=0), pod(waiting={"reason": "ImagePullBackOff"})],
            "web-1: ImagePullBackOff shop:1",
            False,
            id="image is not to be had",
        ),
        pytest.param(
            [replicated(readyReplicas=0), pod(waiting={"reason": "CreateContainerConfigError", "message": 'secret "x" not found'})],
            'web-1: CreateContainerConfigError: secret "x" not found',
            False,
            id="Secret is missing",
        ),
        pytest.param(
            [replicated(readyReplicas=0), pod(waiting={"reason": "ContainerCreating"})],
            "starting: 0 of 2 ready",
            False,
            id="container being created",
        ),
        pytest.param(
            [replicated(readyReplicas=0), pod(**UNSCHEDULABLE)],
            "web-1: cannot be scheduled: 0/1 nodes are available",
            False,
            id="no node has room",
        ),
        pytest.param([CRON], "scheduled (0 6 * * *), has not run yet", True, id="CronJob before its first run"),
        pytest.param([schedule(suspend=True)], "suspended", True, id="CronJob suspended"),
        pytest.param([CRON, job("run", CRON)], "running now", True, id="CronJob running"),
        pytest.param([CRON, job("run", CRON, type="Complete")], "last run succeeded 5m ago", True, id="CronJob succeeded"),
        pytest.param([CRON, job("run", CRON, **FAILED)], f"last run failed 5m ago: {FAILED['message']}", False, id="CronJob failed"),
        pytest.param(
            [schedule(cron="57 11 * * *")], "missed a run, due 3m ago: it did not start within 2m", False, id="CronJob that never ran"
        ),
        pytest.param([schedule(cron="58 11 * * *")], "scheduled (58 11 * * *), has not run yet", True, id="CronJob within its deadline"),
        pytest.param(
            [EARLIER, job("run", EARLIER)],
            "missed a run, due 6h ago: the last one is still running",
            False,
            id="CronJob held up by its last run",
        ),
        pytest.param(
            [schedule(lastScheduleTime="2026-11-23T06:00:00Z"), job("run", CRON, type="Complete")],
            "last run succeeded 5m ago",
            True,
            id="CronJob that ran when it was due",
        ),
        pytest.param([job(type="Complete")], "succeeded 5m ago", True, id="Job succeeded"),
        pytest.param([job()], "running now", False, id="Job running"),
    ],
)
def test_state(objects: list[Manifest], state: str, healthy: bool) -> None:
    """A workload's state is told in words, with the reason of a pod that cannot run, and is healthy or not."""
    found = read(*objects)

    assert (state, healthy) == (found.state, found.healthy)


def test_missing_object() -> None:
    """A workload that the stack names and the cluster has not got is unhealthy, not left out."""
    found = workloads.read("web", {"kind": "Deployment", "namespace": "shop", "pattern": "stateless"}, [], None, NOW)

    assert ("missing: the cluster has no Deployment shop/web", False, None) == (found.state, found.healthy, found.age)


def test_newest_run_counts() -> None:
    """A CronJob is as healthy as its newest run: an older failure does not count."""
    old = job("old", CRON, made="2026-11-23T09:00:00Z", **FAILED)

    assert read(CRON, old, job("new", CRON, type="Complete")).healthy


MORNING = {"lastScheduleTime": "2026-11-23T06:00:00Z"}


@pytest.mark.parametrize(
    ("found", "state"),
    [
        pytest.param(edited(schedule(cron="0 9 * * *", **MORNING), "schedule", "2026-11-23T11:55:00Z"), None, id="edited since"),
        pytest.param(edited(schedule(cron="0 9 * * *", **MORNING), "timeZone", "2026-11-23T11:55:00Z"), None, id="another zone since"),
        pytest.param(edited(schedule(cron="0 9 * * *", **MORNING), "suspend", "2026-11-23T11:55:00Z"), None, id="resumed since"),
        pytest.param(edited(schedule(cron="0 9 * * *", **MORNING), "schedule", "2026-11-23T08:00:00Z"), "missed a run", id="edited before"),
        pytest.param(
            edited(schedule(cron="0 9 * * *", **MORNING), "jobTemplate", "2026-11-23T11:55:00Z"), "missed a run", id="another image"
        ),
        pytest.param(
            edited(schedule(cron="*/2 * * * *", **MORNING), "schedule", "2026-11-23T11:53:00Z"), "missed a run", id="due since then"
        ),
        pytest.param({**schedule(cron="0 9 * * *", **MORNING)}, "missed a run", id="never edited"),
    ],
)
def test_only_what_was_due_since_the_schedule_changed_is_missed(found: Manifest, state: str | None) -> None:
    """Issue 15: a CronJob that ran at 06:00 and was edited at 12:00 to 09:00, or resumed, is healthy at 12:05."""
    told = read(found)

    assert (state is None, True) == (told.healthy, told.state.startswith(state or "scheduled"))


def test_zone_that_only_the_cluster_knows() -> None:
    """A schedule that cannot be read here is not called missed."""
    found = schedule(cron="0 9 * * *", **MORNING)
    found["spec"]["timeZone"] = "Mars/Olympus"

    assert read(found).healthy


def test_counts_and_age() -> None:
    """Ready, desired, restarts and age are those of the workload's own pods."""
    stranger = pod(restarts=9, labels={"app": "other"})
    leaving = pod(restarts=9)
    leaving["metadata"]["deletionTimestamp"] = "2026-11-23T11:59:00Z"
    found = read(replicated(readyReplicas=1), pod(restarts=2), pod(restarts=1), stranger, leaving)

    assert (1, 2, 3, 300) == (found.ready, found.desired, found.restarts, found.age)


def test_pods_of_another_run() -> None:
    """The pods of another CronJob's run are no concern of this one."""
    other = {"kind": "Job", "metadata": metadata("other")}

    assert 0 == read(CRON, job("run", CRON), pod(other, restarts=4)).restarts


@pytest.mark.parametrize(
    ("found", "url"),
    [
        pytest.param(ingress(), "http://198.18.0.2/", id="published address"),
        pytest.param(ingress(host="shop.example.com", tls=True), "https://shop.example.com/", id="host with a certificate"),
        pytest.param(ingress(service="other"), None, id="rule of another Service"),
    ],
)
def test_url(found: Manifest, url: str | None) -> None:
    """A workload's URL is that of the Ingress rule which leads to it."""
    assert url == read(replicated(), found).url


@pytest.mark.parametrize(("seconds", "text"), [(0, "0s"), (119, "119s"), (120, "2m"), (7200, "2h"), (86400, "1d"), (200000, "2d")], ids=str)
def test_duration(seconds: float, text: str) -> None:
    """A time span has one unit, as kubectl writes it."""
    assert text == workloads.duration(seconds)


@pytest.mark.parametrize(
    ("found", "ready", "desired", "seconds"),
    [
        (replicated(), 2, 2, 300),
        (daemon(numberReady=1), 1, 3, 300),
        (job(), 0, 1, 300),
        (schedule(), None, None, None),
    ],
    ids=["Deployment", "DaemonSet", "Job", "CronJob"],
)
def test_counts_and_age_for_machines(found: Manifest, ready: int | None, desired: int | None, seconds: int | None) -> None:
    """docs/cli.md: pods, or completions of a Job, as numbers, null for a CronJob; the age in whole seconds."""
    told = workloads.as_json(read(found))

    assert (ready, desired) == (told["ready"], told["desired"])
    assert seconds is None or seconds == told["ageSeconds"]


def test_missing_object_has_no_age() -> None:
    """docs/cli.md: where the object is missing, its counts and its age are null."""
    told = workloads.as_json(workloads.read("web", {"kind": "Deployment", "namespace": "shop", "pattern": "any"}, [], None, NOW))

    assert [None, None, None, False] == [told["ready"], told["desired"], told["ageSeconds"], told["healthy"]]


def test_exceptions() -> None:
    """Issue 21, 11: what a workload may break, and why, is told to whoever asks how it is; the word is the rules' own."""
    excepted = replicated()
    excepted["metadata"]["annotations"] = {f"{model.ALLOWED}root-user": "its image knows no other", "other": "x"}

    assert {"root-user": "its image knows no other"} == as_json(read(excepted))["exceptions"] == dict(read(excepted).exceptions)
    assert model.ALLOWED == workloads.ALLOWED
