"""Credentials of the database: a user for each version, and no password where it could be seen."""

import base64
import hashlib
import hmac

from components.shop import database_secret, database_user
from components.shop.credentials import admit, end, sessions, try_password, verifier


def test_verifier() -> None:
    """RFC 7677's example: the verifier holds StoredKey and ServerKey, by which the example's client and server know each other."""
    salt = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    kind, iterations, keys = verifier("pencil", salt).split("$")
    stored, server = (base64.b64decode(part) for part in keys.split(":"))
    message = (
        b"n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
        b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    )
    proof = base64.b64decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
    key = bytes(one ^ other for one, other in zip(proof, hmac.digest(stored, message, hashlib.sha256), strict=True))

    assert ("SCRAM-SHA-256", f"4096:{base64.b64encode(salt).decode()}") == (kind, iterations)
    assert stored == hashlib.sha256(key).digest()
    assert "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=" == base64.b64encode(hmac.digest(server, message, hashlib.sha256)).decode()


def test_every_version_has_its_own_user() -> None:
    """4.4: two credentials can be valid at once; the Secret names the user beside the password."""
    users = [
        database_secret("shop", {"shop-database": {"version": version}})["shop-database"]["username"]["value"] for version in (1, 2, 3)
    ]

    assert ["shop", "shop_2", "shop_3"] == users == [database_user(version) for version in (1, 2, 3)]


def test_no_password_in_what_the_server_is_told() -> None:
    """4.13: the server gets a verifier, and what asks or ends holds nothing at all."""
    scripts = [admit(2, verifier("s3cret-value", bytes(16))), sessions(1), end(1)]

    assert not [script for script in scripts if "s3cret-value" in script]
    assert "s3cret-value" in try_password(1, "s3cret-value")
