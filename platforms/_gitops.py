"""GitOps by target: how much of Argo CD, and where Git is (requirements 2.3 and 2.6)."""

import pulumi

from components.gitops import GitOpsPlatformArgs, GitOpsSize
from stack.parts.gitops import GitOpsSettings
from stack.settings import Settings

_SMALL: GitOpsPlatformArgs = {
    "size": GitOpsSize.SMALL,
    "enable_git_server": True,
    "enable_door": True,
    "keep_definitions": False,
    # A person at a keyboard waits for it.
    "poll_interval": "15s",
}
_LARGE: GitOpsPlatformArgs = {
    "size": GitOpsSize.LARGE,
    "enable_git_server": False,
    # It would speak plain HTTP there; `kubectl port-forward` does not.
    "enable_door": False,
    # Without them every Application would go with the chart, and what it deployed with it.
    "keep_definitions": True,
    "poll_interval": "180s",
}


def small(settings: Settings) -> GitOpsPlatformArgs:
    """One node that one person uses: Git inside the cluster, unless a repository is given."""
    return {**_SMALL, "enable_git_server": settings.of(GitOpsSettings).repository is None, **_given(settings)}


def large(settings: Settings) -> GitOpsPlatformArgs:
    """A cloud: two of everything that can be two, Git outside; raises `pulumi.RunError` where it has no address."""
    if settings.of(GitOpsSettings).enabled and settings.of(GitOpsSettings).repository is None:
        raise pulumi.RunError(
            f"causeway:gitops.repository: given nothing; needed on {settings.platform.value}: the repository that Argo CD deploys from;"
            " fix: pulumi config set --path 'causeway:gitops.repository.url' https://<host>/<repository>.git"
        )
    return {**_LARGE, **_given(settings)}


def _given(settings: Settings) -> GitOpsPlatformArgs:
    interval = settings.of(GitOpsSettings).poll_interval
    return {"poll_interval": interval} if interval else {}
