"""A SecretsStore at each level, with all that the level needs."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import pulumi

from components import SecretsLevel
from components.secrets.sealing_keys import SealingKey, new_sealing_key
from tests.conftest import SEED

SECRETS: dict[str, Any] = {"shop-database": {"password": {}, "database-url": {"template": "postgresql://shop:{password}@database/shop"}}}
BACKENDS: dict[str, Any] = {
    "external": {
        "provider": {"aws": {"service": "SecretsManager", "region": "eu-central-1"}},
        "prefix": "causeway-development/",
        "source_namespace": "secrets-source",
    },
    "vault": {"server": "http://vault.vault:8200", "prefix": "causeway-development/", "source_namespace": "secrets-source"},
}


@cache
def sealing_key() -> SealingKey:
    """One small key for all tests: a real one takes seconds."""
    return new_sealing_key(datetime(2026, 11, 24, tzinfo=UTC), bits=2048)


def inputs(level: SecretsLevel = SecretsLevel.NATIVE, **changes: Any) -> Any:
    """Inputs of a SecretsStore at `level`."""
    return {
        "namespace": "shop",
        "secrets": SECRETS,
        "seed": pulumi.Output.secret(SEED),
        "level": level,
        "sealing_certificate": sealing_key().certificate,
        "backends": BACKENDS,
        **changes,
    }
