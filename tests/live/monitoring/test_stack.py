"""Monitoring of a healthy platform: it sees everything, says nothing, shows every panel, and keeps what it knows."""

import base64
import re
import urllib.request
from functools import partial
from http import HTTPStatus

import pytest

from tests.live.monitoring.conftest import Monitoring
from tests.live.platform import Platform, call
from tests.waiting import eventually

pytestmark = pytest.mark.live

ALWAYS = {"Watchdog", "InfoInhibitor"}
MEMORY_BUDGET = 1.2 * 2**30
"""Bytes of memory that monitoring may ask for on minikube (issue 5, item 10)."""
_UNITS = {"": 1, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


def in_bytes(quantity: str) -> int:
    number, unit = re.fullmatch(r"(\d+)(\w*)", quantity).groups()  # type: ignore[union-attr]
    return int(number) * _UNITS[unit]


def test_every_target_is_up(monitoring: Monitoring) -> None:
    """1.07: each target that Prometheus knows answers, and those that minikube hides are not asked."""
    targets = monitoring.prometheus("targets?state=active")["activeTargets"]
    jobs = {target["labels"]["job"] for target in targets}

    assert [] == [(target["scrapeUrl"], target["lastError"]) for target in targets if target["health"] != "up"]
    assert {"apiserver", "coredns", "kubelet", "kube-state-metrics", "node-exporter"} <= jobs
    assert not jobs & {"kube-etcd", "kube-scheduler", "kube-controller-manager", "kube-proxy"}


def test_idle_platform_is_quiet(monitoring: Monitoring) -> None:
    """1.08: of all rules, as they are, not one alert is even pending but Watchdog, and the info inhibitor."""
    alerts = monitoring.prometheus("alerts")["alerts"]

    assert {"Watchdog"} <= {alert["labels"]["alertname"] for alert in alerts}
    assert [] == [alert["labels"] for alert in alerts if alert["labels"]["alertname"] not in ALWAYS]


def test_workloads_are_scraped_by_the_kind_that_fits(monitoring: Monitoring) -> None:
    """1.09: the web API by its Service, the worker, which has none, by its pods; a batch run shows in kube-state-metrics."""
    shop = {
        target["labels"]["pod"].rsplit("-", 2)[0]: target["scrapePool"].split("/")[0]
        for target in monitoring.prometheus("targets?state=active")["activeTargets"]
        if target["labels"].get("namespace") == "shop"
    }

    assert {"web": "serviceMonitor", "worker": "podMonitor"} == shop
    assert monitoring.query('kube_cronjob_info{namespace="shop",cronjob="report"}')
    assert monitoring.query('kube_statefulset_status_replicas_ready{namespace="shop",statefulset="database"} == 1')


def test_every_panel_has_data(monitoring: Monitoring) -> None:
    """1.11: every panel of every dashboard shows data, unless its description says until when it is empty."""
    boards = monitoring.viewer("api/dashboards")

    def empty() -> list[str]:
        found = [(board["uid"], monitoring.viewer(f"api/panels/{board['uid']}")["panels"]) for board in boards]
        return [f"{uid}: {panel['title']} {panel['error']}" for uid, panels in found for panel in panels if not _is_fine(panel)]

    assert {"causeway-platform", "causeway-memory", "causeway-slo", "causeway-workload", "causeway-argocd"} <= {
        board["uid"] for board in boards
    }
    eventually(lambda: not (missing := empty()) or _tell(missing), seconds=60)


def _is_fine(panel: dict[str, object]) -> bool:
    return bool(panel["has_data"] or panel["may_be_empty"]) and not panel["error"]


def _tell(missing: list[str]) -> None:
    raise AssertionError(f"panels without data: {missing}")


def test_watchdog_reaches_the_dead_mans_switch(monitoring: Monitoring) -> None:
    """1.15: the alert that always fires goes all the way to the sink's dead-man's switch."""
    delivery = eventually(partial(monitoring.deliveries, "dead-man"))[0]

    assert "Watchdog" == delivery["alerts"][0]["labels"]["alertname"]


def test_dashboards_want_the_password(monitoring: Monitoring, platform: Platform) -> None:
    """1.16: nobody looks without the password from the secrets system, and no value, state or log holds it."""
    password = base64.b64decode(platform.kubectl("get secret grafana-admin -n monitoring")["data"]["admin-password"]).decode()
    state = [file for file in (platform.home / "backend").rglob("*") if file.is_file()]

    assert HTTPStatus.UNAUTHORIZED == call("GET", monitoring.urls["grafana"]).status
    assert password not in platform.output("helm get values kps -n monitoring -o json")
    assert not [file for file in state if password in file.read_text()]


def test_memory_budget(monitoring: Monitoring, platform: Platform) -> None:
    """1.06: all pods of monitoring together ask for at most 1.2 GiB."""
    pods = [*platform.kubectl("get pods -n monitoring")["items"], *platform.kubectl("get pods -n node-exporter")["items"]]
    asked = sum(in_bytes(box["resources"]["requests"]["memory"]) for pod in pods for box in pod["spec"]["containers"])

    assert monitoring.urls
    assert 0 < asked <= MEMORY_BUDGET


def test_pods_are_restricted(monitoring: Monitoring, platform: Platform) -> None:
    """The API server finds nothing in the monitoring namespace that the restricted standard would refuse."""
    answer = platform.shell(
        "kubectl label --dry-run=server --overwrite namespace monitoring pod-security.kubernetes.io/enforce=restricted"
        " pod-security.kubernetes.io/enforce-version=v1.36"
    )

    assert monitoring.urls
    assert answer.returncode == 0
    assert "violate" not in answer.stderr


def test_metrics_survive_the_pod(monitoring: Monitoring, platform: Platform) -> None:
    """1.17: after Prometheus' pod is deleted, the samples from before are there."""
    pod = "prometheus-kps-kube-prometheus-stack-prometheus-0"
    before = float(monitoring.prometheus("query?query=time()")["result"][1])

    platform.output(f"kubectl delete pod {pod} -n monitoring --wait=true")
    eventually(lambda: call("GET", f"{monitoring.urls['prometheus']}-/ready").status == HTTPStatus.OK, seconds=120)
    found = monitoring.prometheus(f"query?query=count(up)&time={before:.0f}")["result"]

    assert found
    assert float(found[0]["value"][1]) > 0


@pytest.mark.parametrize(("url", "path"), [("prometheus", "graph?g0.expr=up"), ("prometheus", "alerts"), ("alertmanager", "")])
def test_url_shows_a_page(monitoring: Monitoring, url: str, path: str) -> None:
    """Issue 13: what a person is told to open is a page, and so is what an alert's link leads to."""
    with urllib.request.urlopen(f"{monitoring.urls[url]}{path}", timeout=60) as answer:
        page = answer.read().decode()

    assert f"<title>{url.capitalize()}</title>" in page
    assert "fetch(`api/v" in page
