"""AppProjects: one for each team and one for the platform, without a wildcard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._inputs import Problem
from .kinds import ARGO_GROUP, PLATFORM_KINDS, TEAM_KINDS, Kind, whitelist
from .sync_policy import SyncPolicy, sync_windows

API = f"{ARGO_GROUP}/v1alpha1"
IN_CLUSTER = "https://kubernetes.default.svc"
PLATFORM = "platform"


@dataclass(frozen=True)
class Project:
    """What one team may deploy: `kinds` of objects in `namespaces`, from `repositories`."""

    name: str
    namespaces: tuple[str, ...]
    repositories: tuple[str, ...]
    kinds: tuple[Kind, ...] = TEAM_KINDS
    description: str = ""


def platform_project(namespace: str, repository: str, teams: Sequence[Project]) -> Project:
    """The platform's own: the root Application's, in Argo CD's namespace and in those of the teams."""
    namespaces = (namespace, *(inner for team in teams for inner in team.namespaces))
    return Project(PLATFORM, namespaces, (repository,), PLATFORM_KINDS, "The root Application and what the platform gives every team.")


def app_project(project: Project, namespace: str, labels: Mapping[str, str], policy: SyncPolicy) -> dict[str, Any]:
    """The AppProject, in Argo CD's own namespace."""
    spec: dict[str, Any] = {
        "description": project.description or f"What team {project.name} deploys.",
        "sourceRepos": list(project.repositories),
        "destinations": [{"server": IN_CLUSTER, "namespace": inner} for inner in project.namespaces],
        # Empty lists are what Argo CD reads as "nothing", and what keeps namespaces from a cascading deletion.
        "clusterResourceWhitelist": [],
        "namespaceResourceWhitelist": whitelist(project.kinds),
        "orphanedResources": {"warn": False},
    }
    if windows := sync_windows(policy):
        spec["syncWindows"] = windows
    return {
        "apiVersion": API,
        "kind": "AppProject",
        "metadata": {"name": project.name, "namespace": namespace, "labels": dict(labels)},
        "spec": spec,
    }


def problems(projects: Sequence[Project]) -> list[Problem]:
    """What is wrong with a set of team projects: names that are taken, wildcards, namespaces of two teams."""
    found: list[Problem] = []
    owner: dict[str, str] = {}
    for project in projects:
        path = f"projects.{project.name}"
        if project.name in (PLATFORM, "default"):
            found.append(Problem(path, f"'{project.name}' is not a team's name: it is taken"))
        if not project.namespaces:
            found.append(Problem(f"{path}.namespaces", "is empty: name at least one"))
        for value in (*project.namespaces, *project.repositories):
            if "*" in value:
                found.append(Problem(path, f"'{value}' is a wildcard: name each one"))
        for namespace in project.namespaces:
            if namespace in owner:
                found.append(Problem(f"{path}.namespaces", f"'{namespace}' is team {owner[namespace]}'s already"))
            owner.setdefault(namespace, project.name)
    return found
