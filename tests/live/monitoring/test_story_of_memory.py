"""The story of requirements 1.9: memory grows under load, the warning comes first, then the kill, then the page.

The last of its folder: what it raises is heard for five minutes more.
"""

import json
from collections.abc import Iterator
from functools import partial

import pytest

from tests.live.monitoring.conftest import Monitoring
from tests.live.platform import Platform, eventually

pytestmark = pytest.mark.live

NAME = "growing"
# Holds 94 % of its limit until it is told to take more; what runs after the kill is told already, and takes nothing.
GROWS = """
import os, time
told = os.path.exists('/tmp/more')
held = bytearray(0 if told else 228 << 20)
held[::4096] = b'x' * len(held[::4096])
while told or not os.path.exists('/tmp/more'):
    time.sleep(0.2)
held += b'x' * (256 << 20)
"""


@pytest.fixture
def growing(monitoring: Monitoring, platform: Platform) -> Iterator[str]:
    """A pod of the shop's image with the web API's limit, as part of the shop."""
    assert monitoring.urls
    web = platform.kubectl("get deployment web -n shop")["spec"]["template"]
    container = web["spec"]["containers"][0]
    kept = {key: container[key] for key in ("image", "resources", "securityContext")}
    labels = {**web["metadata"]["labels"], "app": NAME, "app.kubernetes.io/name": NAME, "app.kubernetes.io/instance": NAME}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": NAME, "namespace": "shop", "labels": labels},
        "spec": {
            "securityContext": web["spec"]["securityContext"],
            "automountServiceAccountToken": False,
            "containers": [
                {**kept, "name": NAME, "command": ["python3.11", "-c", GROWS], "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}]}
            ],
            "volumes": [{"name": "tmp", "emptyDir": {}}],
        },
    }
    platform.output(f"kubectl apply -f - <<'END'\n{json.dumps(pod)}\nEND")
    yield NAME
    platform.output(f"kubectl delete pod {NAME} -n shop --grace-period=1")


def test_growth_warns_then_kills_then_pages(monitoring: Monitoring, platform: Platform, growing: str) -> None:
    """1.10: above 90 % of the limit the warning is on its way; at the limit the kill is recorded, and somebody is paged."""
    eventually(partial(_state, monitoring, "ContainerMemoryNearLimit", growing), seconds=90)
    platform.output(f"kubectl exec {growing} -n shop -- touch /tmp/more")
    eventually(lambda: _state(monitoring, "ContainerOOMKilled", growing) == "firing", seconds=90)
    page = eventually(partial(_page, monitoring, growing), seconds=90)

    ended = platform.kubectl(f"get pod {growing} -n shop")["status"]["containerStatuses"][0]["lastState"]["terminated"]
    assert ("OOMKilled", 137) == (ended["reason"], ended["exitCode"])
    assert {"severity": "critical", "namespace": "shop", "service": growing}.items() <= page["labels"].items()
    assert page["annotations"]["runbook_url"].endswith("ContainerOOMKilled.md")
    panels = monitoring.viewer(f"api/panels/causeway-memory?var-namespace=shop&var-pod={growing}&from=now-15m")["panels"]
    assert [] == [panel["title"] for panel in panels if not (panel["has_data"] or panel["may_be_empty"])]


def _state(monitoring: Monitoring, alert: str, pod: str) -> str | None:
    found = [entry for entry in monitoring.prometheus("alerts")["alerts"] if entry["labels"]["alertname"] == alert]
    return next((entry["state"] for entry in found if entry["labels"].get("pod") == pod), None)


def _page(monitoring: Monitoring, pod: str) -> dict[str, dict[str, str]] | None:
    alerts = [alert for delivery in monitoring.deliveries("page") for alert in delivery["alerts"]]
    return next(
        (alert for alert in alerts if alert["labels"]["alertname"] == "ContainerOOMKilled" and alert["labels"].get("pod") == pod), None
    )
