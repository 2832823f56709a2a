"""Vault's servers: where they are, what they are told at their start, and the key service that opens three of them. Pure."""

from collections.abc import Iterator, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any

from ..secrets import vault_tls

VAULT = "vault"
PORT = 8200
TLS = "/vault/tls"
"""Where a server finds its key and certificate."""
VAULT_ADDRESS = f"https://{VAULT}.{VAULT}.svc.cluster.local:{PORT}"
_ACTIVE = f"{VAULT}-active"
"""The chart's Service of the one that answers for all."""
VAULT_ACTIVE_ADDRESS = f"https://{_ACTIVE}.{VAULT}.svc.cluster.local:{PORT}"
_HOSTS = tuple(f"{VAULT}-{number}.{VAULT}-internal.{VAULT}.svc.cluster.local" for number in range(3))
SERVERS = tuple(f"https://{host}:{PORT}" for host in _HOSTS)
"""Three: the loss of one leaves a majority."""


class VaultSeal(str, Enum):
    """Key services that open Vault, by its own names of them."""

    AWS = "awskms"
    GOOGLE = "gcpckms"


VARIABLES: MappingProxyType[VaultSeal, Mapping[str, str]] = MappingProxyType(
    {
        VaultSeal.AWS: {"region": "AWS_REGION", "key": "VAULT_AWSKMS_SEAL_KEY_ID"},
        VaultSeal.GOOGLE: {
            "project": "GOOGLE_PROJECT",
            "region": "GOOGLE_REGION",
            "key_ring": "VAULT_GCPCKMS_SEAL_KEY_RING",
            "key": "VAULT_GCPCKMS_SEAL_CRYPTO_KEY",
        },
    }
)
"""What a key service has to be told, and the variable by which Vault is. Whose key it is follows from the pod's identity."""


def variables(seal: Mapping[str, Any]) -> dict[str, Any]:
    """The variables of a server that this seal opens."""
    return {variable: seal[part] for part, variable in VARIABLES[seal["kind"]].items()}


def faults(seal: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a seal lacks, and what does not belong to it: the part, and what is wrong."""
    kind, known = seal["kind"].value, VARIABLES[seal["kind"]]
    for part in known:
        if not seal.get(part):
            yield part, f"is required where '{kind}' opens Vault"
    for part in sorted(seal.keys() - known.keys() - {"kind"}):
        yield part, f"says nothing to '{kind}'; allowed: {', '.join(known)}"


def names(*, are_three: bool) -> list[str]:
    """What the servers are called inside the cluster, as their one certificate has it."""
    more = [*vault_tls.server_names(_ACTIVE, VAULT)[:-1], *_HOSTS] if are_three else []
    return [*vault_tls.server_names(VAULT, VAULT), *more]


def configuration(seal: VaultSeal | None = None) -> str:
    """What a server is told: to keep its data by raft, which has snapshots; three find each other, and say which of them is active."""
    joins = [f'  retry_join {{\n    leader_api_addr = "{server}"\n    leader_ca_cert_file = "{TLS}/tls.crt"\n  }}' for server in SERVERS]
    lines = [
        "disable_mlock = true",
        'listener "tcp" {',
        f'  tls_cert_file = "{TLS}/tls.crt"',
        f'  tls_key_file = "{TLS}/tls.key"',
        f'  address = "[::]:{PORT}"',
        f'  cluster_address = "[::]:{PORT + 1}"',
        "}",
        'storage "raft" {',
        '  path = "/vault/data"',
        # Recommended for production (Vault docs, "Integrated storage backend"): one that is lost is missed after a second, not after five.
        *(["  performance_multiplier = 1", *joins] if seal else []),
        "}",
        *(['service_registration "kubernetes" {}', f'seal "{seal.value}" {{}}'] if seal else []),
    ]
    return "".join(f"{line}\n" for line in ["", *lines])
