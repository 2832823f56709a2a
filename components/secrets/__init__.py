"""SecretsStore: references out, values nowhere."""

from .component import SecretsStore, SecretsStoreArgs, SecretsStoreKeyArgs
from .levels import SecretsLevel

__all__ = ["SecretsLevel", "SecretsStore", "SecretsStoreArgs", "SecretsStoreKeyArgs"]
