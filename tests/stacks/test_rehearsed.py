"""Every profile of the clouds that we ship: what the value rules say of it, and what has to outlive what."""

import pulumi
import pytest

from stand_ins.plugins.rehearsal import kinds_aws, kinds_gcp
from stand_ins.plugins.rehearsal.store import Thing
from stand_ins.rehearse.order import unbound
from tests.recorder import Recording
from tests.stacks.rehearsed import PROFILES, rehearse, rehearsed


@pytest.mark.parametrize("profile", PROFILES)
def test_rules_accept_every_profile(profile: str) -> None:
    """Issue 8, item 3: the stacks, the examples of production and GKE's other mode break no value rule."""
    assert {} == rehearsed(profile).refused


def test_rules_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile that breaks a rule is refused: the test above is not empty."""
    monkeypatch.setattr("platforms.eks.cluster.LOG_TYPES", ["everything"])

    assert ["aws:eks/cluster:Cluster::cluster"] == list(rehearse("eks").refused)


def needs(recording: Recording) -> dict[str, frozenset[str]]:
    return {resource.urn: resource.needs for resource in recording.resources}


@pytest.mark.parametrize("profile", PROFILES)
def test_namespaces_wait_for_their_volumes(profile: str) -> None:
    """Issue 8, item 3: every namespace of ours is one whose deletion the API server holds up while a volume is left there."""
    made = rehearsed(profile).recording.resources
    (policy,) = (item.inputs for item in made if item.type.endswith(":ValidatingAdmissionPolicy"))
    (binding,) = (item.inputs for item in made if item.type.endswith(":ValidatingAdmissionPolicyBinding"))
    chosen = policy["spec"]["matchConstraints"]["objectSelector"]["matchLabels"].items()

    assert policy["metadata"]["name"] == binding["spec"]["policyName"]
    assert [] == [item.urn for item in made if item.type.endswith(":Namespace") and not chosen <= item.inputs["metadata"]["labels"].items()]


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
        ("eks", "RestrictedNamespace::shop", "::platform-", "ValidatingAdmissionPolicyBinding::platform-"),
        ("gke-standard", "pulumi:providers:kubernetes::kubernetes", "gcp:container/nodePool:", "gcp:container/nodePool:NodePool::nodes"),
    ],
)
def test_lost_dependency_is_found(profile: str, user: str, lost: str, expected: str) -> None:
    """Issue 8, item 3: without one dependency the proof above fails, and names what could go too early."""
    found = needs(rehearsed(profile).recording)
    broken = {urn: frozenset(one for one in below if not (urn.endswith(user) and lost in one)) for urn, below in found.items()}

    assert found != broken
    assert [line for line in unbound(broken) if expected in line]


@pytest.mark.parametrize("profile", PROFILES)
def test_cluster_is_protected_in_production(profile: str) -> None:
    """Issue 8, item 1: in production the engine refuses, in its preview, to destroy; and no machine type ever replaces a cluster."""
    (cluster,) = (item for item in rehearsed(profile).recording.resources if item.type.endswith("/cluster:Cluster"))

    assert (profile.endswith("production"),) * 2 == (cluster.is_protected, cluster.inputs["deletionProtection"])
    assert ("nodeConfig" in cluster.inputs) == ("nodeConfig" in cluster.ignored)


SHOP_WITHOUT_A_DOMAIN = "http://198.51.100.7/"
REPOSITORY_OUTSIDE = {"enabled": True, "repository": {"url": "https://git.example.com/platform.git"}}
SIGN_ON = {"name": "Example", "issuer": "https://id.example.com", "clientId": "argocd", "secret": "argocd-sso", "adminGroup": "platform"}


@pytest.mark.parametrize("profile", PROFILES)
def test_argo_cd_on_a_cloud(profile: str) -> None:
    """2.03, issue 8, item 3: with Git outside and single sign-on every profile is accepted, in the right order, two of what can be two."""
    changes = {"causeway:gitops": {**REPOSITORY_OUTSIDE, "signOn": SIGN_ON}, "causeway:shop": {"replicas": None}}
    found = rehearse(profile, changes)
    (release,) = (item.inputs["values"] for item in found.recording.resources if item.name == "argo-cd")

    assert ({}, []) == (found.refused, unbound(needs(found.recording)))
    assert (True, 2, False) == (release["redis-ha"]["enabled"], release["server"]["replicas"], release["configs"]["cm"]["admin.enabled"])
    assert ("https://web.example.com/" if "production" in profile else SHOP_WITHOUT_A_DOMAIN) == found.recording.outputs["urls"]["shop"]


def test_argo_cd_without_a_repository() -> None:
    """2.03: a cloud has no Git server of its own; without an address the setting is named, with the fix."""
    with pytest.raises(pulumi.RunError, match=r"^causeway:gitops.repository: given nothing; needed on eks: .*; fix: pulumi config set"):
        rehearse("eks", {"causeway:gitops": {"enabled": True}})


@pytest.mark.parametrize("target", ["eks", "gke"])
def test_platforms_of_one_account_share_nothing(target: str) -> None:
    """Issue 8, item 1: development and production fit into one account or project: what we name has two names.

    Google's services are the project's own, enabled for all and never switched off.
    """
    development, production = (_named(rehearsed(profile).things) for profile in (target, f"{target}-production"))

    assert development
    assert set() == development & production


def _named(things: list[Thing]) -> set[tuple[str, str]]:
    """What has an id that follows from what we give it; other ids are the cloud's own choice."""
    kinds = {**kinds_aws.KINDS, **kinds_gcp.KINDS}
    return {
        (thing.token, thing.id)
        for thing in things
        if "{digits}" not in kinds[thing.token].identifier and thing.token != "gcp:projects/service:Service"
    }
