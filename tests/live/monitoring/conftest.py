"""The monitoring of the shared platform, asked as a person would: through the front door."""

import base64
import json
import urllib.parse
import urllib.request
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

import pytest

from tests.live.platform import Platform, call
from tests.waiting import eventually


@dataclass(frozen=True)
class Monitoring:
    """Prometheus, Alertmanager, the dashboards, and the sink of one platform."""

    platform: Platform
    urls: dict[str, str]

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The series of a PromQL expression now."""
        words = urllib.parse.urlencode({"query": expression})
        return list(self.prometheus(f"query?{words}")["result"])

    def prometheus(self, path: str) -> Any:
        """What its interface answers; fails, to be asked again, while it is not ready."""
        answer = call("GET", f"{self.urls['prometheus']}api/v1/{path}")
        assert answer.status == HTTPStatus.OK, answer.body
        return answer.body["data"]

    def deliveries(self, receiver: str) -> list[dict[str, Any]]:
        """What the sink was sent for a receiver, by way of the API server: it has no door."""
        path = "/api/v1/namespaces/monitoring/services/alert-sink:http/proxy/deliveries"
        return list(json.loads(self.platform.output(f"kubectl get --raw {path}/{receiver}")))

    def state(self, alert: str, pod: str) -> str | None:
        """How an alert about a pod stands: pending, firing, or None where there is none."""
        found = [entry for entry in self.prometheus("alerts")["alerts"] if entry["labels"]["alertname"] == alert]
        return next((entry["state"] for entry in found if entry["labels"].get("pod") == pod), None)

    def viewer(self, path: str) -> Any:
        """What the dashboards' viewer answers to their administrator."""
        secret = self.platform.kubectl("get secret grafana-admin -n monitoring")["data"]
        user, password = (base64.b64decode(secret[key]).decode() for key in ("admin-user", "admin-password"))
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        request = urllib.request.Request(f"{self.urls['grafana']}{path}", headers={"Authorization": f"Basic {token}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())


@pytest.fixture(scope="package")
def monitoring(platform: Platform) -> Monitoring:
    """Monitoring that has scraped every target and evaluated every rule."""
    made = Monitoring(platform, platform.stack_output("urls"))
    eventually(partial(_has_settled, made), seconds=150)
    return made


def _has_settled(monitoring: Monitoring) -> bool:
    """Whether every target was scraped and every rule was evaluated."""
    targets = monitoring.prometheus("targets?state=active")["activeTargets"]
    groups = monitoring.prometheus("rules")["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    return bool(targets and rules) and all(target["health"] == "up" for target in targets) and all(rule["health"] == "ok" for rule in rules)
