"""`causeway alerts`: what fires, what will soon, what is kept silent, and who is told of each."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import yaml
from rich.console import Console
from rich.text import Text

from cli import output, workloads
from cli.monitoring.service import ALERTMANAGER, PROMETHEUS, ask, forwarded
from components.monitoring.routes import receivers
from workspace.home import Home

ALWAYS = frozenset({"Watchdog", "InfoInhibitor"})
"""They fire on a healthy platform: one proves that alerts arrive, the other keeps hints from being sent."""
_ORDER = {"firing": 0, "pending": 1, "inhibited": 2, "silenced": 3}
_GRAVE = ("critical", "warning")


@dataclass(frozen=True)
class Alert:
    """One alert now; `receivers` is where it goes, or would go if nothing kept it silent."""

    name: str
    state: str
    severity: str
    team: str
    service: str
    since: str
    receivers: tuple[str, ...]
    summary: str
    runbook: str
    dashboard: str
    labels: Mapping[str, str]

    @property
    def is_trouble(self) -> bool:
        """Somebody should act on it: it fires, is no mere hint, and nobody silenced it."""
        return self.state == "firing" and self.severity in _GRAVE and self.name not in ALWAYS


def run(as_json: bool) -> int:
    """Print the alerts and return the exit code: 1 when one of them is somebody's to act on."""
    home = Home.load()
    with forwarded(home, PROMETHEUS) as prometheus, forwarded(home, ALERTMANAGER) as alertmanager:
        evaluated = ask(prometheus, "api/v1/alerts")["data"]["alerts"]
        received = ask(alertmanager, "api/v2/alerts")
        route = yaml.safe_load(ask(alertmanager, "api/v2/status")["config"]["original"])["route"]
    found = read(evaluated, received, route)
    if as_json:
        output.print_json({"quiet": not any(alert.is_trouble for alert in found), "alerts": [_as_json(alert) for alert in found]})
    else:
        print_alerts(output.console(), found, datetime.now(UTC))
    return 1 if any(alert.is_trouble for alert in found) else 0


def read(evaluated: list[dict[str, Any]], received: list[dict[str, Any]], route: Mapping[str, Any]) -> list[Alert]:
    """What Alertmanager has, and what Prometheus has not sent it yet since its time is not up."""
    told = [_alert(one, _state(one["status"]), one["startsAt"], tuple(item["name"] for item in one["receivers"])) for one in received]
    pending = [
        _alert(one, "pending", one["activeAt"], tuple(receivers(route, one["labels"]))) for one in evaluated if one["state"] == "pending"
    ]
    return sorted([*told, *pending], key=lambda alert: (_ORDER[alert.state], alert.name in ALWAYS, alert.name, alert.service))


def _state(status: Mapping[str, Any]) -> str:
    if status.get("silencedBy"):
        return "silenced"
    return "inhibited" if status.get("inhibitedBy") else "firing"


def _alert(one: Mapping[str, Any], state: str, since: str, goes_to: tuple[str, ...]) -> Alert:
    labels, texts = one["labels"], one.get("annotations") or {}
    return Alert(
        name=labels["alertname"],
        state=state,
        severity=labels.get("severity", ""),
        team=labels.get("team", ""),
        service=labels.get("service", ""),
        since=since,
        receivers=goes_to,
        summary=texts.get("summary", ""),
        runbook=texts.get("runbook_url", ""),
        dashboard=texts.get("dashboard_url", ""),
        labels=labels,
    )


def print_alerts(target: Console, found: list[Alert], now: datetime) -> None:
    """A row for each, and a word for a platform that has no trouble."""
    header = ["alert", "state", "severity", "team", "service", "since", "goes to", "summary"]
    output.print_table(target, header, [_row(alert, now) for alert in found], wrap=["summary"])
    if not any(alert.is_trouble for alert in found):
        output.print_line(target, "Nothing to act on.")
    for alert in found:
        if alert.is_trouble and alert.runbook:
            output.print_line(target, f"{alert.name}: {alert.runbook}")


def _row(alert: Alert, now: datetime) -> list[output.Cell]:
    style = "red" if alert.is_trouble else "yellow" if alert.state == "pending" else "green" if alert.name in ALWAYS else ""
    age = workloads.duration(int((now - datetime.fromisoformat(alert.since)).total_seconds()))
    middle = [alert.severity or "-", alert.team or "-", alert.service or "-", age, ", ".join(alert.receivers)]
    return [alert.name, Text(alert.state, style=style), *middle, alert.summary]


def _as_json(alert: Alert) -> dict[str, Any]:
    return {**asdict(alert), "receivers": list(alert.receivers), "labels": dict(alert.labels)}
