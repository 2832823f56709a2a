"""The Secret with which Argo CD reads its repository: it is found by a label, and names its repository itself. Pure."""

from typing import Any

from . import git_server

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
    if address.startswith(("http://", "https://")):
        return {REPOSITORY_SECRET: {**_keys(address), "username": _public(username or USERNAME), "password": {"value": credential}}}
    return {REPOSITORY_SECRET: {**_keys(address), "sshPrivateKey": {"value": credential}}}


def _keys(address: str) -> Keys:
    return {"type": _public("git"), "url": _public(address)}


def _public(value: str) -> dict[str, Any]:
    """A key that is in the Secret because Argo CD looks for it there."""
    return {"value": value, "public": True}
