"""The inputs of GitOpsStack; what the target decides is apart, so that all else is the same on every target."""

from enum import Enum
from typing import Any, NotRequired, TypedDict

import pulumi

from ..workload import WorkloadPlatformArgs


class GitOpsSize(str, Enum):
    """How much Argo CD is given: for tens of applications on a laptop, or for hundreds with a spare of everything."""

    SMALL = "small"
    LARGE = "large"


class GitOpsPlatformArgs(TypedDict, total=False):
    """What the target decides of GitOps."""

    size: GitOpsSize
    """small: one pod of each, about 600Mi requested. large: two of each that can be two, redis highly available. Default small."""
    enable_git_server: bool
    """Whether a Git server inside the cluster holds the repository, seeded by the program, for want of one outside. Default false."""
    enable_door: bool
    """Whether Argo CD's API is behind the front door; it speaks plain HTTP there. Default false: port-forward."""
    keep_definitions: bool
    """Whether the definitions of Argo CD's kinds, and so every Application, outlive the chart. Default false."""
    poll_interval: str
    """How often Git is asked for commits. Default `180s` (requirements 2.5)."""


class GitOpsChartArgs(TypedDict):
    """A chart by name (the key), version and repository."""

    version: str
    """Exact version."""
    repository: str
    """Address of the repository."""


class GitOpsRepositoryArgs(TypedDict, total=False):
    """The Git repository that everything is deployed from."""

    url: str
    """Address; required where there is no Git server inside the cluster."""
    revision: str
    """Branch or tag. Default `main`."""
    path: str
    """Directory of the layout, empty for the repository's root. Default `gitops`."""


class GitOpsProjectArgs(TypedDict):
    """A team: what it deploys stays in its namespaces."""

    namespaces: list[str]
    """Its namespaces; no two teams share one."""
    description: NotRequired[str]
    """What it deploys."""


class GitOpsSignOnArgs(TypedDict):
    """Single sign-on by OpenID Connect; with it there is no administrator's password."""

    name: str
    """Name of the provider, as people see it."""
    issuer: str
    """Address of the provider."""
    client_id: str
    """Argo CD's id there."""
    secret: str
    """Secret in Argo CD's namespace whose key `client-secret` is Argo CD's secret there."""
    admin_group: str
    """Group that may do everything; a team's group is named like its project."""


class GitOpsStackArgs(TypedDict):
    """Inputs of GitOpsStack."""

    charts: dict[str, GitOpsChartArgs]
    """The pin of `argo-cd`."""
    files: dict[str, str]
    """The layout as path to text: what the Git server is seeded with, and what ownership is judged by."""
    projects: dict[str, GitOpsProjectArgs]
    """Team to what it may deploy."""
    cluster: NotRequired[str]
    """Name of the cluster, as ApplicationSets see it. Default `causeway`."""
    namespace: NotRequired[str]
    """Namespace of it all. Default `argocd`."""
    team: NotRequired[str]
    """Team that owns it. Default `platform`."""
    environment: NotRequired[str]
    """Environment that is deployed here: its directory below `envs`, its sync policy. Default `development`."""
    repository: NotRequired[GitOpsRepositoryArgs]
    """Where the layout is."""
    git_server_image: NotRequired[str]
    """Image of the Git server; required where the platform wants one."""
    sign_on: NotRequired[GitOpsSignOnArgs]
    """Single sign-on. Default none: an administrator with a password from SecretsStore."""
    registry: NotRequired[pulumi.Input[str]]
    """Registry of our own images, empty where the cluster has them. Default empty."""
    identities: NotRequired[dict[str, pulumi.Input[str]]]
    """ServiceAccount, as namespace/name, to the identity that the cloud knows its pods by. Default none."""
    secrets_version: NotRequired[pulumi.Input[str]]
    """Changes when the credential of the deployed workloads does; rolls them."""
    values: NotRequired[dict[str, Any]]
    """Chart values merged over ours: the escape hatch. Unknown keys, passwords and what holds the stack together are refused."""
    enable_monitors: NotRequired[bool]
    """Whether the monitoring kinds exist here. Default false."""
    platform: NotRequired[GitOpsPlatformArgs]
    """What the target decides of GitOps."""
    workload_platform: NotRequired[WorkloadPlatformArgs]
    """What it decides of workloads: handed to the charts, and used for the door."""
