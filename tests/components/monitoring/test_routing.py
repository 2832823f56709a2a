"""Each alert's labels, sent through the generated routes, reach the right receiver; credentials are only named."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from components.monitoring.routes import receivers
from components.monitoring.routing import OFFLINE, Receiver, ReceiverKind, Receivers, SecretKey, configuration, mounted_secrets, routing
from tests.components.monitoring.cases import CASES

CLOUD = Receivers(
    page=Receiver(ReceiverKind.PAGERDUTY, credential=SecretKey("pager", "routing-key")),
    ticket=Receiver(ReceiverKind.SLACK, credential=SecretKey("chat", "webhook"), channel="#alerts"),
    dead_man=Receiver(ReceiverKind.WEBHOOK, "https://dead-man.example/ping", SecretKey("dead-man", "token")),
)
RECEIVER_OF = {"critical": "page", "warning": "ticket", "info": "nobody"}
OTHERS = {
    "Watchdog": ({"alertname": "Watchdog", "severity": "none"}, "dead-man"),
    "InfoInhibitor": ({"alertname": "InfoInhibitor", "severity": "none"}, "nobody"),
    "an upstream alert": ({"alertname": "KubeNodeNotReady", "severity": "warning"}, "ticket"),
    "an alert without a severity": ({"alertname": "Unknown"}, "ticket"),
}


@pytest.fixture(params=[OFFLINE, CLOUD], ids=["offline", "cloud"])
def config(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The configuration as Alertmanager reads it, for minikube's receivers and for those of a cloud."""
    path = tmp_path / "alertmanager.yaml"
    path.write_text(routing(request.param)["stringData"]["alertmanager.yaml"])
    return path


def test_the_configuration_is_taken(amtool: Path, config: Path) -> None:
    """Alertmanager's own checker takes the configuration (1.15)."""
    answer = subprocess.run([amtool, "check-config", config], capture_output=True, text=True)

    assert 0 == answer.returncode, answer.stderr


def test_alerts_reach_their_receivers(amtool: Path, tmp_path: Path) -> None:
    """Critical pages, warning makes a ticket, info goes nowhere, Watchdog to the dead man's switch (1.15)."""
    path = tmp_path / "alertmanager.yaml"
    path.write_text(routing(OFFLINE)["stringData"]["alertmanager.yaml"])
    wanted = {name: ({"alertname": name.split()[0], **case.labels}, RECEIVER_OF[case.labels["severity"]]) for name, case in CASES.items()}

    assert {name: receiver for name, (_, receiver) in {**wanted, **OTHERS}.items()} == {
        name: _receiver(amtool, path, labels) for name, (labels, _) in {**wanted, **OTHERS}.items()
    }


def test_routes_are_followed_as_alertmanager_does() -> None:
    """What `causeway alerts` says of an alert that was not sent yet is what Alertmanager will do (issue 5, item 8)."""
    route = configuration(OFFLINE)["route"]
    wanted = {name: ({"alertname": name.split()[0], **case.labels}, RECEIVER_OF[case.labels["severity"]]) for name, case in CASES.items()}

    assert {name: [receiver] for name, (_, receiver) in {**wanted, **OTHERS}.items()} == {
        name: receivers(route, labels) for name, (labels, _) in {**wanted, **OTHERS}.items()
    }


@pytest.mark.parametrize(
    ("matcher", "holds"),
    [
        ('team="shop"', True), ("team=shop", True), ('team!="shop"', False), ('team=~"sh.*"', True), ('team=~"sh"', False),
        ('team!~"ops|shop"', False), ('other=""', True), ('other!="x"', True),
    ],
)  # fmt: skip
def test_matchers(amtool: Path, tmp_path: Path, matcher: str, holds: bool) -> None:
    """Every operator means what it means to Alertmanager, anchors and missing labels included."""
    route = {"receiver": "else", "routes": [{"receiver": "then", "matchers": [matcher]}]}
    path = tmp_path / "alertmanager.yaml"
    path.write_text(json.dumps({"route": route, "receivers": [{"name": "else"}, {"name": "then"}]}))

    assert receivers(route, {"team": "shop"}) == ["then" if holds else "else"] == [_receiver(amtool, path, {"team": "shop"})]


