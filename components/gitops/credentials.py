"""The Secret with which Argo CD reads its repository: it is found by a label, and names its repository itself. Pure."""

import re
from typing import Any
from urllib.parse import urlsplit

from . import git_server

_HOST = r"[^\s@/:]+(:[0-9]{1,5})?"
ADDRESS = rf"^(https?://([^\s@/:]+@)?{_HOST}(/[^\s@]*)?|ssh://[^\s@/:]+@{_HOST}/[^\s@]+|[^\s@/:]+@[^\s@/:]+:[^\s@]+)$"
"""Addresses of repositories that Argo CD and this library read alike, none with a password; SSH needs its user to be known as such."""
_PORTS = {"http": 80, "https": 443, "ssh": 22}

REPOSITORY_SECRET = "git-repository"
USERNAME = "git"
"""Where a token is the password, hosts take any name."""
LABELS: dict[str, dict[str, str]] = {
    name: {"argocd.argoproj.io/secret-type": "repository"} for name in (git_server.SECRET, REPOSITORY_SECRET)
}
"""Secret name to the label by which Argo CD finds it."""

Keys = dict[str, dict[str, Any]]


def inside(namespace: str) -> dict[str, Keys]:
    """For the Git server inside the cluster: its generated password both reads and pushes."""
    return {git_server.SECRET: {**_keys(git_server.url(namespace)), "username": _public(USERNAME), "password": {}}}


def outside(address: str, credential: Any, username: str | None = None) -> dict[str, Keys]:
    """For a private repository elsewhere: `credential` is a password or token, or over SSH a private key; nothing for a public one."""
    if credential is None:
        return {}
    if not is_ssh(address):
        return {REPOSITORY_SECRET: {**_keys(address), "username": _public(username or USERNAME), "password": {"value": credential}}}
    return {REPOSITORY_SECRET: {**_keys(address), "sshPrivateKey": {"value": credential}}}


def is_ssh(address: str) -> bool:
    """Whether Argo CD reads an address as one of SSH (util/git/git.go, IsSSHURL): by the user, whatever scheme is written."""
    return re.fullmatch(r"(ssh://)?[^/:]*@[^@]+", address) is not None


def port(address: str) -> int:
    """The port at which a repository is asked; `host:path` of SSH names none."""
    parts = urlsplit(address)
    return parts.port or _PORTS[parts.scheme] if parts.scheme in _PORTS else _PORTS["ssh"]


def _keys(address: str) -> Keys:
    return {"type": _public("git"), "url": _public(address)}


def _public(value: str) -> dict[str, Any]:
    """A key that is in the Secret because Argo CD looks for it there."""
    return {"value": value, "public": True}
