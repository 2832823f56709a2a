"""Derived values: repeatable, unrelated, fair, and what RFC 5869 says."""

import hashlib
import hmac
import re
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from components.secrets.derive import ALPHABET, MAXIMUM_LENGTH, derive

SEED = "5eed" * 16
PLACE = {"namespace": "shop", "name": "shop-database", "key": "password"}


def test_same_place_same_value() -> None:
    """A killed run makes the very same password again: nothing random lives only in state."""
    assert derive(SEED, **PLACE, version=1, length=32) == derive(SEED, **PLACE, version=1, length=32)


def test_rfc_5869() -> None:
    """The first bytes are those of HKDF with SHA-256, written out."""
    key = hmac.digest(b"causeway secrets level 1", bytes.fromhex(SEED), hashlib.sha256)
    block = hmac.digest(key, b"shop/shop-database/password/1\x01", hashlib.sha256)
    expected = "".join(ALPHABET[byte % 62] for byte in block if byte < 248)

    assert expected == derive(SEED, **PLACE, version=1, length=len(expected))


def test_every_part_of_the_place_matters() -> None:
    """Another seed, namespace, name, key or version gives an unrelated value."""
    values = {
        derive("ab" * 32, **PLACE, version=1, length=32),
        derive(SEED, **PLACE, version=2, length=32),
        *(derive(SEED, **{**PLACE, part: "other"}, version=1, length=32) for part in PLACE),
        derive(SEED, **PLACE, version=1, length=32),
    }

    assert 6 == len(values)


@given(length=st.integers(1, MAXIMUM_LENGTH), version=st.integers(1, 9))
def test_length_and_alphabet(length: int, version: int) -> None:
    """Every allowed length is reached, with letters and digits that need no quoting in a URL."""
    assert re.fullmatch(f"[A-Za-z0-9]{{{length}}}", derive(SEED, **PLACE, version=version, length=length))


def test_no_letter_is_likelier() -> None:
    """Bytes that would favour the first letters are thrown away: 4,096 draws stay within 5 deviations."""
    counts = Counter(derive(SEED, **PLACE, version=1, length=MAXIMUM_LENGTH))
    expected = MAXIMUM_LENGTH / len(ALPHABET)

    assert all(abs(counts[letter] - expected) < 5 * expected**0.5 for letter in ALPHABET)
