"""The lowest level of the ladder on the running shop."""

import pytest

from tests.live.platform import Platform
from tests.live.test_secrets import load, user, values

pytestmark = pytest.mark.live


def test_rotation_loses_no_request(platform: Platform) -> None:
    """4.09, 4.10: at level native too, the password is rotated under load, no request fails, and the old password is refused."""
    old = values(platform)
    with load(platform) as customer:
        platform.output("causeway secrets rotate shop-database --yes")

    assert ([], True) == (customer.failed, customer.placed > 50)
    assert ("refused", "shop") == (user(platform, old), user(platform, values(platform)))
