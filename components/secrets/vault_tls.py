"""Vault's certificate: it follows from the seed, byte for byte, so that nothing random is kept and a second run writes nothing. Pure."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from ipaddress import IPv4Address
from typing import NamedTuple

from .derive import derive

SECRET = "vault-tls"
FROM, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2046, 1, 1, tzinfo=UTC)
"""A time that depended on today would change the certificate; a new seed, not the calendar, ends it."""


class ServerKey(NamedTuple):
    """A pair in PEM; only the private key is a secret."""

    private: str
    certificate: str


def server_names(service: str, namespace: str) -> list[str]:
    """By which names a Service is called inside the cluster."""
    return [f"{service}.{namespace}.svc.cluster.local", f"{service}.{namespace}.svc", f"{service}.{namespace}", "localhost"]


def server_key(seed: str, names: Sequence[str]) -> ServerKey:
    """The pair of the server of these names, its certificate signed by itself: whoever is given it trusts this server and no other."""
    from cryptography import x509  # imported where a key is made
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    text = derive(seed, namespace=names[0], name=SECRET, key="tls.key", version=1, length=64)
    # RFC 8032 signs without chance, which makes the certificate repeatable.
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(text.encode()).digest())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
    known = [*map(x509.DNSName, names), x509.IPAddress(IPv4Address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(int.from_bytes(hashlib.sha256(private.public_key().public_bytes_raw()).digest()[:16], "big") >> 1)
        .not_valid_before(FROM)
        .not_valid_after(UNTIL)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName(known), critical=False)
        .sign(private, None)
    )
    key = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return ServerKey(key.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode())
