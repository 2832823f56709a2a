"""The program's part of GitOps: what Argo CD is told, and a guard that nothing is owned by both or by neither."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi

from components import GitOpsKeeper, GitOpsStack, SecretsStore, _kit
from components._texts import read_tree
from components.gitops import credentials, gitops_secrets
from components.gitops.layout import PROJECTS
from components.gitops.layout_check import read_projects
from components.gitops.ownership import Identity, argo_inventory, doubly_owned, identity, lost
from components.gitops.password import admin_hash
from components.shop.workloads import DELEGABLE, delegable
from components.workload import render
from platforms import Platform
from stack import settings

ARGOCD = "argocd"
KEEPER = "argocd-keeper"
SHOP_DOOR = "shop/web"
"""Namespace and name of the shop's Ingress."""
LAYOUT = settings.REPOSITORY / "gitops"
# Settings of the shop that an environment file has now, and the file's key.
_MOVED = {
    "replicas": "replicas in gitops/apps/web",
    "report_schedule": "schedule in gitops/apps/report",
    "time_zone": "causeway gitops init",
}


@dataclass(frozen=True)
class Plan:
    """What Argo CD is to own: nothing where GitOps is off."""

    files: Mapping[str, str] = field(default_factory=dict)
    delegated: tuple[str, ...] = ()


@dataclass(frozen=True)
class Delivered:
    """What the stack's outputs get from it."""

    urls: pulumi.Input[dict[str, str]] = field(default_factory=dict)
    refs: pulumi.Input[dict[str, dict[str, Any]]] = field(default_factory=dict)


def plan(wanted: settings.Settings, namespace: str, images: Mapping[str, str]) -> Plan:
    """Read the layout and refuse, before any resource, an object with two owners or with none; raises `pulumi.RunError`."""
    if wanted.git_credential and not (wanted.has_gitops and wanted.gitops.repository):
        raise pulumi.RunError(
            "causeway:gitCredential: is for causeway:gitops.repository, which is not given; fix: pulumi config rm causeway:gitCredential"
        )
    if not wanted.has_gitops:
        return Plan()
    for key, place in _MOVED.items():
        if getattr(wanted.shop, key) is not None:
            raise pulumi.RunError(f"causeway:shop.{key}: is Argo CD's unless causeway:gitops.enabled is false; fix: set {place}")
    files = read(LAYOUT)
    try:
        argo = argo_inventory(files, wanted.environment.value)
    except ValueError as wrong:
        raise pulumi.RunError(f"gitops/{wrong}; fix: causeway gitops check") from None
    rendered = [
        made
        for name, inputs in delegable(namespace, images["shop"]).items()
        for made in render(name, {**inputs, "platform": {"enable_monitors": wanted.has_monitoring}})
    ]
    if found := lost({identity(made) for made in rendered}, [], argo):
        raise pulumi.RunError("\n".join(problem.reason for problem in found))
    _guard(argo)
    return Plan(files, DELEGABLE)


def keepers(planned: Plan, images: Mapping[str, str], owner: Mapping[str, str], opts: pulumi.ResourceOptions) -> list[pulumi.Resource]:
    """What the namespaces that Argo CD works in depend on, so that it goes after them: the keeper, which frees what Argo CD would hold."""
    if not planned.delegated:
        return []
    args: Any = {"image": images[KEEPER], "argocd_namespace": ARGOCD, **owner}
    return [GitOpsKeeper(KEEPER, args, opts)]


def read(directory: Path) -> dict[str, str]:
    """Path to text of every file of the layout; raises `pulumi.RunError` with a line for each that cannot be read."""
    files, problems = read_tree(directory)
    if problems:
        raise pulumi.RunError("\n".join(problems))
    return files


