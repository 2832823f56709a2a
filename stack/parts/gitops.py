"""GitOps: Argo CD, what it is told, and a guard that nothing is owned by both it and this program, or by neither."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import pulumi
from pydantic import Field
from pydantic.alias_generators import to_camel

from components import GitOpsKeeper, GitOpsStack, _kit
from components._texts import read_tree
from components.gitops import credentials, gitops_secrets
from components.gitops.layout import PROJECTS
from components.gitops.layout_check import read_projects
from components.gitops.ownership import Identity, argo_inventory, doubly_owned, identity, lost
from components.gitops.password import admin_hash
from components.workload import render
from stack import pins, state
from stack import values as forms
from stack.part import Credential, Delivery, Part
from stack.section import Section, Target

if TYPE_CHECKING:
    from stack.composition import Stack
    from stack.settings import Settings

NAME = "gitops"
ARGOCD = "argocd"
KEEPER = "argocd-keeper"
LAYOUT = state.REPOSITORY / "gitops"
GitCredential = Annotated[str, Field(description="a password or token, or a private key for SSH, given with --secret")]


class RepositorySettings(Section):
    """A Git repository outside the cluster."""

    url: forms.GitAddress
    username: str | None = None
    revision: str | None = None
    path: str | None = None


class SignOnSettings(Section):
    """Single sign-on for Argo CD by OpenID Connect."""

    name: str
    issuer: str
    client_id: str
    secret: forms.Name
    admin_group: str


class GitOpsSettings(Section):
    """Argo CD; what is unset is the target's, or the GitOpsStack component's default.

    Where it is there (`Settings.has("gitops")`), it owns what `gitops/` deploys, and this program no longer does.
    """

    enabled: forms.Switch | None = None
    repository: RepositorySettings | None = Field(default=None, description="a mapping of url, username, revision, path")
    sign_on: SignOnSettings | None = Field(default=None, description="a mapping of name, issuer, clientId, secret, adminGroup")
    poll_interval: forms.Interval | None = None
    values: dict[str, Any] | None = Field(default=None, description="values of the chart, over ours")


def is_on(settings: "Settings") -> bool:
    """As `gitops.enabled` says; left out, on minikube where pods run: a cloud has first to be told where its Git repository is."""
    given = settings.of(GitOpsSettings).enabled
    return settings.platform is Target.MINIKUBE and state.pods_run(settings) if given is None else given


def check_credential(settings: "Settings") -> None:
    """Refuse a credential that nothing would use."""
    if settings.credential("git_credential") and not (is_on(settings) and settings.of(GitOpsSettings).repository):
        raise pulumi.RunError(
            "causeway:gitCredential: is for causeway:gitops.repository, which is not given; fix: pulumi config rm causeway:gitCredential"
        )


def plan(stack: "Stack") -> None:
    """Read the layout and refuse an object with two owners or with none; raises `pulumi.RunError`. Hands on the layout's files."""
    for part in stack.parts:
        section = getattr(stack.settings, part.name)
        for key, place in part.delivery.moved.items() if part.delivery else ():
            if getattr(section, key) is not None:
                name = f"causeway:{part.name}.{to_camel(key)}"
                raise pulumi.RunError(f"{name}: is Argo CD's unless causeway:gitops.enabled is false; fix: set {place}")
    files = stack.handed[NAME] = read(LAYOUT)
    try:
        argo = argo_inventory(files, stack.settings.environment.value)
    except ValueError as wrong:
        raise pulumi.RunError(f"gitops/{wrong}; fix: causeway gitops check") from None
    rendered = [
        made
        for delivery in deliveries(stack)
        for name, inputs in delivery.workloads(stack).items()
        for made in render(name, {**inputs, "platform": {"enable_monitors": stack.settings.has("monitoring")}})
    ]
    if found := lost({identity(made) for made in rendered}, [], argo):
        raise pulumi.RunError("\n".join(problem.reason for problem in found))
    _guard(argo)


def prepare(stack: "Stack") -> None:
    """The keeper, which frees what Argo CD would hold: the namespaces that Argo CD works in go before it."""
    args: Any = {"image": stack.images[KEEPER], "argocd_namespace": ARGOCD, **stack.owner}
    stack.ready.append(GitOpsKeeper(KEEPER, args, stack.on_platform()))


def deliveries(stack: "Stack") -> list[Delivery]:
    """What the parts have Argo CD own."""
    return [part.delivery for part in stack.parts if part.delivery]


