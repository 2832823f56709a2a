"""`causeway alerts`, `slo` and `dashboards` against real monitoring, as a user types them."""

import json

import pytest

from tests.live.monitoring.conftest import Monitoring
from tests.live.platform import Platform, call
from tests.waiting import eventually

pytestmark = pytest.mark.live


def test_alerts_of_a_healthy_platform(monitoring: Monitoring, platform: Platform) -> None:
    """Issue 5, item 8: nothing to act on, and the alert that always fires goes to the dead-man's switch."""
    assert monitoring.urls
    told = json.loads(platform.output("causeway alerts --json"))

    assert told["quiet"]
    assert [["dead-man"]] == [alert["receivers"] for alert in told["alerts"] if alert["name"] == "Watchdog"]


def test_promises_of_the_shop(monitoring: Monitoring, platform: Platform) -> None:
    """Issue 5, item 8: the web API's two objectives; while somebody asks it something, what is left of their budgets."""
    shop = monitoring.urls["shop"]

    def told() -> dict[str, float | None]:
        # Again each time: a counter that begins at one has not grown.
        call("POST", f"{shop.rstrip('/')}/orders", {"item": "book", "quantity": 1})
        found = json.loads(platform.output("causeway slo --json"))["objectives"]
        return {one["slo"]: one["budgetLeft"] for one in found if one["service"] == "web"}

    budgets = eventually(lambda: budgets if None not in (budgets := told()).values() else None, seconds=90)
    assert {"availability", "latency"} == budgets.keys()


def test_dashboards_are_found_and_drawn(monitoring: Monitoring, platform: Platform) -> None:
    """Issue 5, item 8: `open` names the viewer behind the front door; `shoot` draws each panel with what Prometheus has."""
    told = json.loads(platform.output("causeway dashboards open causeway-memory --json"))
    made = json.loads(platform.output("causeway dashboards shoot causeway-memory --to pictures --var namespace=shop --json"))

    assert f"{monitoring.urls['grafana']}d/causeway-memory" == told["url"]
    assert [0] == [picture["empty"] for picture in made["pictures"]]
    assert "web-" in (platform.root / "pictures/causeway-memory.svg").read_text()
