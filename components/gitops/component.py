"""GitOpsStack: Argo CD with the target's profile, a project for each team, the facts of the cluster, and one root Application."""

import json
from types import MappingProxyType
from typing import Any

import pulumi

from .. import _kit
from .._inputs import merge, resolve
from ..workload import WorkloadPattern, WorkloadPlatformArgs
from . import credentials, git_server
from .applications import ROOT, Repository, root_application
from .args import GitOpsStackArgs
from .bridge import Facts, cluster_secret, policy_fact, workload_facts
from .checks import CHART, check
from .network import ingress, policies
from .projects import Project, app_project, platform_project
from .sync_policy import SYNC_POLICIES
from .values import ADMIN_SECRET, DOOR_PATH, REDIS_SECRET, RELEASE, SETTINGS_SECRET, chart_values, host

DEFAULTS: MappingProxyType[str, Any] = MappingProxyType(
    {
        "cluster": "causeway",
        "namespace": "argocd",
        "team": "platform",
        "environment": "development",
        "repository": {"revision": "main", "path": "gitops"},
        "registry": "",
        "identities": {},
        "secrets_version": "1",
        "values": {},
        "enable_monitors": False,
        "platform": {
            "size": "small",
            "enable_git_server": False,
            "enable_door": False,
            "keep_definitions": False,
            "poll_interval": "180s",
        },
        "workload_platform": {
            "ingress_class": "nginx",
            "ingress_annotations": {},
            "ingress_namespace": "ingress-nginx",
            "ingress_cidrs": [],
            "dns_apps": ["kube-dns"],
            "dns_cidrs": [],
        },
    }
)
_ROOT_MINUTES = 10
# What the root's health is computed from reaches down to the pods of every service (applications.py).
_EVERYTHING_RUNS = ("jsonpath={.status.sync.status}=Synced", "jsonpath={.status.health.status}=Healthy")
WAIT_FOR = "pulumi.com/waitFor"


def gitops_secrets(admin_hash: pulumi.Input[str], repository: dict[str, credentials.Keys]) -> dict[str, credentials.Keys]:
    """What SecretsStore has to make, `repository` (credentials.py) with its labels.

    `admin_hash` is `password.admin_hash`, of the password in `argocd-admin`.
    """
    return {
        ADMIN_SECRET: {"password": {}},
        REDIS_SECRET: {"auth": {}},
        SETTINGS_SECRET: {
            "admin.password": {"value": admin_hash},
            "admin.passwordMtime": {"value": "2026-01-01T00:00:00Z", "public": True},
            "server.secretkey": {},
        },
        **repository,
    }


