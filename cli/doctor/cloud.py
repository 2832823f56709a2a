"""A cloud target: who is logged in, the programs that log in, what the region has, and room in its quotas."""

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from cli.doctor import host
from cli.doctor.facts import Answer, CloudFacts
from cli.doctor.finding import Finding, Verdict, failed, graded, passed, warned
from cli.refusal import Refused
from cli.workload.render import stack_settings
from local.toolchain.pins import versions
from workspace.documents import Unreadable, read_config
from workspace.home import REPOSITORY

INSTALL = {
    "aws": "install the AWS CLI 2: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html",
    "gcloud": "install the Google Cloud CLI: https://cloud.google.com/sdk/docs/install",
    "gke-gcloud-auth-plugin": "gcloud components install gke-gcloud-auth-plugin",
}
LOGIN = {"eks": "aws sso login (or export AWS_PROFILE)", "gke": "gcloud auth login"}
PROGRAM_LOGIN = "application default"
"""The question whether Pulumi may call Google; whether gcloud may is another."""

VAULT_KEY = "Vault's key"
FIXES = {PROGRAM_LOGIN: "gcloud auth application-default login"}
ALONE = ("credentials", "exec plugin", PROGRAM_LOGIN)
"""Questions that need no login; the others are asked in vain without one."""

EXAMPLE = {"eks": ("account", "111122223333"), "gke": ("project", "causeway-example")}
"""The setting by which a stack file is known for the example, and its value there."""

ADDRESSES, ENOUGH_ADDRESSES = 3, 5
"""Elastic addresses: one for each NAT gateway of a production VPC; AWS' first quota is 5 a region."""

PROCESSORS, ENOUGH_PROCESSORS = {"eks": 6, "gke": 12}, {"eks": 12, "gke": 24}
"""Processors: three nodes of two or of four; twice as many while nodes are replaced."""


def questions(target: str, settings: Mapping[str, Any]) -> dict[str, list[str]]:
    """The read-only commands that are asked, by question."""
    region = str(settings.get("region", ""))
    if target == "eks":
        aws = ["aws", "--region", region, "--output", "json"]
        quota = [*aws, "service-quotas", "get-service-quota", "--service-code", "ec2", "--quota-code"]
        return {
            "credentials": [*aws, "sts", "get-caller-identity"],
            "zones": [*aws, "ec2", "describe-availability-zones"],
            "Kubernetes version": [*aws, "eks", "describe-cluster-versions"],
            "elastic addresses": [*quota, "L-0263D0A3"],
            "processors": [*quota, "L-1216C47A"],
        }
    describe = ["gcloud", "kms", "keys", "describe"]
    vault_key = settings.get("vaultKey")
    google = ["--format=json", f"--project={settings.get('project', '')}"]
    return {
        "credentials": ["gcloud", "auth", "list", "--filter=status:ACTIVE", "--format=json"],
        PROGRAM_LOGIN: ["gcloud", "auth", "application-default", "print-access-token"],
        "exec plugin": ["gke-gcloud-auth-plugin", "--version"],
        "project": ["gcloud", "projects", "describe", str(settings.get("project", "")), "--format=json"],
        "key": [*describe, str(settings.get("kmsKey", "")), "--format=json"],
        **({VAULT_KEY: [*describe, str(vault_key), "--format=json"]} if vault_key else {}),
        "processors": ["gcloud", "compute", "regions", "describe", region, *google],
    }


def look(target: str) -> CloudFacts:
    """Ask the cloud by the stack file's settings; nothing is changed, and nothing waits longer than fifteen seconds."""
    stack = os.environ.get("CAUSEWAY_STACK") or target
    settings, refused = _settings(target, stack)
    asked = questions(target, settings)
    with ThreadPoolExecutor(max_workers=len(asked)) as pool:
        answers = dict(zip(asked, pool.map(_ask, asked.values()), strict=True))
    return CloudFacts(settings, answers, f"Pulumi.{stack}.yaml", refused)


def judge_cloud(target: str, facts: CloudFacts) -> list[Finding]:
    """The settings, and a finding for each question; without a login the others are not known, and only one has to be mended."""
    findings = [*judge_settings(target, facts)]
    logged_in = True
    for name, answer in facts.answers.items():
        known = logged_in or name in ALONE
        made = _judge(target, name, answer, facts.settings) if known else warned(name, "not known without credentials", LOGIN[target])
        logged_in = logged_in and not (name == "credentials" and made.verdict is Verdict.FAIL)
        findings.append(made)
    return findings


