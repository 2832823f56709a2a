"""Every profile of the clouds that we ship: what the value rules say of it, and what has to outlive what."""

from pathlib import Path

import pytest

from tests.stacks.rehearsed import PROFILES, rehearse

pytestmark = pytest.mark.usefixtures("home")


@pytest.mark.parametrize("profile", PROFILES)
def test_rules_accept_every_profile(profile: str, tmp_path: Path) -> None:
    """Issue 8, item 3: the stacks, the examples of production and GKE's other mode break no value rule."""
    assert {} == rehearse(profile, tmp_path).refused


def test_rules_are_asked(tmp_path: Path) -> None:
    """A profile that breaks a rule is refused: the test above is not empty."""
    refused = rehearse("gke", tmp_path, {"causeway:gke": {"kmsKey": "projects/p/locations/us-east1/keyRings/r/cryptoKeys/k"}}).refused

    assert ["gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember::cluster-encryption"] == list(refused)
