"""What became of the pod near its memory limit that test_patterns.py started: by now ten minutes are over, or nearly.

Alone, it waits for them.
"""

from functools import partial
from typing import Any

import pytest

from tests.live.monitoring.conftest import Monitoring
from tests.live.platform import Platform
from tests.waiting import eventually

pytestmark = pytest.mark.live

WARNING = "ContainerMemoryNearLimit"
HOLD = 600.0
"""Seconds above 90 % before the warning speaks up (requirements 1.7)."""


def test_memory_near_its_limit_warns_after_ten_minutes(platform: Platform, nearly_full: str) -> None:
    """1.10: the rule as it is, unshortened, fires on real memory, and its ticket, not a page, arrives with all that it needs."""
    monitoring = Monitoring(platform, platform.stack_output("urls"))
    rules = [rule for group in monitoring.prometheus("rules")["groups"] for rule in group["rules"]]
    assert {HOLD} == {rule["duration"] for rule in rules if rule["name"] == WARNING}

    eventually(lambda: monitoring.state(WARNING, nearly_full), seconds=90)
    eventually(lambda: monitoring.state(WARNING, nearly_full) == "firing", seconds=HOLD + 60)
    ticket = eventually(partial(_delivered, monitoring, "ticket", nearly_full), seconds=120)

    assert {"severity": "warning", "namespace": nearly_full, "service": nearly_full}.items() <= ticket["labels"].items()
    assert ticket["labels"]["team"]
    assert ticket["annotations"]["runbook_url"].endswith(f"{WARNING}.md")
    assert f"var-pod={nearly_full}" in ticket["annotations"]["dashboard_url"]
    assert not _delivered(monitoring, "page", nearly_full)


def _delivered(monitoring: Monitoring, receiver: str, pod: str) -> dict[str, Any] | None:
    alerts = [alert for delivery in monitoring.deliveries(receiver) for alert in delivery["alerts"]]
    return next((alert for alert in alerts if alert["labels"].get("pod") == pod), None)
