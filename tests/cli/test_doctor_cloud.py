"""What doctor says of a cloud: each check passes, warns or fails, with the fix."""

import subprocess
from typing import Any

import pytest

from cli.doctor.cloud import judge_cloud, questions, read
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
        ("gke", "credentials", [{"account": "a@b"}], "pass"),
        ("gke", "credentials", [], "fail"),
        ("gke", "exec plugin", "Kubernetes v1.30", "pass"),
        ("gke", "project", {"projectId": "p", "projectNumber": "12"}, "pass"),
        ("gke", "project", {"projectId": "p", "projectNumber": "13"}, "fail"),
        ("gke", "key", {"primary": {"state": "ENABLED"}, "rotationPeriod": "7776000s"}, "pass"),
        ("gke", "key", {"primary": {"state": "ENABLED"}}, "warn"),
        ("gke", "key", {"primary": {"state": "DISABLED"}}, "fail"),
        ("gke", "processors", {"quotas": [{"metric": "CPUS", "limit": 72, "usage": 0}]}, "pass"),
        ("gke", "processors", {"quotas": [{"metric": "CPUS", "limit": 8, "usage": 0}]}, "fail"),
    ],
)
def test_verdicts(target: str, question: str, found: Any, verdict: str) -> None:
    """Issue 8, item 6: credentials, quotas, exec plugin and region are judged, and what is not right has a fix."""
    finding = judge_cloud(target, CloudFacts(EKS if target == "eks" else GKE, {question: Answer(found)}))[0]

    assert verdict == finding.verdict.value
    assert (verdict == "pass") == (finding.fix == "")


@pytest.mark.parametrize(("target", "settings"), [("eks", EKS), ("gke", GKE)])
def test_without_the_clouds_program(target: str, settings: dict[str, Any]) -> None:
    """On a machine without network or program every check fails clearly and says what to install."""
    answers = {name: read(command[0], None) for name, command in questions(target, settings).items()}
    findings = judge_cloud(target, CloudFacts(settings, answers))

    assert {"fail"} == {finding.verdict.value for finding in findings}
    assert all("install" in finding.fix for finding in findings)


def test_a_refused_login_names_the_way_in() -> None:
    """An expired login is a failed check with the command that renews it."""
    refused = subprocess.CompletedProcess(["aws"], 255, "", "The SSO session has expired")
    finding = judge_cloud("eks", CloudFacts(EKS, {"credentials": read("aws", refused)}))[0]

    assert ("The SSO session has expired", "aws sso login (or export AWS_PROFILE)") == (finding.found, finding.fix)


def test_nothing_is_changed() -> None:
    """Every question is a read-only command."""
    words = {
        word for target, settings in (("eks", EKS), ("gke", GKE)) for command in questions(target, settings).values() for word in command
    }

    assert not [word for word in words if word.startswith(("create", "delete", "update", "put", "set"))]
