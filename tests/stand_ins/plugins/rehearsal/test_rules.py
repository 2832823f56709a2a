"""Value rules of the rehearsal: what is right passes, and each rule refuses what breaks it."""

from pathlib import Path

import pytest

from stand_ins.plugins.kubernetes.properties import UNKNOWN
from stand_ins.plugins.rehearsal import kinds_aws, kinds_gcp, rules_aws, rules_gcp
from stand_ins.plugins.rehearsal.judge import Judge, World
from stand_ins.plugins.rehearsal.shapes import Refusal
from stand_ins.plugins.rehearsal.store import Store, Thing
from tests.stand_ins.plugins.rehearsal.samples import AWS, GCP, TRUST, Case

CASES = [("aws", case) for case in AWS] + [("gcp", case) for case in GCP]
NAMES = [f"{case.token.rpartition(':')[2]}: {case.words}" for _, case in CASES]


def judged(package: str, token: str, inputs: dict[str, object], store: Store) -> list[Refusal]:
    rules = rules_aws if package == "aws" else rules_gcp
    world = World("eu-central-1", "111122223333", store) if package == "aws" else World("europe-west3", "causeway-example", store)
    judge = Judge(inputs, "urn:new")
    for rule in (*filter(None, [rules.RULES.get(f"{package}:{token}")]), *rules.EVERYWHERE):
        rule(judge, world)
    return judge.refusals


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "things.json")


@pytest.mark.parametrize(("package", "case"), CASES, ids=NAMES)
def test_what_is_right_passes(package: str, case: Case, store: Store) -> None:
    """Issue 8, item 3: a rule accepts what the cloud accepts."""
    missing = "access entry" if "AccessPolicy" in case.token else "\0"

    assert [] == [found for found in judged(package, case.token, case.good, store) if missing not in found.reason]


@pytest.mark.parametrize(("package", "case"), CASES, ids=NAMES)
def test_what_is_wrong_is_refused(package: str, case: Case, store: Store) -> None:
    """Issue 8, items 3 and 5: each rule refuses what breaks it, and says why."""
    found = judged(package, case.token, {**case.good, **case.change}, store)

    assert [item for item in found if case.words in item.reason]


@pytest.mark.parametrize(("package", "case"), CASES, ids=NAMES)
def test_what_is_not_known_yet_is_not_judged(package: str, case: Case, store: Store) -> None:
    """A preview does not refuse values that only an update will know."""
    unknown = dict.fromkeys({**case.good, **case.change}, UNKNOWN)

    assert not [item for item in judged(package, case.token, unknown, store) if "is none of" in item.reason or "is not the" in item.reason]


def test_every_rule_has_a_case() -> None:
    """Issue 8, item 5: a rule without a failing and a passing test is no rule."""
    tested = {f"{package}:{case.token}" for package, case in CASES}

    assert not (rules_aws.RULES.keys() | rules_gcp.RULES.keys()) - tested


def test_every_rule_is_for_a_type_that_the_rehearsal_knows() -> None:
    """A rule under a misspelt token would never be asked."""
    assert rules_aws.RULES.keys() <= kinds_aws.KINDS.keys()
    assert rules_gcp.RULES.keys() <= kinds_gcp.KINDS.keys()


def test_subnets_overlap(store: Store) -> None:
    """Two subnets of one VPC share no address, and lie in the VPC."""
    store.put(Thing("aws:ec2/vpc:Vpc", "vpc-1", "urn:vpc", {}, {"cidrBlock": "10.0.0.0/16"}))
    store.put(Thing("aws:ec2/subnet:Subnet", "subnet-1", "urn:one", {}, {"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/18"}))

    def found(block: str) -> list[Refusal]:
        return judged("aws", "ec2/subnet:Subnet", {"vpcId": "vpc-1", "cidrBlock": block}, store)

    assert [] == found("10.0.64.0/18")
    assert "overlaps" in found("10.0.0.0/20")[0].reason
    assert "is not in the VPC" in found("10.1.0.0/20")[0].reason


def test_pod_identity_role_trusts_pod_identity(store: Store) -> None:
    """An association's role can be assumed by Pod Identity, which also tags the session."""
    arn = "arn:aws:iam::111122223333:role/x"
    store.put(Thing("aws:iam/role:Role", "x", "urn:x", {"assumeRolePolicy": TRUST}, {"arn": arn}))
    store.put(Thing("aws:iam/role:Role", "y", "urn:y", {"assumeRolePolicy": "{}"}, {"arn": f"{arn}y"}))

    assert [] == judged("aws", "eks/podIdentityAssociation:PodIdentityAssociation", {"roleArn": arn}, store)
    assert "does not trust" in judged("aws", "eks/podIdentityAssociation:PodIdentityAssociation", {"roleArn": f"{arn}y"}, store)[0].reason
