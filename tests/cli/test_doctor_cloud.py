"""What doctor says of a cloud: each check passes, warns or fails, with the fix."""
# ruff: noqa: E501  (a case on one line reads as a table)

import subprocess
from pathlib import Path
from typing import Any

import pytest

from cli.doctor.cloud import ALONE, EXAMPLE, judge_cloud, look, questions, read
from cli.doctor.facts import Answer, CloudFacts

EKS = {"account": "111122223333", "region": "eu-central-1", "zones": ["eu-central-1a"]}
GKE = {"project": "p", "projectNumber": "12", "region": "europe-west3", "kmsKey": "k"}


@pytest.mark.parametrize(
    ("target", "question", "found", "verdict"),
    [
        ("eks", "credentials", {"Account": "111122223333", "Arn": "arn:x"}, "pass"),
        ("eks", "credentials", {"Account": "999999999999", "Arn": "arn:x"}, "fail"),
        ("eks", "zones", {"AvailabilityZones": [{"ZoneName": "eu-central-1a", "State": "available"}]}, "pass"),
        ("eks", "zones", {"AvailabilityZones": [{"ZoneName": "eu-central-1a", "State": "impaired"}]}, "fail"),
        ("eks", "Kubernetes version", {"clusterVersions": [{"clusterVersion": "1.35", "versionStatus": "STANDARD_SUPPORT"}]}, "pass"),
        ("eks", "Kubernetes version", {"clusterVersions": [{"clusterVersion": "1.35", "versionStatus": "EXTENDED_SUPPORT"}]}, "fail"),
        ("eks", "elastic addresses", {"Quota": {"Value": 5.0}}, "pass"),
        ("eks", "elastic addresses", {"Quota": {"Value": 3.0}}, "warn"),
        ("eks", "elastic addresses", {"Quota": {"Value": 1.0}}, "fail"),
        ("eks", "elastic addresses", {"Quota": {"Value": 4.0}}, "warn"),
        ("eks", "elastic addresses", {"Quota": {"Value": 2.0}}, "fail"),
        ("eks", "processors", {"Quota": {"Value": 12.0}}, "pass"),
        ("eks", "processors", {"Quota": {"Value": 11.0}}, "warn"),
        ("eks", "processors", {"Quota": {"Value": 6.0}}, "warn"),
        ("eks", "processors", {"Quota": {"Value": 5.0}}, "fail"),
        ("gke", "application default", "a-token", "pass"),
        ("gke", "credentials", [{"account": "a@b"}], "pass"),
        ("gke", "credentials", [], "fail"),
        ("gke", "exec plugin", "Kubernetes v1.30", "pass"),
        ("gke", "project", {"projectId": "p", "projectNumber": "12"}, "pass"),
        ("gke", "project", {"projectId": "p", "projectNumber": "13"}, "fail"),
        ("gke", "key", {"primary": {"state": "ENABLED"}, "rotationPeriod": "7776000s"}, "pass"),
        ("gke", "key", {"primary": {"state": "ENABLED"}}, "warn"),
        ("gke", "key", {"primary": {"state": "DISABLED"}}, "fail"),
        ("gke", "Vault's key", {"primary": {"state": "ENABLED"}, "rotationPeriod": "7776000s"}, "pass"),
        ("gke", "Vault's key", {"primary": {"state": "DISABLED"}}, "fail"),
        ("gke", "processors", {"quotas": [{"metric": "CPUS", "limit": 24, "usage": 0}]}, "pass"),
        ("gke", "processors", {"quotas": [{"metric": "CPUS", "limit": 72, "usage": 49}]}, "warn"),
        ("gke", "processors", {"quotas": [{"metric": "CPUS", "limit": 12, "usage": 0}]}, "warn"),
        ("gke", "processors", {"quotas": [{"metric": "CPUS", "limit": 72, "usage": 61}]}, "fail"),
        ("gke", "processors", {"quotas": [{"metric": "DISKS", "limit": 72, "usage": 0}]}, "fail"),
    ],
)
def test_verdicts(target: str, question: str, found: Any, verdict: str) -> None:
    """Issue 8, item 6: credentials, quotas, exec plugin and region are judged, and what is not right has a fix."""
    finding = judge_cloud(target, CloudFacts(EKS if target == "eks" else GKE, {question: Answer(found)}))[-1]

    assert verdict == finding.verdict.value
    assert (verdict == "pass") == (finding.fix == "")


@pytest.mark.parametrize(("target", "settings"), [("eks", EKS), ("gke", GKE)])
def test_without_the_clouds_program(target: str, settings: dict[str, Any]) -> None:
    """Issue 8, item 6: what is missing is said once, with where to get it; what only a login could tell is not known."""
    answers = {name: read(command[0], None) for name, command in questions(target, settings).items()}
    findings = {finding.name: finding for finding in judge_cloud(target, CloudFacts(settings, answers)) if finding.name != "settings"}

    assert {"fail"} == {findings[name].verdict.value for name in ALONE if name in findings}
    assert all("install" in findings[name].fix for name in ALONE if name in findings)
    assert {"warn"} == {finding.verdict.value for name, finding in findings.items() if name not in ALONE}


