"""SecretsController: the programs that a level of the secrets ladder needs in the cluster."""

from .charts import NAMESPACES, VAULT_ADDRESS
from .component import SecretsController, SecretsControllerArgs, vault_authority
from .monitor import pod_monitor

__all__ = ["NAMESPACES", "VAULT_ADDRESS", "SecretsController", "SecretsControllerArgs", "pod_monitor", "vault_authority"]
