"""The inputs of SecretsStore."""

from typing import Any, NotRequired, TypedDict

import pulumi

from .levels import RotationClass, SecretsLevel


class SecretsStoreKeyArgs(TypedDict, total=False):
    """One key of a Secret: a `value`, or a `template` over other keys, or neither: then it is generated."""

    value: pulumi.Input[str]
    """The value, from encrypted config."""
    template: str
    """Text in which `{key}` stands for another key of the same Secret."""
    length: int
    """Characters of a generated value. Default 32."""
    version: int
    """Raise it to rotate a generated value. Default 1."""
    public: bool
    """Whether the given value is no secret, such as a user's name beside the password. Default false."""


class SecretsStoreRotationArgs(TypedDict, total=False):
    """How often a Secret got a new value, and when last."""

    version: int
    """Version of its generated values, where a key has none of its own. Default 1."""
    rotated: str
    """Time of the last rotation, RFC 3339. Default the Secret's own creation."""


class SecretsStoreWriterArgs(TypedDict):
    """The resource that writes a value into a cloud's store."""

    token: str
    """Its type, such as `aws:secretsmanager/secretVersion:SecretVersion`."""
    name_input: str
    """Its input that names the place."""
    name_prefix: str
    """What the name begins with, before the store's own prefix."""
    value_input: str
    """Its input that takes the value."""


class SecretsStoreBackendArgs(TypedDict, total=False):
    """A store outside the namespace, at levels external and vault."""

    provider: dict[str, Any]
    """Level external: the provider as a SecretStore has it."""
    server: str
    """Level vault: address of Vault."""
    authority: pulumi.Input[str]
    """Level vault: what Vault's certificate is known by, in PEM and base64. Default the authorities that everybody knows."""
    prefix: str
    """What the names in the store begin with; holds the environment, so that no two share a value."""
    names: list[str]
    """The places that the store has, where others make them. Default any."""
    writer: SecretsStoreWriterArgs
    """What writes the values, where the program does."""
    source_namespace: str
    """Namespace from which External Secrets fills the store, as SecretsSource makes it; the store is then read as often."""
    source_provider: dict[str, Any]
    """The provider of that namespace's SecretStore, which may write. Default the one that reads."""
    keeper_namespace: str
    """Level vault: namespace of the Vault and of its keeper, which gives each namespace its role. Default none: others do."""
    bootstrap: dict[str, pulumi.Input[str]]
    """Secret zero of a store that knows no identities: key to value of the Secret `secrets-bootstrap`."""


class SecretsStoreDatabaseArgs(TypedDict):
    """A PostgreSQL server in the namespace."""

    workload: str
    """The workload that it is."""
    port: int
    """Its port."""
    database: str
    """Name of the database."""


class SecretsStoreArgs(TypedDict):
    """Inputs of SecretsStore."""

    namespace: str
    """Namespace of the Secrets."""
    secrets: dict[str, dict[str, SecretsStoreKeyArgs]]
    """Secret name to key to where the value comes from."""
    level: NotRequired[SecretsLevel]
    """Level of the ladder. Default native."""
    candidate: NotRequired[SecretsLevel]
    """Level that makes the same Secrets beside, under names that end in `-candidate`, while a migration compares the two."""
    seed: NotRequired[pulumi.Input[str]]
    """32 bytes in hexadecimal; needed for generated values and for sealing."""
    sealing_certificate: NotRequired[pulumi.Input[str]]
    """Level sealed: the newest sealing key's certificate in PEM."""
    backends: NotRequired[dict[str, SecretsStoreBackendArgs]]
    """Levels external and vault: the store of each, by the level's name."""
    databases: NotRequired[dict[str, SecretsStoreDatabaseArgs]]
    """Secret name to the database that its `username` and `password` open; level vault gives others on demand. Default none."""
    rotations: NotRequired[dict[str, SecretsStoreRotationArgs]]
    """Secret name to its version and last rotation."""
    classes: NotRequired[dict[str, RotationClass]]
    """Secret name to the class that decides how old a value may get. Default api-key."""
    labels: NotRequired[dict[str, dict[str, str]]]
    """Secret name to labels besides ours, where a Secret is found by a label."""
    resource_prefix: NotRequired[str]
    """What its resources' names in the program begin with, so that two stores may have a Secret of one name. Default nothing."""
    team: NotRequired[str]
    """Team that owns the Secrets. Default `platform`."""
    environment: NotRequired[str]
    """Environment they belong to. Default `development`."""
