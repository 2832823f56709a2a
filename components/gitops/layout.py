"""The repository layout of requirements 2.4: what `causeway gitops init` writes, as path to text. Environments are directories."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._kit import common_labels
from .._yaml import write
from .applications import APPLICATION_SETS, ServiceSet, platform_set, service_set
from .chart import chart, values
from .projects import PLATFORM
from .waves import waves

ENVIRONMENTS = ("development", "staging", "production")
PROJECTS = "bootstrap/projects.yaml"
ENVIRONMENT_FILE = "values.yaml"
ENVIRONMENT_KEYS = (
    "host",
    "image.tag",
    "replicas",
    "resources.cpu",
    "resources.memory",
    "resources.memoryLimit",
    "schedule",
    "storage.size",
)
"""All that an environment may set: what differs between environments and is nobody's code."""
SIZES: Mapping[str, int] = {"development": 1, "staging": 2, "production": 3}
"""Fewest replicas of a service that has any, by environment; development keeps what the workload says."""
PROJECTS_HEAD = """\
# The teams: each becomes an AppProject that holds it to its namespaces and to the kinds that a workload has.
# The program applies them, not Argo CD: nothing that a team can push may widen what it may do.
"""
ENVIRONMENT_HEAD = (
    "# {service} in {environment}: over ../../base/values.yaml, and nothing else. causeway gitops check says what may be set.\n"
)
README = """\
# What Argo CD deploys
Written by `causeway gitops init`, held to its form by `causeway gitops check` (docs/gitops.md).

| directory | holds | who changes it |
|---|---|---|
| bootstrap | the teams, out of which the program makes AppProjects; the program makes the root Application too | platform |
| argocd/apps | ApplicationSets: an Application for each directory that they name | platform |
| platform/`<part>` | manifests that the platform gives to every team | platform |
| apps/`<service>`/base | a chart, rendered from the workload; the same for every environment and target | its team |
| apps/`<service>`/envs/`<environment>` | `values.yaml`: tag, replicas, host, sizes, schedule | its team |

No environment file names a target: class, domain, registry and addresses come from the cluster that it is deployed to.
"""


@dataclass(frozen=True)
class Service:
    """One workload that Argo CD is to own: its inputs as WorkloadPattern takes them."""

    name: str
    inputs: Mapping[str, Any]

    @property
    def team(self) -> str:
        return str(self.inputs.get("team", "platform"))

    @property
    def namespace(self) -> str:
        return str(self.inputs.get("namespace", "default"))


def generated(services: Sequence[Service], argocd_namespace: str = "argocd") -> dict[str, str]:
    """The files that `init` writes anew each time: they follow from the services.

    Raises `pulumi.InputPropertiesError` for a workload that is refused.
    """
    files = {"README.md": README, PROJECTS: PROJECTS_HEAD + write([{"projects": _teams(services)}], explicit_start=False)}
    for name, manifest in application_sets(services, argocd_namespace).items():
        files[f"{APPLICATION_SETS}/{name}.yaml"] = write([manifest])
    for namespace in sorted({service.namespace for service in services}):
        files[f"{PLATFORM}/limits/{namespace}.yaml"] = write([_limits(namespace)])
    for service in services:
        files |= {f"apps/{service.name}/base/{path}": text for path, text in chart(service.name, service.inputs).items()}
    return files


def environment_files(services: Sequence[Service]) -> dict[str, str]:
    """The files that `init` writes once, and people and promotions change afterwards."""
    return {
        f"apps/{service.name}/envs/{environment}/{ENVIRONMENT_FILE}": _environment_file(service, environment)
        for service in services
        for environment in ENVIRONMENTS
    }


def application_sets(services: Sequence[Service], namespace: str) -> dict[str, dict[str, Any]]:
    """Name to ApplicationSet: the platform's own, then one for each team, in waves computed from what depends on what.

    A single team's set takes every directory below `apps`, so a new service needs no entry; of several, each names its own.
    """
    teams = sorted({service.team for service in services})
    sets = [
        ServiceSet(
            team=team,
            namespace=next(service.namespace for service in services if service.team == team),
            services=("*",) if len(teams) == 1 else tuple(service.name for service in services if service.team == team),
        )
        for team in teams
    ]
    order = waves({PLATFORM: (), **{wanted.team: wanted.depends_on for wanted in sets}})
    made = {PLATFORM: platform_set(namespace, _labels(PLATFORM, PLATFORM), order[PLATFORM])}
    return made | {wanted.team: service_set(wanted, namespace, _labels(wanted.team, wanted.team), order[wanted.team]) for wanted in sets}


def _teams(services: Sequence[Service]) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {}
    for service in services:
        namespaces = found.setdefault(service.team, {"namespaces": []})["namespaces"]
        if service.namespace not in namespaces:
            namespaces.append(service.namespace)
    return found


def _limits(namespace: str) -> dict[str, Any]:
    """A ceiling for containers that name none: one that takes all of a node's memory takes its neighbours down."""
    limit = {"type": "Container", "default": {"memory": "256Mi"}, "defaultRequest": {"cpu": "50m", "memory": "64Mi"}}
    metadata = {"name": "containers", "namespace": namespace, "labels": _labels("containers", PLATFORM)}
    return {"apiVersion": "v1", "kind": "LimitRange", "metadata": metadata, "spec": {"limits": [limit]}}


def _labels(name: str, team: str) -> dict[str, str]:
    """Common labels without the environment, which a file for all environments cannot know."""
    labels = common_labels(name, component="gitops", part_of="gitops", team=team, environment="", version="1")
    return {key: value for key, value in labels.items() if value}


def _environment_file(service: Service, environment: str) -> str:
    base = values(service.inputs)
    wanted: dict[str, Any] = {"image": {"tag": base["image"]["tag"]}}
    if "replicas" in base:
        wanted["replicas"] = max(base["replicas"], SIZES[environment]) if environment != "development" else base["replicas"]
    return ENVIRONMENT_HEAD.format(service=service.name, environment=environment) + write([wanted], explicit_start=False)
