"""Each pattern keeps its promise on a real cluster, when what it exists for goes wrong."""

import json
import re
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import pytest

from tests.live.platform import Platform, call
from tests.live.test_shop import is_processed, place
from tests.waiting import eventually

# The pod is nothing to these tests: test_warning.py hears of it in ten minutes.
pytestmark = [pytest.mark.live, pytest.mark.usefixtures("nearly_full")]

REQUESTS = 2000


@pytest.fixture
def shop(platform: Platform) -> str:
    return str(platform.stack_output("urls")["shop"]).rstrip("/")


def answer(url: str) -> str:
    """The status of one request, or how it failed."""
    try:
        return str(call("GET", url).status)
    except OSError as error:
        return type(error).__name__


@contextmanager
def clients(url: str) -> Iterator[Counter[str]]:
    """Four clients that ask without a pause, a connection each time, until the block is left and all requests were made."""
    results: Counter[str] = Counter()
    over = threading.Event()

    def client() -> None:
        while results.total() < REQUESTS or not over.is_set():
            results[answer(url)] += 1
            time.sleep(0.005)

    threads = [threading.Thread(target=client) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield results
    finally:
        over.set()
        for thread in threads:
            thread.join()


def pods_of(platform: Platform, workload: str) -> set[str]:
    """The workload's pods, those that are leaving too."""
    return {pod["metadata"]["uid"] for pod in platform.kubectl(f"get pods -n shop -l app={workload}")["items"]}


def test_rolling_update_under_load_loses_no_request(platform: Platform, shop: str) -> None:
    """3.02: all pods of the web API are replaced, to the last second of the last, under load, and none of 2,000 requests fails."""
    before = pods_of(platform, "web")

    with clients(f"{shop}/readyz") as results:
        platform.output("kubectl rollout restart deployment web -n shop && kubectl rollout status deployment web -n shop --timeout=180s")
        eventually(lambda: not before & pods_of(platform, "web"), 90)

    assert results.total() >= REQUESTS
    assert {str(HTTPStatus.OK.value): results.total()} == dict(results)


def test_scaling_the_database_down_and_up_keeps_its_data(platform: Platform, shop: str) -> None:
    """3.14: a stateful workload scaled to nothing and back has its orders."""
    order = place(shop, "vase")

    platform.output(
        "kubectl scale statefulset database -n shop --replicas=0 && kubectl wait pod/database-0 -n shop --for=delete --timeout=90s"
    )
    platform.output("kubectl scale statefulset database -n shop --replicas=1")

    assert eventually(lambda: call("GET", f"{shop}/orders/{order}").status == HTTPStatus.OK, 90)


def test_deleting_the_database_keeps_its_volume(platform: Platform, shop: str) -> None:
    """3.03: the volume outlives its StatefulSet, and the one that `up` makes anew finds it."""
    order = place(shop, "mirror")
    before = platform.kubectl("get pvc data-database-0 -n shop")["metadata"]["uid"]

    platform.output("kubectl delete statefulset database -n shop --wait --timeout=90s")
    after = platform.kubectl("get pvc data-database-0 -n shop")["metadata"]["uid"]
    platform.output("pulumi up --refresh --stack minikube --yes --skip-preview --non-interactive")

    assert before == after
    assert eventually(lambda: call("GET", f"{shop}/orders/{order}").status == HTTPStatus.OK, 90)


@pytest.fixture
def slow_worker(platform: Platform) -> Iterator[None]:
    """A worker that needs three seconds an order, so that it can be met in the middle of one."""
    set_time = "kubectl set env deployment/worker -n shop WORK_SECONDS{} && kubectl rollout status deployment worker -n shop --timeout=120s"
    platform.output(set_time.format("=3"))
    yield
    platform.output(set_time.format("-"))


@pytest.mark.usefixtures("slow_worker")
def test_killed_worker_loses_and_doubles_no_work(platform: Platform, shop: str) -> None:
    """3.15: a worker killed in the middle of a task loses no order and processes none twice."""
    orders = [place(shop, "clock") for _ in range(4)]
    eventually(lambda: is_processed(shop, orders[0]), 60)

    platform.output("kubectl delete pod -n shop -l app=worker --force --grace-period=0")

    assert eventually(lambda: all(is_processed(shop, order) for order in orders), 120)
    query = f"SELECT order_id, count FROM processings WHERE order_id IN ({', '.join(orders)})"
    ledger = platform.output(f'kubectl exec database-0 -n shop -- psql -U shop -d shop -tAc "{query}"')
    assert {f"{order}|1" for order in orders} == set(ledger.split())


@pytest.fixture
def lengthy_report(platform: Platform) -> Iterator[None]:
    """A report that is due every minute and takes almost five; its schedule gives a run ten seconds to start."""
    spec = platform.kubectl("get cronjob report -n shop")["spec"]
    command = ["python3.11", "-c", "import time; time.sleep(280)"]
    pods = {"spec": {"containers": [{"name": "report", "command": command, "args": []}]}}
    changed = {"schedule": "* * * * *", "startingDeadlineSeconds": 10, "jobTemplate": {"spec": {"template": pods}}}
    patch(platform, {"spec": changed})
    yield
    mended = {key: spec[key] for key in ("schedule", "startingDeadlineSeconds")}
    container = spec["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]
    pods = {"spec": {"containers": [{"name": "report", "command": container.get("command"), "args": container["args"]}]}}
    patch(platform, {"spec": {**mended, "jobTemplate": {"spec": {"template": pods}}}})
    platform.output("kubectl delete jobs -n shop -l app=report --wait=false")


def patch(platform: Platform, change: Any) -> None:
    (platform.root / "change.json").write_text(json.dumps(change))
    platform.output("kubectl patch cronjob report -n shop --patch-file change.json")


@pytest.mark.usefixtures("lengthy_report")
def test_overlapping_run_is_forbidden_and_missed_one_is_reported(platform: Platform) -> None:
    """3.16: a run that lasts longer than its period has no second one beside it; `causeway status` and an alert say which was missed."""
    reason = r"missed a run, due \d+s ago: the last one is still running"

    # Before the first run under this schedule has begun, one counts as missed because it did not start; that is another reason.
    assert eventually(lambda: re.fullmatch(reason, report_state(platform)), 260)
    assert "JobAlreadyActive" in platform.output("kubectl get events -n shop --field-selector involvedObject.name=report")
    jobs = platform.kubectl("get jobs -n shop -l app=report")["items"]
    # Its one pod runs: a run that could not start, and is tried again, would hold up the next one too.
    assert [(1, 1, 0)] == [tuple(job["status"].get(key, 0) for key in ("active", "ready", "failed")) for job in jobs]
    # Pending or firing: the run lasts long enough for both, the test need not.
    assert eventually(lambda: alerts(platform, 'alertname="CronJobMissedRun",namespace="shop",cronjob="report"'), 120)


def alerts(platform: Platform, labels: str) -> Any:
    """What Prometheus has of an alert, by its labels."""
    words = urllib.parse.urlencode({"query": f"ALERTS{{{labels}}}"})
    answer = call("GET", f"{platform.stack_output('urls')['prometheus']}api/v1/query?{words}")
    assert answer.status == HTTPStatus.OK, answer.body
    return answer.body["data"]["result"]


def report_state(platform: Platform) -> str:
    """What `causeway status` says of the report; it ends with code 1 where a workload is not healthy."""
    workloads = json.loads(platform.shell("causeway status --json").stdout)["workloads"]
    return str(next(workload["state"] for workload in workloads if workload["name"] == "report"))
