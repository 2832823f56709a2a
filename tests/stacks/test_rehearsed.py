"""Every profile of the clouds that we ship: what the value rules say of it, and what has to outlive what."""

import pytest

from local.rehearse.order import unbound
from tests.recorder import Recording
from tests.stacks.rehearsed import PROFILES, rehearse, rehearsed


@pytest.mark.parametrize("profile", PROFILES)
def test_rules_accept_every_profile(profile: str) -> None:
    """Issue 8, item 3: the stacks, the examples of production and GKE's other mode break no value rule."""
    assert {} == rehearsed(profile).refused


def test_rules_are_asked() -> None:
    """A profile that breaks a rule is refused: the test above is not empty."""
    refused = rehearse("gke", {"causeway:gke": {"kmsKey": "projects/p/locations/us-east1/keyRings/r/cryptoKeys/k"}}).refused

    assert ["gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember::cluster-encryption"] == list(refused)


def needs(recording: Recording) -> dict[str, frozenset[str]]:
    return {resource.urn: resource.needs for resource in recording.resources}


@pytest.mark.parametrize("profile", PROFILES)
def test_order_of_deletion_is_in_the_dependencies(profile: str) -> None:
    """Issue 8, item 3: load balancers and volumes before the cluster, the cluster before network, keys and roles; always."""
    found = needs(rehearsed(profile).recording)

    assert [] == unbound(found)


@pytest.mark.parametrize(
    ("profile", "user", "lost", "expected"),
    [
        ("eks", "aws:eks/cluster:Cluster::cluster", "aws:ec2/route:Route::", "aws:ec2/natGateway:NatGateway::nat-eu-central-1a"),
        ("eks", "pulumi:providers:kubernetes::kubernetes", "AccessPolicyAssociation::", "admin-causeway-deployer"),
        ("gke", "gcp:container/cluster:Cluster::cluster", "gcp:compute/routerNat:RouterNat::", "gcp:compute/routerNat:RouterNat::nat"),
        ("gke-standard", "pulumi:providers:kubernetes::kubernetes", "gcp:container/nodePool:", "gcp:container/nodePool:NodePool::nodes"),
    ],
)
def test_lost_dependency_is_found(profile: str, user: str, lost: str, expected: str) -> None:
    """Issue 8, item 3: without one dependency the proof above fails, and names what could go too early."""
    found = needs(rehearsed(profile).recording)
    broken = {urn: frozenset(one for one in below if not (urn.endswith(user) and lost in one)) for urn, below in found.items()}

    assert found != broken
    assert [line for line in unbound(broken) if expected in line]