def read(directory: Path) -> dict[str, str]:
    """Path to text of every file of the layout; raises `pulumi.RunError` with a line for each that cannot be read."""
    files, problems = read_tree(directory)
    if problems:
        raise pulumi.RunError("\n".join(problems))
    return files


def make(stack: "Stack") -> None:
    """Argo CD, once what its applications stand on is there; the addresses of what it deploys come from its front door."""
    settings, platform, files = stack.settings, stack.platform, stack.handed[NAME]
    given = settings.of(GitOpsSettings)
    inside = stack.namespace(ARGOCD)
    stores = stack.handed["secrets"]
    contents = gitops_secrets(state.seed(settings).apply(admin_hash), _credential(stack))
    store = stores.make("gitops-secrets", ARGOCD, contents, inside)
    rolled = [stores.version(delivery.secret) for delivery in deliveries(stack) if delivery.secret]
    inputs: Any = {
        "charts": pins.charts(),
        "files": dict(files),
        "projects": _projects(files),
        "cluster": f"causeway-{settings.platform.value}",
        "repository": given.repository.model_dump(exclude={"username"}, exclude_none=True) if given.repository else None,
        "git_server_image": stack.images["git-server"],
        "sign_on": given.sign_on.model_dump() if given.sign_on else None,
        "registry": platform.registry,
        "identities": platform.identities,
        "values": given.values,
        "enable_monitors": settings.has("monitoring"),
        "platform": platform.gitops,
        "workload_platform": platform.workload,
        **({"secrets_version": pulumi.Output.all(*rolled).apply("-".join)} if rolled else {}),
        **stack.owner,
    }
    delivering = [stack.handed[part.name] for part in stack.parts if part.delivery]
    made = GitOpsStack("gitops", inputs, pulumi.ResourceOptions.merge(inside, pulumi.ResourceOptions(depends_on=[store, *delivering])))
    for part in stack.parts:
        if part.delivery and part.delivery.door:
            stack.show(urls=_address(stack, part.name, part.delivery.door, made, inside))
    stack.show(urls=made.urls, secretRefs=store.refs)


def _address(stack: "Stack", part: str, door: str, made: GitOpsStack, inside: pulumi.ResourceOptions) -> pulumi.Output[dict[str, str]]:
    """The URL of a part that Argo CD deploys, by the part's name."""
    domain, workload = stack.settings.domain, door.partition("/")[2]
    scheme = stack.platform.workload.get("ingress_scheme", "http")
    found = made.front_door if stack.platform.gitops["enable_door"] or domain else _published(door, made, inside)
    known = found.apply(lambda address: f"{workload}.{domain}" if domain else address)
    return known.apply(lambda host: {part: f"{scheme}://{host}/"} if host else {})


def _published(door: str, made: GitOpsStack, inside: pulumi.ResourceOptions) -> pulumi.Output[str | None]:
    """The address that a part's own front door got, where Argo CD has none that it shares: asked for once all that it deploys runs."""
    ingress = made.root.apply(lambda _: door)
    options = pulumi.ResourceOptions(provider=inside.provider, depends_on=[made])
    name = f"{door.partition('/')[2]}-ingress"
    return _kit.read("kubernetes:networking.k8s.io/v1:Ingress", name, ingress, options).status.apply(_kit.address)


def _credential(stack: "Stack") -> dict[str, credentials.Keys]:
    """What Argo CD reads its repository with."""
    if stack.platform.gitops["enable_git_server"]:
        return credentials.inside(ARGOCD)
    repository = stack.settings.of(GitOpsSettings).repository
    assert repository
    given = stack.settings.credential("git_credential")
    return credentials.outside(repository.url, pulumi.Output.secret(given) if given else None, repository.username)


def _projects(files: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    try:
        found = read_projects(files.get(PROJECTS, ""), "")
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


PART = Part(
    name=NAME,
    settings=GitOpsSettings,
    description="Argo CD: enabled (default true on minikube, but on a simulated cluster; false elsewhere), repository (url, username,"
    " revision, path), signOn, pollInterval, values; what is unset is the target's or the component's.",
    is_on=is_on,
    find=check_credential,
    plan=plan,
    prepare=prepare,
    make=make,
    needs=["secrets", "monitoring", "shop"],
    credentials={
        "git_credential": Credential(
            form=GitCredential,
            description="What Argo CD reads a private gitops.repository with, a password or token, or a private key for SSH, always"
            " encrypted; empty for none.",
            remedy="take a new one, this one is known now, then pulumi config set --secret causeway:gitCredential",
        )
    },
)
