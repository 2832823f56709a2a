"""Asking the platform: the stack's outputs through pulumi, objects of the cluster through kubectl. Reads only."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from workspace import pulumi
from workspace.home import Home
from workspace.progress import Problem

Manifest = dict[str, Any]
CONTEXT = "causeway"
KUBECTL_SECONDS = 15
UP = "fix: ./scripts/up"


@dataclass(frozen=True)
class Outputs:
    """What the program exports, the same on every target."""

    urls: Mapping[str, str]
    workloads: Mapping[str, Mapping[str, str]]
    secret_refs: Mapping[str, Mapping[str, Any]]


def outputs(home: Home) -> Outputs:
    """The stack's outputs; raises Problem where there is no stack, or nothing was brought up yet."""
    environment = pulumi.environment(home)
    if not home.pulumi_home.exists() and not os.environ.get("PULUMI_HOME"):
        raise Problem(f"{home.state}: holds no platform yet; {UP}")
    if not shutil.which("pulumi", path=environment["PATH"]):
        raise Problem(f"pulumi is neither in {home.bin} nor on PATH; {UP}")
    try:
        found = json.loads(pulumi.run(home, "stack", "output", "--json", "--stack", stack()))
    except Problem as problem:
        raise Problem(f"{problem}; {UP}" if "no stack named" in str(problem) else str(problem)) from None
    if not found:
        raise Problem(f"the stack {stack()} has no outputs yet; {UP}")
    return parse(found)


def stack() -> str:
    """The stack to look at: CAUSEWAY_STACK where it is set (a cloud's, docs/clouds), else the one that scripts/up makes."""
    return os.environ.get("CAUSEWAY_STACK") or pulumi.STACK


def parse(found: Mapping[str, Any]) -> Outputs:
    """The three outputs out of all; a URL that is not known yet is left out."""
    urls = {name: url for name, url in (found.get("urls") or {}).items() if url}
    return Outputs(urls, found.get("workloads") or {}, found.get("secretRefs") or {})


def kubectl(home: Home, *arguments: str, given: str = "") -> str:
    """What kubectl answers for this checkout's cluster, whatever the user's own context is; `given` is its standard input.

    Raises Problem.
    """
    environment = os.environ | pulumi.environment(home)
    program = shutil.which("kubectl", path=environment["PATH"])
    if not program:
        raise Problem(f"kubectl is neither in {home.bin} nor on PATH; {UP}")
    if not home.kubeconfig.exists():
        raise Problem(f"{home.kubeconfig} is missing: no cluster was chosen yet; {UP}")
    command = [program, f"--kubeconfig={home.kubeconfig}", f"--context={CONTEXT}", "--request-timeout=10s", *arguments]
    try:
        answer = subprocess.run(command, env=environment, input=given, capture_output=True, text=True, timeout=KUBECTL_SECONDS)
    except subprocess.TimeoutExpired:
        raise Problem(f"kubectl {arguments[0]}: no answer within {KUBECTL_SECONDS} s; {UP}") from None
    if answer.returncode:
        complaint = (answer.stderr.strip().splitlines() or ["no message"])[-1]
        raise Problem(f"kubectl {arguments[0]}: {complaint}; {UP}")
    return answer.stdout


def get(home: Home, kinds: Iterable[str], namespace: str | None = None) -> list[Manifest]:
    """Every object of `kinds` in `namespace` (none: kinds without one), in one call."""
    where = [f"--namespace={namespace}"] if namespace else []
    answer = kubectl(home, "get", ",".join(sorted(kinds)), *where, "--output=json")
    items: list[Manifest] = json.loads(answer)["items"]
    return items
