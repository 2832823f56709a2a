"""The story of requirements 1.9: memory grows under load, the warning comes first, then the kill, then the page.

The last of its folder: what it raises is heard for five minutes more. The warning itself takes ten, so test_warning.py tells of it.
"""

from collections.abc import Iterator
from functools import partial

import pytest

from tests.live import memory
from tests.live.monitoring.conftest import Monitoring
from tests.live.platform import Platform
from tests.waiting import eventually

pytestmark = pytest.mark.live

NAME = "growing"


@pytest.fixture
def growing(monitoring: Monitoring, platform: Platform) -> Iterator[str]:
    """A pod that is near its limit, as part of the shop."""
    assert monitoring.urls
    memory.start(platform, NAME, "shop")
    yield NAME
    platform.output(f"kubectl delete pod {NAME} -n shop --grace-period=1")


def test_growth_warns_then_kills_then_pages(monitoring: Monitoring, platform: Platform, growing: str) -> None:
    """1.10: above 90 % of the limit the warning is on its way; at the limit the kill is recorded, and somebody is paged."""
    eventually(partial(monitoring.state, "ContainerMemoryNearLimit", growing), seconds=90)
    platform.output(f"kubectl exec {growing} -n shop -- touch /tmp/more")
    eventually(lambda: monitoring.state("ContainerOOMKilled", growing) == "firing", seconds=90)
    page = eventually(partial(_page, monitoring, growing), seconds=90)

    ended = platform.kubectl(f"get pod {growing} -n shop")["status"]["containerStatuses"][0]["lastState"]["terminated"]
    assert ("OOMKilled", 137) == (ended["reason"], ended["exitCode"])
    assert {"severity": "critical", "namespace": "shop", "service": growing}.items() <= page["labels"].items()
    assert page["annotations"]["runbook_url"].endswith("ContainerOOMKilled.md")
    panels = monitoring.viewer(f"api/panels/causeway-memory?var-namespace=shop&var-pod={growing}&from=now-15m")["panels"]
    assert [] == [panel["title"] for panel in panels if not (panel["has_data"] or panel["may_be_empty"])]


def _page(monitoring: Monitoring, pod: str) -> dict[str, dict[str, str]] | None:
    alerts = [alert for delivery in monitoring.deliveries("page") for alert in delivery["alerts"]]
    return next(
        (alert for alert in alerts if alert["labels"]["alertname"] == "ContainerOOMKilled" and alert["labels"].get("pod") == pod), None
    )
