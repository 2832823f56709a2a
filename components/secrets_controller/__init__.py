"""SecretsController: the programs that a level of the secrets ladder needs in the cluster."""

from .charts import NAMESPACES
from .component import SecretsController, SecretsControllerArgs
from .monitor import pod_monitor

__all__ = ["NAMESPACES", "SecretsController", "SecretsControllerArgs", "pod_monitor"]
