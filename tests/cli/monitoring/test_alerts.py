"""`causeway alerts`: what it tells of each state, and its exit code."""

from typing import Any

import pytest

from tests.cli.conftest import FakePlatform
from tests.cli.monitoring.conftest import Monitored

SINCE = "2026-11-24T05:00:00Z"


def received(name: str, severity: str, receiver: str, **status: list[str]) -> dict[str, Any]:
    labels = {"alertname": name, "severity": severity, "team": "shop", "service": "web"}
    texts = {"summary": f"{name} is on.", "runbook_url": f"docs/runbooks/{name}.md", "dashboard_url": "/d/causeway-memory"}
    return {"labels": labels, "annotations": texts, "startsAt": SINCE, "status": status, "receivers": [{"name": receiver}]}


def pending(name: str, severity: str) -> dict[str, Any]:
    return {"labels": {"alertname": name, "severity": severity}, "annotations": {}, "activeAt": SINCE, "state": "pending"}


WATCHDOG = received("Watchdog", "none", "dead-man")
OOM = received("ContainerOOMKilled", "critical", "page")


@pytest.mark.parametrize(
    ("alert", "state", "goes_to", "code"),
    [
        (OOM, "firing", ["page"], 1),
        (received("CPUThrottlingHigh", "info", "nobody"), "firing", ["nobody"], 0),
        (received("PodNotReady", "warning", "ticket", silencedBy=["one"]), "silenced", ["ticket"], 0),
        (received("PodNotReady", "warning", "ticket", inhibitedBy=["one"]), "inhibited", ["ticket"], 0),
        (WATCHDOG, "firing", ["dead-man"], 0),
    ],
    ids=["trouble", "hint", "silenced", "inhibited", "always"],
)
def test_each_state(monitored: Monitored, alert: dict[str, Any], state: str, goes_to: list[str], code: int) -> None:
    """Issue 5, item 8: an alert's state and where it goes; only what is somebody's to act on makes the exit code 1."""
    monitored.answers["api/v2/alerts"] = [alert]

    answer = monitored.platform.run("alerts", "--json")
    (told,) = monitored.platform.json(["alerts"])["alerts"]

    assert code == answer.exit_code
    assert (state, goes_to) == (told["state"], told["receivers"])


def test_pending_alert_says_where_it_would_go(monitored: Monitored) -> None:
    """What Prometheus has not sent yet is sent through the routes that Alertmanager has."""
    monitored.answers["api/v1/alerts"]["data"]["alerts"] = [pending("HighErrorRate", "critical"), pending("PodNotReady", "warning")]

    told = monitored.platform.json(["alerts"])["alerts"]

    assert [("HighErrorRate", "pending", ["page"]), ("PodNotReady", "pending", ["ticket"])] == [
        (one["name"], one["state"], one["receivers"]) for one in told
    ]


def test_table_names_runbooks_of_trouble(monitored: Monitored) -> None:
    """Trouble comes first, with the page that helps; a platform without any says so."""
    monitored.answers["api/v2/alerts"] = [WATCHDOG, OOM]
    troubled = monitored.platform.run("alerts").stdout
    monitored.answers["api/v2/alerts"] = [WATCHDOG]
    quiet = monitored.platform.run("alerts").stdout

    assert troubled.index("ContainerOOMKilled") < troubled.index("Watchdog")
    assert "ContainerOOMKilled: docs/runbooks/ContainerOOMKilled.md" in troubled
    assert "Nothing to act on." in quiet


@pytest.mark.parametrize(
    ("complaint", "hint"),
    [
        ("Error from server (NotFound): services not found", "is monitoring enabled? causeway status"),
        ("The connection to the server 198.18.0.2:6443 was refused - did you specify the right host or port?", "fix: ./scripts/up"),
        ("Unable to connect to the server: dial tcp: lookup nowhere: no such host", "fix: ./scripts/up"),
    ],
)
def test_no_monitoring_is_one_line(platform: FakePlatform, complaint: str, hint: str) -> None:
    """Where Prometheus cannot be reached, the line says so and what to do: a cluster that is gone is no question of monitoring."""
    platform.refuses("kubectl", complaint)

    answer = platform.run("alerts")

    assert 1 == answer.exit_code
    assert f"error: kps-kube-prometheus-stack-prometheus cannot be reached: {complaint}; {hint}\n" == answer.stderr
