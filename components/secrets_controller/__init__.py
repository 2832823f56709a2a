"""SecretsController: the programs that a level of the secrets ladder needs in the cluster."""

from .charts import NAMESPACES
from .component import SecretsController, SecretsControllerArgs, SecretsControllerSealArgs, vault_authority
from .monitor import pod_monitor
from .vault_servers import VAULT_ACTIVE_ADDRESS, VAULT_ADDRESS, VaultSeal

__all__ = [
    "NAMESPACES",
    "VAULT_ACTIVE_ADDRESS",
    "VAULT_ADDRESS",
    "SecretsController",
    "SecretsControllerArgs",
    "SecretsControllerSealArgs",
    "VaultSeal",
    "pod_monitor",
    "vault_authority",
]
