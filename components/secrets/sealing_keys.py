"""The sealing keys in escrow: all that ever sealed anything, the newest last. Pure.

The controller makes none of its own (`keyrenewperiod` "0"), so the escrow is complete by construction.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from .._kit import Manifest

KEY_BITS = 4096
"""What the controller takes for its own keys."""
VALID_DAYS = 3650
_PAIR = re.compile(
    r"(-----BEGIN PRIVATE KEY-----.*?-----END PRIVATE KEY-----)\s*(-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----)", re.S
)
ACTIVE_LABEL = "sealedsecrets.bitnami.com/sealed-secrets-key"


@dataclass(frozen=True)
class SealingKey:
    """One pair in PEM; only the private key is a secret."""

    private: str
    certificate: str


def parse(escrow: str) -> list[SealingKey]:
    """The pairs of an escrow's text, oldest first; raises ValueError where there is none."""
    pairs = [SealingKey(private, certificate) for private, certificate in _PAIR.findall(escrow)]
    if not pairs:
        raise ValueError("no private key followed by its certificate")
    return pairs


def format_escrow(pairs: list[SealingKey]) -> str:
    """The text of an escrow."""
    return "".join(f"{pair.private}\n{pair.certificate}\n" for pair in pairs)


def new_sealing_key(now: datetime, bits: int = KEY_BITS) -> SealingKey:
    """A new pair, its certificate signed by itself, valid for ten years from `now`."""
    from cryptography import x509  # imported where a key is made
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    private = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sealed-secret")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=VALID_DAYS))
        .sign(private, hashes.SHA256())
    )
    text = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return SealingKey(text.decode().strip(), certificate.public_bytes(serialization.Encoding.PEM).decode().strip())


def key_secret(number: int, namespace: str, labels: dict[str, str], data: dict[str, object]) -> Manifest:
    """The Secret by which the controller gets the pair `number`, as it would have made it itself."""
    metadata = {"name": f"sealed-secrets-key-{number}", "namespace": namespace, "labels": {**labels, ACTIVE_LABEL: "active"}}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "kubernetes.io/tls", "data": data}
