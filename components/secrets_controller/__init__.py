"""SecretsController: the programs that a level of the secrets ladder needs in the cluster."""

from .charts import NAMESPACES
from .component import SecretsController, SecretsControllerArgs

__all__ = ["NAMESPACES", "SecretsController", "SecretsControllerArgs"]
