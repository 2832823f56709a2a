"""SecretsSource: where a store gets its values from, if no cloud's resource writes them."""

from .component import SecretsSource, SecretsSourceArgs
from .stand_in import url

__all__ = ["SecretsSource", "SecretsSourceArgs", "url"]
