"""Sealing as the controller of Sealed Secrets opens it, and always to the same text, so that a second run writes nothing. Pure.

The form is AES-256-GCM with a session key, which RSA-OAEP (SHA-256) carries: two bytes of length, the encrypted key, the
encrypted value. The official client draws the session key by chance. Here it follows, by HMAC, from the seed, the sealing key,
the place and the value: another value gives another key, so that the fixed nonce is safe, and without the seed nobody can try
guesses against the text.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass

_SALT = b"causeway secrets level 2"
_HASH_BYTES = 32
_NONCE = bytes(12)


@dataclass(frozen=True)
class PublicKey:
    """An RSA public key."""

    modulus: int
    exponent: int

    @property
    def size(self) -> int:
        return (self.modulus.bit_length() + 7) // 8


def public_key(certificate: str) -> PublicKey:
    """The key of a PEM certificate; raises ValueError where it is none, or not RSA."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # imported where level sealed is in use
    from cryptography.x509 import load_pem_x509_certificate

    found = load_pem_x509_certificate(certificate.encode()).public_key()
    if not isinstance(found, RSAPublicKey):
        raise ValueError("the certificate is not of an RSA key")
    numbers = found.public_numbers()
    return PublicKey(numbers.n, numbers.e)


def seal(value: str, key: PublicKey, *, seed: str, namespace: str, name: str, field: str) -> str:
    """The sealed text of one key of one Secret, in base64, for strict scope."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    label = f"{namespace}/{name}".encode()
    session, padding = _drawn(seed, key, label, field, value)
    carried = _oaep(session, key, label, padding)
    return base64.b64encode(len(carried).to_bytes(2) + carried + AESGCM(session).encrypt(_NONCE, value.encode(), None)).decode()


def _drawn(seed: str, key: PublicKey, label: bytes, field: str, value: str) -> tuple[bytes, bytes]:
    """The session key and the padding's seed: as good as chance to all who lack the seed."""
    root = hmac.digest(_SALT, bytes.fromhex(seed), hashlib.sha256)
    parts = (key.modulus.to_bytes(key.size), label, field.encode(), value.encode())
    context = b"".join(len(part).to_bytes(8) + part for part in parts)
    return hmac.digest(root, b"session" + context, hashlib.sha256), hmac.digest(root, b"padding" + context, hashlib.sha256)


def _oaep(message: bytes, key: PublicKey, label: bytes, seed: bytes) -> bytes:
    """RSA-OAEP (RFC 8017, 7.1.1) with SHA-256 and a given seed; libraries draw their own."""
    fill = bytes(key.size - len(message) - 2 * _HASH_BYTES - 2)
    block = hashlib.sha256(label).digest() + fill + b"\x01" + message
    masked_block = _xor(block, _mask(seed, len(block)))
    masked_seed = _xor(seed, _mask(masked_block, _HASH_BYTES))
    number = int.from_bytes(b"\x00" + masked_seed + masked_block)
    return pow(number, key.exponent, key.modulus).to_bytes(key.size)


def _mask(seed: bytes, length: int) -> bytes:
    """MGF1 (RFC 8017, B.2.1)."""
    blocks = (hashlib.sha256(seed + counter.to_bytes(4)).digest() for counter in range(-(-length // _HASH_BYTES)))
    return b"".join(blocks)[:length]


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(left, right, strict=True))
