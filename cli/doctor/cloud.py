"""A cloud target: who is logged in, the programs that log in, what the region has, and room in its quotas."""

import json
import subprocess
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import yaml

from cli.doctor import host
from cli.doctor.facts import Answer, CloudFacts
from cli.doctor.finding import Finding, failed, graded, passed, warned
from local.home import REPOSITORY
from local.toolchain.pins import versions

INSTALL = {
    "aws": "install the AWS CLI 2: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html",
    "gcloud": "install the Google Cloud CLI: https://cloud.google.com/sdk/docs/install",
    "gke-gcloud-auth-plugin": "gcloud components install gke-gcloud-auth-plugin",
}
LOGIN = {"eks": "aws sso login (or export AWS_PROFILE)", "gke": "gcloud auth application-default login"}
ADDRESSES, ENOUGH_ADDRESSES = 3, 5
"""Elastic addresses: one for each NAT gateway of a production VPC; AWS' first quota is 5 a region."""

PROCESSORS, ENOUGH_PROCESSORS = 12, 24
"""Processors: three nodes of four; twice as many while nodes are replaced."""


def questions(target: str, settings: Mapping[str, Any]) -> dict[str, list[str]]:
    """The read-only commands that are asked, by question."""
    region = str(settings.get("region", ""))
    if target == "eks":
        aws = ["aws", "--region", region, "--output", "json"]
        quota = [*aws, "service-quotas", "get-service-quota", "--service-code", "ec2", "--quota-code", "L-0263D0A3"]
        return {
            "credentials": [*aws, "sts", "get-caller-identity"],
            "zones": [*aws, "ec2", "describe-availability-zones"],
            "Kubernetes version": [*aws, "eks", "describe-cluster-versions"],
            "elastic addresses": quota,
        }
    google = ["--format=json", f"--project={settings.get('project', '')}"]
    return {
        "credentials": ["gcloud", "auth", "list", "--filter=status:ACTIVE", "--format=json"],
        "exec plugin": ["gke-gcloud-auth-plugin", "--version"],
        "project": ["gcloud", "projects", "describe", str(settings.get("project", "")), "--format=json"],
        "key": ["gcloud", "kms", "keys", "describe", str(settings.get("kmsKey", "")), "--format=json"],
        "processors": ["gcloud", "compute", "regions", "describe", region, *google],
    }


def look(target: str) -> CloudFacts:
    """Ask the cloud by the stack file's settings; nothing is changed, and nothing waits longer than fifteen seconds."""
    config = (yaml.safe_load((REPOSITORY / f"Pulumi.{target}.yaml").read_text()) or {}).get("config", {})
    settings = config.get(f"causeway:{target}") or {}
    asked = questions(target, settings)
    with ThreadPoolExecutor(max_workers=len(asked)) as pool:
        answers = dict(zip(asked, pool.map(_ask, asked.values()), strict=True))
    return CloudFacts(settings, answers)


def judge_cloud(target: str, facts: CloudFacts) -> list[Finding]:
    """A finding for each question; without an answer to the first, the others would only repeat it."""
    return [_judge(target, name, answer, facts.settings) for name, answer in facts.answers.items()]


def _ask(command: list[str]) -> Answer:
    answer = host.call(*command)
    return read(command[0], answer)


def read(program: str, answer: subprocess.CompletedProcess[str] | None) -> Answer:
    """JSON where there is some, text elsewhere; the last line of a complaint."""
    if answer is None:
        return Answer(error=f"{program} is not here, or does not answer")
    if answer.returncode:
        return Answer(error=(answer.stderr.strip().splitlines() or ["no message"])[-1])
    try:
        return Answer(json.loads(answer.stdout))
    except ValueError:
        return Answer(answer.stdout.strip())


def _judge(target: str, name: str, answer: Answer, settings: Mapping[str, Any]) -> Finding:
    if answer.error:
        missing = next((program for program in INSTALL if answer.error.startswith(f"{program} is not here")), "")
        return failed(name, answer.error, INSTALL[missing] if missing else LOGIN[target])
    return JUDGES[name](name, answer.found, settings) if name in JUDGES else passed(name, str(answer.found).splitlines()[0])