def test_route_that_continues() -> None:
    """A route that continues adds its receiver to those of the routes after it."""
    children = [{"receiver": "first", "continue": True}, {"routes": [{"receiver": "inner", "matchers": ["a=b"]}]}]

    assert ["first", "top"] == receivers({"receiver": "top", "routes": children}, {})
    with pytest.raises(ValueError, match="'nonsense' is no matcher"):
        receivers({"receiver": "top", "routes": [{"matchers": ["nonsense"]}]}, {})


def _receiver(amtool: Path, config: Path, labels: dict[str, str]) -> str:
    pairs = [f"{name}={json.dumps(value)}" for name, value in labels.items()]
    command = [amtool, "config", "routes", "test", f"--config.file={config}", *pairs]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_only_names_of_credentials_are_written() -> None:
    """A receiver's credential is a file that the operator mounts; the configuration holds no key and no token (1.15)."""
    files = [line.split(": ")[1] for line in yaml.safe_dump(configuration(CLOUD)).splitlines() if "_file: " in line]

    assert [
        "/etc/alertmanager/secrets/chat/webhook",
        "/etc/alertmanager/secrets/dead-man/token",
        "/etc/alertmanager/secrets/pager/routing-key",
    ] == sorted(files)
    assert ["chat", "dead-man", "pager"] == mounted_secrets(CLOUD)
    assert [] == mounted_secrets(OFFLINE)


def test_targets_differ_in_receivers_only() -> None:
    """Routes and inhibitions are the same on every target (1.05)."""
    offline, cloud = configuration(OFFLINE), configuration(CLOUD)

    assert {**offline, "receivers": []} == {**cloud, "receivers": []}
    assert [receiver["name"] for receiver in offline["receivers"]] == [receiver["name"] for receiver in cloud["receivers"]]


def test_grouping_and_repetition() -> None:
    """Alerts of one name, namespace and service come together; pages repeat after 4 hours, tickets after 12 (1.15)."""
    route = configuration(OFFLINE)["route"]
    repeats = {child["receiver"]: child.get("repeat_interval", route["repeat_interval"]) for child in route["routes"]}

    assert ["alertname", "namespace", "service"] == route["group_by"]
    assert ("30s", "5m") == (route["group_wait"], route["group_interval"])
    assert ("4h", "12h") == (repeats["page"], repeats["ticket"])


def test_inhibitions_name_labels_that_alerts_have() -> None:
    """An inhibition compares labels that both of its alerts carry, or it would silence strangers (1.15)."""
    for inhibition in configuration(OFFLINE)["inhibit_rules"]:
        names = [matcher.split('"')[1] for matcher in inhibition["target_matchers"] if matcher.startswith('alertname="')]
        for case in (case for name, case in CASES.items() if name.split()[0] in names):
            assert set(inhibition["equal"]) <= {"alertname", *case.labels}


@pytest.mark.parametrize(
    ("receiver", "message"),
    [
        (Receiver(ReceiverKind.WEBHOOK), "receiver page: webhook needs a url"),
        (Receiver(ReceiverKind.PAGERDUTY), "receiver page: pagerduty needs a credential"),
        (Receiver(ReceiverKind.SLACK, credential=SecretKey("chat", "webhook")), "receiver page: slack needs a channel"),
    ],
)
def test_an_incomplete_receiver_is_refused(receiver: Receiver, message: str) -> None:
    """A receiver that lacks what its kind needs is refused by name (1.15)."""
    with pytest.raises(ValueError, match=message):
        configuration(replace(OFFLINE, page=receiver))
