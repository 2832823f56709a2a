"""Values made from a seed: the same seed and place give the same value, so nothing random lives only in state.

HKDF with SHA-256 (RFC 5869): one seed, one unrelated value for each "namespace/name/key/version".
"""

import hashlib
import hmac
import string
from collections.abc import Iterator
from itertools import islice

ALPHABET = string.ascii_letters + string.digits
_SALT = b"causeway secrets level 1"
# Bytes from here on would make the first letters of the alphabet likelier than the rest.
_UNFAIR = 256 - 256 % len(ALPHABET)
# RFC 5869 section 2.3: at most 255 blocks.
MAXIMUM_LENGTH = 4096


def derive(seed: str, *, namespace: str, name: str, key: str, version: int, length: int) -> str:
    """`length` characters of [A-Za-z0-9] for one key of one Secret; a new `version` gives an unrelated value."""
    pseudo_random_key = hmac.digest(_SALT, bytes.fromhex(seed), hashlib.sha256)
    info = f"{namespace}/{name}/{key}/{version}".encode()
    fair = (byte for byte in _expand(pseudo_random_key, info) if byte < _UNFAIR)
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in islice(fair, length))


def _expand(pseudo_random_key: bytes, info: bytes) -> Iterator[int]:
    block = b""
    for counter in range(1, 256):
        block = hmac.digest(pseudo_random_key, block + info + bytes([counter]), hashlib.sha256)
        yield from block
