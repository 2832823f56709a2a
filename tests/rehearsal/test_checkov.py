"""checkov's checks for AWS and Google Cloud over what the program gives the clouds, translated into a Terraform plan."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stand_ins.plugins.rehearsal.store import Thing
from tests.checkov import Verdict, judge
from tests.rehearsal.test_rehearsal import VAULT_KEY
from tests.stacks.rehearsed import PROFILES, rehearse, rehearsed
from tests.stacks.terraform import plan

pytestmark = pytest.mark.live

AUTOPILOT = ("gke", "gke-production")
GKE = (*AUTOPILOT, "gke-standard")
EXCEPTIONS = {
    "CKV_AWS_37": (("eks", "eks-production"), "the two other control-plane logs cost more than they tell: docs/clouds/eks.md"),
    "CKV_AWS_39": (("eks",), "the example of a development cluster is reached from one named block; production is private"),
    "CKV2_AWS_57": (("eks", "eks-production"), "we make the place and never the value; who puts it there rotates it"),
    "CKV2_GCP_18": (
        ("gke-production",),
        "a custom network refuses all ingress, and GKE adds the rules that a public front door needs",
    ),
    "CKV_GCP_12": (GKE, "Dataplane V2 enforces network policies; this is the switch of the engine before it"),
    "CKV_GCP_20": (GKE, "the endpoint by address is off, so it has no list of addresses; the one by name asks IAM"),
    "CKV_GCP_61": (AUTOPILOT, "Autopilot presets it and refuses to be told"),
    "CKV_GCP_65": (GKE, "administrators are named by IAM; a group needs a Workspace domain, which not everybody has"),
    "CKV_GCP_66": (GKE, "Binary Authorization needs attestations, which nothing here makes yet"),
    "CKV_GCP_69": (AUTOPILOT, "Autopilot presets it and refuses to be told"),
    "CKV_GCP_84": (GKE, "images are encrypted with Google's key; ours is for the cluster's secrets"),
}
"""Checks that fail by intention: on which profiles, and why."""

AT_VAULT: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "eks": {"causeway:secrets": {"level": "vault"}},
    "gke": {"causeway:secrets": {"level": "vault"}, "causeway:gke": {"vaultKey": VAULT_KEY}},
}
"""Profile to what brings it to level vault, with a key more and who may use it."""

Break = Callable[[dict[str, Any]], dict[str, Any]]
BROKEN: dict[str, tuple[str, str, Break]] = {
    "CKV_AWS_58": ("eks", "aws:eks/cluster:Cluster", lambda given: {**given, "encryptionConfig": {}}),
    "CKV_AWS_38": ("eks", "aws:eks/cluster:Cluster", lambda given: {**given, "vpcConfig": {"publicAccessCidrs": ["0.0.0.0/0"]}}),
    "CKV_AWS_7": ("eks", "aws:kms/key:Key", lambda given: {**given, "enableKeyRotation": False}),
    "CKV_AWS_163": ("eks", "aws:ecr/repository:Repository", lambda given: {**given, "imageScanningConfiguration": {"scanOnPush": False}}),
    "CKV_AWS_158": ("eks", "aws:cloudwatch/logGroup:LogGroup", lambda given: {**given, "kmsKeyId": None}),
    "CKV_AWS_149": ("eks", "aws:secretsmanager/secret:Secret", lambda given: {**given, "kmsKeyId": None}),
    "CKV2_AWS_11": ("eks", "aws:ec2/flowLog:FlowLog", lambda given: {**given, "vpcId": "vpc-of-another"}),
    "CKV_GCP_64": ("gke", "gcp:container/cluster:Cluster", lambda given: {**given, "privateClusterConfig": None}),
    "CKV_GCP_26": ("gke", "gcp:compute/subnetwork:Subnetwork", lambda given: {**given, "logConfig": None}),
    "CKV_GCP_68": ("gke-standard", "gcp:container/nodePool:NodePool", lambda given: {**given, "nodeConfig": {}}),
}  # fmt: skip
"""For each check an input that breaks it: a judge that saw nothing would pass these too."""


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> list[Verdict]:
    """Every profile, and every broken one, judged in one run of checkov."""
    folder = tmp_path_factory.mktemp("plans")
    things = {profile: rehearsed(profile).things for profile in PROFILES}
    broken = {check: [_broken(thing, token, change) for thing in things[profile]] for check, (profile, token, change) in BROKEN.items()}
    at_vault = {f"{profile}-vault": rehearse(profile, changes).things for profile, changes in AT_VAULT.items()}
    return judge("terraform_plan", [_written(folder, name, content) for name, content in (things | at_vault | broken).items()])


@pytest.mark.parametrize("profile", PROFILES)
def test_profile_fails_only_the_checks_that_it_means_to(verdicts: list[Verdict], profile: str) -> None:
    """Issue 8, item 5: checkov finds nothing at AWS and Google Cloud but the exceptions, each with its reason."""
    here = [verdict for verdict in verdicts if verdict.file == f"{profile}.json"]

    assert {check for check, (profiles, _) in EXCEPTIONS.items() if profile in profiles} == {item.check for item in here if not item.passed}
    assert len([item for item in here if item.passed]) >= (15 if profile.startswith("gke") else 80)


@pytest.mark.parametrize("profile", AT_VAULT)
def test_level_vault_fails_no_other_check(verdicts: list[Verdict], profile: str) -> None:
    """4.07, issue 8, item 5: the key that opens Vault, and who may use it, pass the checks that the rest passes, and are looked at."""
    here, without = ([item for item in verdicts if item.file == f"{name}.json"] for name in (f"{profile}-vault", profile))
    failed = [{item.check for item in found if not item.passed} for found in (here, without)]

    assert failed[0] == failed[1]
    assert len(here) > len(without)


@pytest.mark.parametrize("check", BROKEN)
def test_translation_shows_what_is_wrong(verdicts: list[Verdict], check: str) -> None:
    """What breaks a check fails it, and passes it as we give it: the translated names are those that checkov reads."""
    profile = BROKEN[check][0]

    assert [item for item in verdicts if (item.file, item.check, item.passed) == (f"{check}.json", check, False)]
    assert all(item.passed for item in verdicts if (item.file, item.check) == (f"{profile}.json", check))


def _broken(thing: Thing, token: str, change: Break) -> Thing:
    return (
        replace(thing, inputs={key: value for key, value in change(thing.inputs).items() if value is not None})
        if thing.token == token
        else thing
    )


def _written(folder: Path, name: str, things: list[Thing]) -> Path:
    file = folder / f"{name}.json"
    file.write_text(json.dumps(plan(things)))
    return file