def make(
    planned: Plan,
    wanted: settings.Settings,
    platform: Platform,
    images: Mapping[str, str],
    closed: Callable[[str], pulumi.ResourceOptions],
    secrets: Callable[..., SecretsStore],
    database: SecretsStore,
    shop: pulumi.Resource,
) -> Delivered:
    """Argo CD, once what its applications stand on is there; the address of the shop comes from its front door."""
    if not planned.delegated:
        return Delivered()
    inside = closed(ARGOCD)
    store = secrets(
        "gitops-secrets", ARGOCD, gitops_secrets(settings.seed(wanted).apply(admin_hash), _credential(wanted, platform)), inside
    )
    repository = wanted.gitops.repository
    inputs: Any = {
        "charts": settings.pinned_charts(),
        "files": dict(planned.files),
        "projects": _projects(planned),
        "cluster": f"causeway-{wanted.platform.value}",
        "repository": repository.model_dump(exclude={"username"}, exclude_none=True) if repository else None,
        "git_server_image": images["git-server"],
        "sign_on": wanted.gitops.sign_on.model_dump() if wanted.gitops.sign_on else None,
        "registry": platform.registry,
        "identities": platform.identities,
        "secrets_version": database.versions.apply(lambda versions: versions["shop-database"]),
        "values": wanted.gitops.values,
        "enable_monitors": wanted.has_monitoring,
        "platform": platform.gitops,
        "workload_platform": platform.workload,
        "team": wanted.team,
        "environment": wanted.environment.value,
    }
    made = GitOpsStack("gitops", inputs, pulumi.ResourceOptions.merge(inside, pulumi.ResourceOptions(depends_on=[store, shop])))
    door = made.front_door if platform.gitops["enable_door"] or wanted.domain else _published(made, inside)
    scheme = platform.workload.get("ingress_scheme", "http")
    known = door.apply(lambda found: f"web.{wanted.domain}" if wanted.domain else found)
    address = known.apply(lambda found: {"shop": f"{scheme}://{found}/"} if found else {})
    return Delivered(merged([address, made.urls]), store.refs)


def _published(made: GitOpsStack, inside: pulumi.ResourceOptions) -> pulumi.Output[str | None]:
    """The address that the shop's own front door got, where Argo CD has none that it shares: asked for once all that it deploys runs."""
    ingress = made.root.apply(lambda _: SHOP_DOOR)
    options = pulumi.ResourceOptions(provider=inside.provider, depends_on=[made])
    return _kit.read("kubernetes:networking.k8s.io/v1:Ingress", "web-ingress", ingress, options).status.apply(_kit.address)


def _credential(wanted: settings.Settings, platform: Platform) -> dict[str, credentials.Keys]:
    """What Argo CD reads its repository with."""
    if platform.gitops["enable_git_server"]:
        return credentials.inside(ARGOCD)
    assert wanted.gitops.repository
    credential = pulumi.Output.secret(wanted.git_credential) if wanted.git_credential else None
    return credentials.outside(wanted.gitops.repository.url, credential, wanted.gitops.repository.username)


def merged(parts: Sequence[pulumi.Input[Mapping[str, Any]]]) -> pulumi.Output[dict[str, Any]]:
    """One mapping out of several, later ones over earlier ones."""
    return pulumi.Output.all(*parts).apply(lambda known: {key: value for part in known for key, value in part.items()})


def _projects(planned: Plan) -> dict[str, dict[str, Any]]:
    try:
        found = read_projects(planned.files.get(PROJECTS, ""), "")
    except ValueError as wrong:
        raise pulumi.RunError(f"gitops/{wrong}") from None
    return {project.name: {"namespaces": list(project.namespaces), "description": project.description} for project in found}


def _guard(argo: Mapping[Identity, str]) -> None:
    """Refuse whatever this program registers that Argo CD applies too; it runs in a preview as well.

    A transformation, since only it sees every object of every component.
    """

    def judge(args: pulumi.ResourceTransformationArgs) -> None:
        if "kind" in args.props and "metadata" in args.props and (found := doubly_owned([identity(args.props)], argo)):
            raise pulumi.RunError(found[0].reason)

    pulumi.runtime.register_stack_transformation(judge)
