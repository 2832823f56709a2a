"""What GitOpsStack refuses beyond the form of its inputs."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from .._inputs import Problem, nearest, refuse
from .._value_keys import forbidden, unknown
from .args import GitOpsStackArgs
from .credentials import ADDRESS
from .layout_check import problems as layout_problems
from .projects import Project
from .projects import problems as project_problems
from .sync_policy import SYNC_POLICIES

CHART = "argo-cd"
KEYS = Path(__file__).with_name("value-keys.json")
HELD = (
    "configs.cm.admin.enabled",
    "configs.secret",
    "controller.clusterRoleRules",
    "crds",
    "fullnameOverride",
    "nameOverride",
    "namespaceOverride",
    "redisSecretInit",
    "server.clusterRoleRules",
)
"""Values by which our objects and the chart's find each other, or that keep it safe."""
_DURATION = re.compile(r"[1-9][0-9]*(s|m|h)", re.ASCII)


def check(name: str, inputs: GitOpsStackArgs) -> None:
    """Raise `pulumi.InputPropertiesError` with every problem of a GitOpsStack's inputs."""
    refuse("gitops", name, list(problems(inputs)))


def problems(inputs: GitOpsStackArgs) -> Iterator[Problem]:
    """Everything wrong with the inputs."""
    if CHART not in inputs["charts"]:
        yield Problem(f"charts.{CHART}", "is required: its version and repository")
    if inputs["environment"] not in SYNC_POLICIES:
        known = list(SYNC_POLICIES)
        near = nearest(inputs["environment"], known)
        yield Problem("environment", f"'{inputs['environment']}' has no sync policy{near}; allowed: {', '.join(known)}")
    if not _DURATION.fullmatch(inputs["platform"]["poll_interval"]):
        yield Problem("platform.poll_interval", f"'{inputs['platform']['poll_interval']}' is no duration such as 30s or 3m")
    yield from _repository(inputs)
    yield from project_problems([Project(team, tuple(wanted["namespaces"]), ()) for team, wanted in inputs["projects"].items()])
    for problem in layout_problems(inputs["files"]) if inputs["files"] else []:
        yield Problem("files", f"{problem.path}: {problem.reason}" if problem.path else problem.reason)
    yield from unknown(inputs["values"], json.loads(KEYS.read_text()), "values")
    yield from forbidden(inputs["values"], HELD, "values")


def _repository(inputs: GitOpsStackArgs) -> Iterator[Problem]:
    if inputs["platform"]["enable_git_server"]:
        if "git_server_image" not in inputs:
            yield Problem("git_server_image", "is required where the Git server is inside the cluster")
        if not any(text.strip() for path, text in inputs["files"].items() if path.startswith("argocd/")):
            yield Problem("files", "has nothing below argocd: the Git server would be empty; fix: causeway gitops init")
    elif not inputs["repository"].get("url"):
        yield Problem("repository.url", "is required where no Git server is inside the cluster")
    elif not re.fullmatch(ADDRESS, inputs["repository"]["url"]):
        allowed = "https://<host>/<path>, ssh://<user>@<host>:<port>/<path>, <user>@<host>:<path>; no password"
        yield Problem("repository.url", f"given '{_without_password(inputs['repository']['url'])}'; allowed: {allowed}")


def _without_password(address: str) -> str:
    """An address that can be shown."""
    return re.sub(r":[^:@/]*@", ":...@", address)