def judge_settings(target: str, facts: CloudFacts) -> Iterator[Finding]:
    """Whether the stack file is right, and its owner's."""
    key, example = EXAMPLE[target]
    for line in facts.refused:
        found, _, fix = line.partition("; fix: ")
        yield failed("settings", found, fix or f"mend {facts.file}: docs/clouds/{target}.md")
    if facts.settings.get(key) == example:
        yield failed("settings", f"{facts.file}: {key} {example} is the example's", f"put yours into it: docs/clouds/{target}.md")
    elif facts.file and not facts.refused:
        yield passed("settings", facts.file)


def _settings(target: str, stack: str) -> tuple[Mapping[str, Any], list[str]]:
    """The cloud's section of a stack file, right or wrong, and what is wrong with the file."""
    file = f"Pulumi.{stack}.yaml"
    try:
        config = read_config(REPOSITORY / file)
    except Unreadable as wrong:
        return {}, [f"{wrong}; fix: copy Pulumi.{target}.yaml, and put your values into it"]
    section = config.get(f"causeway:{target}")
    given = section if isinstance(section, dict) else {}
    if config.get("causeway:platform") != target:
        return given, [f"{file}: causeway:platform is {config.get('causeway:platform')}; fix: causeway doctor --target <that one>"]
    try:
        stack_settings(stack)
    except Refused as refused:
        return given, str(refused).splitlines()
    return given, []


def _ask(command: list[str]) -> Answer:
    program = command[0]
    answer = host.call(*command)
    if answer is None and shutil.which(program):
        return Answer(error=f"{program} did not answer within {host.CALL_SECONDS} s: {shlex.join(command)}")
    return read(program, answer)


def read(program: str, answer: subprocess.CompletedProcess[str] | None) -> Answer:
    """JSON where there is some, text elsewhere; the last line of a complaint."""
    if answer is None:
        return Answer(error=f"{program} is not here")
    if answer.returncode:
        return Answer(error=(answer.stderr.strip().splitlines() or ["no message"])[-1])
    try:
        return Answer(json.loads(answer.stdout))
    except ValueError:
        return Answer(answer.stdout.strip())


def _judge(target: str, name: str, answer: Answer, settings: Mapping[str, Any]) -> Finding:
    if answer.error:
        missing = next((program for program in INSTALL if answer.error.startswith(f"{program} is not here")), "")
        late = "look at the network, and ask again" if "did not answer" in answer.error else ""
        return failed(name, answer.error, INSTALL.get(missing) or late or FIXES.get(name) or LOGIN[target])
    return JUDGES[name](name, answer.found, settings) if name in JUDGES else passed(name, str(answer.found).splitlines()[0])


def _program_login(name: str, found: Any, settings: Mapping[str, Any]) -> Finding:  # noqa: ARG001
    """The answer is a token: that it is there is all that is told."""
    return passed(name, "there, for Pulumi")


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
    if "Quota" in found:
        quota = found["Quota"]["Value"]
        fix = "aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-1216C47A --desired-value 32"
        return graded(name, quota, PROCESSORS["eks"], ENOUGH_PROCESSORS["eks"], f"{quota:.0f} on demand in {settings.get('region')}", fix)
    return _google_processors(name, found, settings)


def _google_processors(name: str, found: Any, settings: Mapping[str, Any]) -> Finding:
    quota = next((item for item in found.get("quotas", []) if item["metric"] == "CPUS"), {"limit": 0, "usage": 0})
    free = quota["limit"] - quota["usage"]
    fix = f"ask for more CPUS in {settings.get('region')}: https://console.cloud.google.com/iam-admin/quotas"
    return graded(name, free, PROCESSORS["gke"], ENOUGH_PROCESSORS["gke"], f"{free:.0f} free in {settings.get('region')}", fix)


JUDGES: Mapping[str, Callable[[str, Any, Mapping[str, Any]], Finding]] = {
    "credentials": _credentials,
    PROGRAM_LOGIN: _program_login,
    "zones": _zones,
    "Kubernetes version": _version,
    "elastic addresses": _addresses,
    "project": _project,
    "key": _key,
    VAULT_KEY: _key,
    "processors": _processors,
}