class GitOpsStack(pulumi.ComponentResource):
    """Argo CD of one cluster, and the one Application that reaches all others."""

    TOKEN = "causeway:index:GitOpsStack"

    urls: pulumi.Output[dict[str, str]]
    """Name to address of what is behind the front door."""
    namespace: pulumi.Output[str]
    """Namespace of it all."""
    front_door: pulumi.Output[str | None]
    """Address that the front door published, the same for all that is behind it; none without a door."""
    projects: pulumi.Output[list[str]]
    """Names of the projects."""
    root: pulumi.Output[str]
    """Id of the root Application, known once everything that it reaches runs."""

    def __init__(self, name: str, args: GitOpsStackArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = resolve("gitops", name, GitOpsStackArgs, args, DEFAULTS)
        check(name, inputs)
        self._opts, self._inputs, self._labels = opts, inputs, _labels(inputs)
        self._policy = SYNC_POLICIES[inputs["environment"]]
        self._repository = _repository(inputs)
        super().__init__(self.TOKEN, name, None, _kit.component_options(opts))
        argo = self._release(self._flows())
        needed = [argo, *self._git_server()]
        self.front_door = self._door(argo)
        projects = self._projects(argo)
        facts = self._register(cluster_secret(self._facts(), inputs["namespace"], self._labels), needed)
        self.root = self._root([*needed, *projects.values(), facts])
        self.urls = self.front_door.apply(self._urls)
        self.namespace = pulumi.Output.from_input(inputs["namespace"])
        self.projects = pulumi.Output.from_input(sorted(projects))
        self.register_outputs({key: getattr(self, key) for key in ("urls", "namespace", "front_door", "projects", "root")})

    def _flows(self) -> list[pulumi.Resource]:
        platform = self._inputs["platform"]
        made = policies(
            self._inputs["namespace"],
            self._labels,
            self._inputs["workload_platform"],
            git_port=None if platform["enable_git_server"] else credentials.port(self._repository.url),
            has_door=platform["enable_door"],
        )
        return [self._register(policy) for policy in made]

    def _git_server(self) -> list[pulumi.Resource]:
        """The repository inside the cluster, where there is none outside."""
        inputs = self._inputs
        if not inputs["platform"]["enable_git_server"]:
            return []
        wanted = git_server.workload(
            inputs["files"], self._repository.path, inputs["git_server_image"], inputs["namespace"], inputs["workload_platform"]
        )
        owner = {"team": inputs["team"], "environment": inputs["environment"]}
        args: Any = {**wanted, **owner}
        return [WorkloadPattern(git_server.NAME, args, _kit.child_options(self, self._opts, []))]

    def _projects(self, argo: pulumi.Resource) -> dict[str, pulumi.Resource]:
        inputs, url = self._inputs, self._repository.url
        teams = [
            Project(team, tuple(wanted["namespaces"]), (url,), description=wanted.get("description", ""))
            for team, wanted in inputs["projects"].items()
        ]
        return {
            project.name: self._register(app_project(project, inputs["namespace"], self._labels, self._policy), [argo])
            for project in (platform_project(inputs["namespace"], url, teams), *teams)
        }

    def _facts(self) -> dict[str, Any]:
        """What ApplicationSets may know, by the fields of `Facts`."""
        inputs = self._inputs
        platform = WorkloadPlatformArgs(**{**inputs["workload_platform"], "enable_monitors": inputs["enable_monitors"]})
        known = pulumi.Output.all(registry=inputs["registry"], version=inputs["secrets_version"])
        facts = {
            "cluster": inputs["cluster"],
            "environment": inputs["environment"],
            "repository": self._repository.url,
            "revision": self._repository.revision,
            "path": self._repository.path,
            "domain": inputs["workload_platform"].get("domain", ""),
            "workload": known.apply(
                lambda found: json.dumps(workload_facts(platform, found["registry"], found["version"]), sort_keys=True)
            ),
            "sync_policy": policy_fact(self._policy),
            "identities": pulumi.Output.from_input(inputs["identities"]).apply(lambda found: json.dumps(found, sort_keys=True)),
        }
        assert set(facts) == set(Facts.__dataclass_fields__)
        return facts

    def _root(self, depends_on: list[pulumi.Resource]) -> pulumi.Output[str]:
        """Made last, and ready when everything that it reaches runs; deleted first, while Argo CD is there to clear up."""
        manifest = root_application(self._repository, self._inputs["namespace"], self._labels, self._policy)
        manifest["metadata"]["annotations"] = {WAIT_FOR: json.dumps(_EVERYTHING_RUNS)}
        options = pulumi.ResourceOptions(
            parent=self,
            depends_on=depends_on,
            custom_timeouts=pulumi.CustomTimeouts(create=f"{_ROOT_MINUTES}m", update=f"{_ROOT_MINUTES}m", delete="2m"),
        )
        return _kit.register(f"{ROOT}-application", manifest, options).id

    def _door(self, argo: pulumi.Resource) -> pulumi.Output[str | None]:
        if not self._inputs["platform"]["enable_door"]:
            return pulumi.Output.from_input(None)
        manifest = ingress(self._inputs["namespace"], self._labels, host(self._inputs), self._inputs["workload_platform"])
        return self._register(manifest, [argo], ("status",)).status.apply(_kit.address)

    def _urls(self, address: str | None) -> dict[str, str]:
        if named := host(self._inputs):
            return {RELEASE: f"http://{named}/"}
        return {RELEASE: f"http://{address}{DOOR_PATH}/"} if address else {}

    def _register(
        self, manifest: _kit.Manifest, depends_on: list[pulumi.Resource] | None = None, outputs: tuple[str, ...] = ()
    ) -> _kit.KubernetesObject:
        name = f"{manifest['metadata']['name']}-{manifest['kind'].lower()}"
        return _kit.register(name, manifest, _kit.child_options(self, self._opts, depends_on or []), outputs)

    def _release(self, depends_on: list[pulumi.Resource]) -> pulumi.Resource:
        inputs = {"namespace": self._inputs["namespace"], "values": merge(chart_values(self._inputs), self._inputs["values"])}
        options = pulumi.ResourceOptions(parent=self, depends_on=depends_on)
        return _kit.release(CHART, RELEASE, inputs, self._inputs["charts"][CHART], options)


def _repository(inputs: GitOpsStackArgs) -> Repository:
    wanted = inputs["repository"]
    inside = inputs["platform"]["enable_git_server"]
    return Repository(git_server.url(inputs["namespace"]) if inside else wanted["url"], wanted["revision"], wanted["path"])


def _labels(inputs: GitOpsStackArgs) -> dict[str, str]:
    return _kit.common_labels(
        "gitops",
        component="gitops",
        part_of="gitops",
        team=inputs["team"],
        environment=inputs["environment"],
        version=inputs["charts"][CHART]["version"],
    )