def test_one_lack_hides_no_other() -> None:
    """Issue 8, item 6: whoever is logged in is told all that lacks at once."""
    answers = {
        "credentials": Answer({"Account": "111122223333"}),
        "zones": Answer({"AvailabilityZones": []}),
        "elastic addresses": Answer({"Quota": {"Value": 1.0}}),
    }
    findings = judge_cloud("eks", CloudFacts(EKS, answers))

    assert [("zones", "fail"), ("elastic addresses", "fail")] == [(found.name, found.verdict.value) for found in findings[-2:]]


def test_questions_are_the_targets_own() -> None:
    """Each cloud is asked by its own programs, about the region and the project of the stack file."""
    asked = questions("eks", EKS).values()

    assert all(["aws", "--region", "eu-central-1"] == command[:3] for command in asked)
    assert {"gcloud", "gke-gcloud-auth-plugin"} == {command[0] for command in questions("gke", GKE).values()}
    assert {"europe-west3", "--project=p"} <= set(questions("gke", GKE)["processors"])


def test_program_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that is here and hangs is not called missing: the network is to be looked at, nothing installed."""
    (tmp_path / "aws").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("cli.doctor.host.call", lambda *_: None)
    (finding,) = [finding for finding in judge_cloud("eks", look("eks")) if finding.name == "credentials"]

    assert finding.found.startswith("aws did not answer within 15 s: aws --region ")
    assert "look at the network, and ask again" == finding.fix


def test_version_that_is_not_offered() -> None:
    """A pinned version that the cloud does not know is told from one that it no longer supports."""
    answer = Answer({"clusterVersions": [{"clusterVersion": "1.1", "versionStatus": "STANDARD_SUPPORT"}]})
    finding = judge_cloud("eks", CloudFacts(EKS, {"Kubernetes version": answer}))[-1]

    assert ("fail", True) == (finding.verdict.value, finding.found.endswith(" is not offered; offered: 1.1"))


@pytest.mark.parametrize(
    ("settings", "refused", "expected"),
    [
        ({"account": "222233334444"}, [], [("pass", "Pulumi.eks.yaml", "")]),
        ({"account": "111122223333"}, [], [("fail", "Pulumi.eks.yaml: account 111122223333 is the example's", "put yours into it: docs/clouds/eks.md")]),
        ({}, ["causeway:eks.region: given nothing; allowed: x; fix: pulumi config set y"], [("fail", "causeway:eks.region: given nothing; allowed: x", "pulumi config set y")]),
    ],
)  # fmt: skip
def test_settings(settings: dict[str, Any], refused: list[str], expected: list[tuple[str, str, str]]) -> None:
    """Issue 8, item 6: a stack file that is wrong, or still the example's, is said before anything is asked."""
    findings = judge_cloud("eks", CloudFacts(settings, {}, "Pulumi.eks.yaml", refused))

    assert expected == [(finding.verdict.value, finding.found, finding.fix) for finding in findings]


@pytest.mark.parametrize("target", ["eks", "gke"])
def test_examples_are_known(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped stack files are right, and known for examples; CAUSEWAY_STACK names another file."""
    monkeypatch.setattr("cli.doctor.host.call", lambda *_: None)
    found = look(target)
    monkeypatch.setenv("CAUSEWAY_STACK", "minikube")
    other = look(target)

    assert ([], True) == (list(found.refused), EXAMPLE[target][1] in found.settings.values())
    assert other.refused == ["Pulumi.minikube.yaml: causeway:platform is minikube; fix: causeway doctor --target <that one>"]


def test_token_is_not_told() -> None:
    """4.13: that there is a login is told, not its token."""
    findings = judge_cloud("gke", CloudFacts(GKE, {"application default": Answer("ya29.secret")}))

    assert "ya29" not in str(findings)


def test_a_refused_login_names_the_way_in() -> None:
    """An expired login is a failed check with the command that renews it."""
    refused = subprocess.CompletedProcess(["aws"], 255, "", "The SSO session has expired")
    finding = judge_cloud("eks", CloudFacts(EKS, {"credentials": read("aws", refused)}))[-1]

    assert ("The SSO session has expired", "aws sso login (or export AWS_PROFILE)") == (finding.found, finding.fix)


def test_nothing_is_changed() -> None:
    """Every question is a read-only command."""
    words = {
        word for target, settings in (("eks", EKS), ("gke", GKE)) for command in questions(target, settings).values() for word in command
    }

    assert not [word for word in words if word.startswith(("create", "delete", "update", "put", "set"))]


def test_key_of_vault_is_asked_for_where_it_is_named() -> None:
    """4.07: the key that opens Vault is looked at as the cluster's is; without one there is nothing to ask."""
    assert "Vault's key" not in questions("gke", GKE)
    assert ["gcloud", "kms", "keys", "describe", "v", "--format=json"] == questions("gke", {**GKE, "vaultKey": "v"})["Vault's key"]
