"""SecretsStore: references out, values nowhere."""

from .args import (
    SecretsStoreArgs,
    SecretsStoreBackendArgs,
    SecretsStoreDatabaseArgs,
    SecretsStoreKeyArgs,
    SecretsStoreRotationArgs,
    SecretsStoreWriterArgs,
)
from .component import SecretsStore
from .derive import derive
from .levels import RotationClass, SecretsLevel

__all__ = [
    "RotationClass",
    "SecretsLevel",
    "SecretsStore",
    "SecretsStoreArgs",
    "SecretsStoreBackendArgs",
    "SecretsStoreDatabaseArgs",
    "SecretsStoreKeyArgs",
    "SecretsStoreRotationArgs",
    "SecretsStoreWriterArgs",
    "derive",
]
