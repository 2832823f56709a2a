"""The administrator's password as Argo CD wants it: a bcrypt hash, the same each time, since nothing random may live in state alone."""

import base64
import hashlib

import bcrypt

from ..secrets import derive
from .values import ADMIN_SECRET

_COST = 8
"""2^8 rounds, 15 ms: the password is generated, 190 bits, and cannot be guessed at any cost."""
_BCRYPT = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
)


def admin_hash(seed: str, namespace: str = "argocd", version: int = 1) -> str:
    """The hash of the password that SecretsStore generates from `seed` for key `password` of Secret `argocd-admin`."""
    password = derive(seed, namespace=namespace, name=ADMIN_SECRET, key="password", version=version, length=32)
    salt = hashlib.sha256(f"{seed}/{namespace}/{ADMIN_SECRET}/{version}".encode()).digest()[:16]
    text = base64.b64encode(salt).decode().rstrip("=").translate(_BCRYPT)
    return bcrypt.hashpw(password.encode(), f"$2b${_COST:02d}${text}".encode()).decode()
