"""GitOpsKeeper: what ends Argo CD's hold on a stack that is taken down."""

from .component import GitOpsKeeper, GitOpsKeeperArgs

__all__ = ["GitOpsKeeper", "GitOpsKeeperArgs"]
