"""How addresses are asked: the world by way of the user's proxy if there is one, this machine never."""

import os
import ssl
import urllib.request
from collections.abc import Mapping
from typing import Any

from local.cluster.layout import BLOCK

NEAR = ("localhost", "127.0.0.1", str(BLOCK), ".svc", ".cluster.local")
"""This machine, the local clusters on it, and names that only a cluster knows."""
ADDRESSES = ("http_proxy", "https_proxy")


class Stay(urllib.request.HTTPRedirectHandler):
    """A redirection is an answer: where it leads is not followed."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def variables(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The proxy in both spellings, for apt reads the small letters alone, with what is near left out of it; empty without a proxy."""
    given = {name: value for name in (*ADDRESSES, "no_proxy") if (value := environment.get(name) or environment.get(name.upper()))}
    if not given.keys() & set(ADDRESSES):
        return {}
    spared = [host.strip() for host in given.get("no_proxy", "").split(",") if host.strip()]
    given["no_proxy"] = ",".join(dict.fromkeys([*spared, *NEAR]))
    return {spelling: value for name, value in given.items() for spelling in (name, name.upper())}


def direct(tls: ssl.SSLContext | None = None) -> urllib.request.OpenerDirector:
    """What opens an address that is near: it asks no proxy. `tls` are the authorities and keys of a server with its own."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=tls))
