"""The component library: everything a program needs, by its public name."""

# Monitoring and workloads are made of each other: this is the end to begin at.
from . import monitoring as _monitoring  # noqa: F401
from .gitops import GitOpsStack, GitOpsStackArgs
from .gitops_keeper import GitOpsKeeper, GitOpsKeeperArgs
from .monitoring import MonitoringStack, MonitoringStackArgs
from .namespace import RestrictedNamespace, RestrictedNamespaceArgs
from .secrets import SecretsLevel, SecretsStore, SecretsStoreArgs
from .secrets_controller import SecretsController, SecretsControllerArgs
from .secrets_source import SecretsSource, SecretsSourceArgs
from .shop import Shop, ShopArgs
from .workload import Pattern, WorkloadPattern, WorkloadPatternArgs

__all__ = [
    "GitOpsKeeper",
    "GitOpsKeeperArgs",
    "GitOpsStack",
    "GitOpsStackArgs",
    "MonitoringStack",
    "MonitoringStackArgs",
    "Pattern",
    "RestrictedNamespace",
    "RestrictedNamespaceArgs",
    "SecretsController",
    "SecretsControllerArgs",
    "SecretsLevel",
    "SecretsSource",
    "SecretsSourceArgs",
    "SecretsStore",
    "SecretsStoreArgs",
    "Shop",
    "ShopArgs",
    "WorkloadPattern",
    "WorkloadPatternArgs",
]
