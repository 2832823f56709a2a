"""The lowest level of the ladder on the running shop, to which it goes back from the highest."""

import pytest

from tests.live.ladder import climb, rotated
from tests.live.platform import Platform

pytestmark = pytest.mark.live


def test_way_back(platform: Platform) -> None:
    """4.08: down to level native under load too, no request fails, no pod restarts, and no program of a higher level is left."""
    climb(platform, "native")
    spaces = {item["metadata"]["namespace"] for item in platform.kubectl("get deployments -A")["items"]}

    assert not spaces & {"external-secrets", "secrets-manager", "vault"}
    assert "sealed-secrets-controller" not in platform.output("kubectl get deployments -n kube-system -o name")


def test_rotation_loses_no_request(platform: Platform) -> None:
    """4.09, 4.10: at level native too, the password is rotated under load, no request fails, and the old password is refused."""
    rotated(platform)
