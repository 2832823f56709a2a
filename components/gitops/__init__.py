"""GitOps: what Argo CD deploys from Git, how, and where the program's part ends."""

from .args import GitOpsPlatformArgs, GitOpsSize, GitOpsStackArgs
from .component import GitOpsStack, gitops_secrets

__all__ = ["GitOpsPlatformArgs", "GitOpsSize", "GitOpsStack", "GitOpsStackArgs", "gitops_secrets"]
