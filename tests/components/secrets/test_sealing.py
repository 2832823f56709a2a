"""Sealing: what the controller's own steps open, and the same text every time."""

import base64
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from components.secrets.sealing import public_key, seal
from components.secrets.sealing_keys import format_escrow, key_secret, parse
from tests.components.secrets.samples import sealing_key
from tests.conftest import SEED

PLACE = {"namespace": "shop", "name": "shop-database", "field": "password"}


def sealed(value: str = "s3cret", **changes: str) -> str:
    return seal(value, public_key(sealing_key().certificate), **{"seed": SEED, **PLACE, **changes})


def opened(text: str, namespace: str = "shop", name: str = "shop-database") -> str:
    """What the controller does: RSA-OAEP with the place as label carries the key of AES-GCM."""
    private: Any = serialization.load_pem_private_key(sealing_key().private.encode(), None)
    raw = base64.b64decode(text)
    end = 2 + int.from_bytes(raw[:2])
    scheme = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), f"{namespace}/{name}".encode())
    return AESGCM(private.decrypt(raw[2:end], scheme)).decrypt(bytes(12), raw[end:], None).decode()


@pytest.mark.parametrize("value", ["s3cret", "", "ü" * 5000], ids=["short", "empty", "longer than the key"])
def test_opens(value: str) -> None:
    """4.04: what is sealed by the public key is opened by the private one."""
    assert value == opened(sealed(value))


def test_opens_only_in_its_place() -> None:
    """Strict scope: the text is of no use under another namespace or name."""
    for place in ({"namespace": "other"}, {"name": "other"}):
        with pytest.raises((ValueError, InvalidTag)):
            opened(sealed(), **place)


def test_same_text_every_time() -> None:
    """A second run writes nothing: the same value in the same place is the same text."""
    assert sealed() == sealed()


def test_everything_matters() -> None:
    """Another value, place, field or seed gives an unrelated session key, so the nonce is never used twice."""
    texts = [sealed(), sealed("other"), sealed(namespace="other"), sealed(name="other"), sealed(field="other"), sealed(seed="ab" * 32)]

    assert len(texts) == len({base64.b64decode(text)[2:258] for text in texts})


def test_escrow() -> None:
    """4.05: what is escrowed is read back, the newest last, and no pair is lost."""
    pairs = [sealing_key(), sealing_key()]

    assert pairs == parse(format_escrow(pairs))


def test_empty_escrow_is_refused() -> None:
    """An escrow without a key is an error, not an empty list."""
    with pytest.raises(ValueError, match="no private key followed by its certificate"):
        parse("")


def test_key_secret() -> None:
    """The controller finds its keys by their label and type."""
    made = key_secret(1, "kube-system", {}, {})

    assert ("kubernetes.io/tls", "active") == (made["type"], made["metadata"]["labels"]["sealedsecrets.bitnami.com/sealed-secrets-key"])
