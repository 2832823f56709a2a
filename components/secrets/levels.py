"""The four levels of the ladder (requirements 4.3), and what is true of each: effort, secret zero, what it can do. Pure."""

from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType


class SecretsLevel(str, Enum):
    """The ladder of requirements 4.3: where values come from and where secret zero lives."""

    NATIVE = "native"
    SEALED = "sealed"
    EXTERNAL = "external"
    VAULT = "vault"


class RotationClass(str, Enum):
    """Kinds of secrets by how long a value may live (requirements 4.4)."""

    DATABASE = "database"
    API_KEY = "api-key"
    TLS = "tls"


class SecretsEffort(str, Enum):
    """What running a level asks of a team, and what a team can give (requirements 4.2, last row)."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class CloudStore(str, Enum):
    """A store of secrets that a cloud runs."""

    NONE = "none"
    AWS = "aws"
    GOOGLE = "google"


@dataclass(frozen=True)
class Level:
    """What a level is, in words."""

    backend: str
    effort: SecretsEffort
    cost: str
    """What somebody has to do again and again."""
    rotation: str
    serves: str
    """What it is chosen for."""


LEVELS: MappingProxyType[SecretsLevel, Level] = MappingProxyType(
    {
        SecretsLevel.NATIVE: Level(
            "Secrets that the program makes from its seed and from encrypted config",
            SecretsEffort.NONE,
            "nothing runs; whoever rotates runs the program again",
            "by hand: causeway secrets rotate",
            "one person, one cluster, no secret in Git",
        ),
        SecretsLevel.SEALED: Level(
            "Sealed Secrets: encrypted on the client, opened by a controller in the cluster",
            SecretsEffort.LOW,
            "one controller; the sealing key is escrowed at each renewal, or a lost cluster loses every secret",
            "reseal and commit: causeway secrets rotate does both",
            "GitOps, one cluster, a small team, no store of a cloud",
        ),
        SecretsLevel.EXTERNAL: Level(
            "External Secrets Operator: Git has references, a store outside has the values",
            SecretsEffort.MEDIUM,
            "an operator of three programs, and a store with its access rights",
            "the store's new value arrives within the refresh interval of 1 h",
            "several clusters or environments, a store of a cloud, values that rotate at set times",
        ),
        SecretsLevel.VAULT: Level(
            "Vault, read by the External Secrets Operator",
            SecretsEffort.HIGH,
            "a stateful service that somebody unseals, backs up, upgrades and audits",
            "leases: 1 h, at most 24 h",
            "credentials made on demand, audit of every read, a platform team",
        ),
    }
)

SHARES, THRESHOLD = 5, 3
"""Key shares of Vault, and how many of them open it (requirements 4.3)."""


def secret_zero(level: SecretsLevel, cloud: CloudStore) -> str:
    """Where the one secret lives that opens all others; whoever has it has them."""
    if level is SecretsLevel.NATIVE:
        return (
            "the stack's passphrase and seed: on the developer's machine, or in the cloud's key service with the stack's encrypted config"
        )
    if level is SecretsLevel.SEALED:
        return "the controller's private key, in the cluster and in escrow: the backup is mandatory"
    if level is SecretsLevel.EXTERNAL:
        identity = {CloudStore.AWS: "EKS Pod Identity", CloudStore.GOOGLE: "GKE Workload Identity"}.get(cloud)
        return (
            f"nowhere at rest: the operator's pod is known by {identity}"
            if identity
            else "one bootstrap credential, in each namespace that reads the store"
        )
    if cloud is CloudStore.NONE:
        return f"{SHARES} key shares, {THRESHOLD} of which open Vault, each with another person"
    return "the cloud's key service, which unseals Vault; the recovery shares are with people"
