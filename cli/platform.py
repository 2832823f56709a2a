"""Asking the platform for the stack's outputs, through pulumi. Reads only."""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workspace import pulumi
from workspace.cluster import UP
from workspace.home import Home
from workspace.progress import Problem


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
