"""The component library: everything a program needs, by its public name."""

from .monitoring import MonitoringStack, MonitoringStackArgs
from .namespace import RestrictedNamespace, RestrictedNamespaceArgs
from .secrets import SecretsLevel, SecretsStore, SecretsStoreArgs
from .secrets_controller import SecretsController, SecretsControllerArgs
from .shop import Shop, ShopArgs
from .workload import Pattern, WorkloadPattern, WorkloadPatternArgs

__all__ = [
    "MonitoringStack",
    "MonitoringStackArgs",
    "Pattern",
    "RestrictedNamespace",
    "RestrictedNamespaceArgs",
    "SecretsController",
    "SecretsControllerArgs",
    "SecretsLevel",
    "SecretsStore",
    "SecretsStoreArgs",
    "Shop",
    "ShopArgs",
    "WorkloadPattern",
    "WorkloadPatternArgs",
]