def _credentials(name: str, found: Any, settings: Mapping[str, Any]) -> Finding:
    if isinstance(found, list):
        return passed(name, found[0]["account"]) if found else failed(name, "nobody is logged in", LOGIN["gke"])
    if found.get("Account") != settings.get("account"):
        text = f"logged in to account {found.get('Account')}; the stack's is {settings.get('account')}"
        return failed(name, text, "export AWS_PROFILE=<a profile of that account>")
    return passed(name, str(found.get("Arn")))


def _zones(name: str, found: Any, settings: Mapping[str, Any]) -> Finding:
    there = {zone["ZoneName"] for zone in found["AvailabilityZones"] if zone["State"] == "available"}
    missing = [zone for zone in settings.get("zones", []) if zone not in there]
    if missing:
        fix = f"pulumi config set --path 'causeway:eks.zones' <three of {', '.join(sorted(there))}>"
        return failed(name, f"not available: {', '.join(missing)}", fix)
    return passed(name, ", ".join(settings.get("zones", [])))


def _version(name: str, found: Any, settings: Mapping[str, Any]) -> Finding:  # noqa: ARG001
    pinned = versions()["clouds"]["eks"]
    listed = {item["clusterVersion"]: item.get("versionStatus", "") for item in found["clusterVersions"]}
    if listed.get(pinned, "").upper().startswith("STANDARD"):
        return passed(name, f"{pinned} has standard support")
    text = f"{pinned} is {listed.get(pinned) or 'not offered'}; offered: {', '.join(sorted(listed))}"
    return failed(name, text, 'raise "clouds": {"eks": ...} in versions.json')


def _addresses(name: str, found: Any, settings: Mapping[str, Any]) -> Finding:  # noqa: ARG001
    quota = found["Quota"]["Value"]
    fix = "aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-0263D0A3 --desired-value 10"
    return graded(name, quota, ADDRESSES, ENOUGH_ADDRESSES, f"{quota:.0f} in the region, up to {ADDRESSES} are needed", fix)


def _project(name: str, found: Any, settings: Mapping[str, Any]) -> Finding:
    if str(found.get("projectNumber")) != settings.get("projectNumber"):
        text = f"{found.get('projectId')} has number {found.get('projectNumber')}; the stack says {settings.get('projectNumber')}"
        return failed(name, text, f"pulumi config set --path 'causeway:gke.projectNumber' {found.get('projectNumber')}")
    return passed(name, f"{found.get('projectId')}, number {found.get('projectNumber')}")


def _key(name: str, found: Any, settings: Mapping[str, Any]) -> Finding:  # noqa: ARG001
    state = found.get("primary", {}).get("state", "absent")
    if state != "ENABLED":
        return failed(name, f"its primary version is {state}", "gcloud kms keys versions enable, or another key")
    if "rotationPeriod" not in found:
        return warned(name, "does not rotate", "gcloud kms keys update --rotation-period=90d --next-rotation-time=<when>")
    return passed(name, f"enabled, rotates every {found['rotationPeriod']}")


def _processors(name: str, found: Any, settings: Mapping[str, Any]) -> Finding:
    quota = next((item for item in found.get("quotas", []) if item["metric"] == "CPUS"), {"limit": 0, "usage": 0})
    free = quota["limit"] - quota["usage"]
    fix = f"ask for more CPUS in {settings.get('region')}: https://console.cloud.google.com/iam-admin/quotas"
    return graded(name, free, PROCESSORS, ENOUGH_PROCESSORS, f"{free:.0f} free in {settings.get('region')}", fix)


JUDGES: Mapping[str, Callable[[str, Any, Mapping[str, Any]], Finding]] = {
    "credentials": _credentials,
    "zones": _zones,
    "Kubernetes version": _version,
    "elastic addresses": _addresses,
    "project": _project,
    "key": _key,
    "processors": _processors,
}
