"""SecretsStore: references out, values nowhere."""

from .component import SecretsLevel, SecretsStore, SecretsStoreArgs, SecretsStoreKeyArgs

__all__ = ["SecretsLevel", "SecretsStore", "SecretsStoreArgs", "SecretsStoreKeyArgs"]
