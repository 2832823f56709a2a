"""The local cluster's API server as its administrator sees it; standard library only, for programs that start often."""

import json
import ssl
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

Item = dict[str, Any]
MERGE = "application/merge-patch+json"
SECONDS = 10


class Api:
    """One API server; `certificates` holds ca.crt, admin.crt and admin.key."""

    def __init__(self, server: str, certificates: Path) -> None:
        self.server = server
        tls = ssl.create_default_context(cafile=str(certificates / "ca.crt"))
        tls.load_cert_chain(certificates / "admin.crt", certificates / "admin.key")
        # It is on this machine, whatever proxy the user has for the world.
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=tls))

    def call(self, method: str, path: str, body: Item | None = None, content_type: str = "application/json") -> Item:
        """Send one request; raises OSError (HTTPError among them) where it is refused or nobody answers."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.server + path, data, {"Content-Type": content_type}, method=method)
        with self.opener.open(request, timeout=SECONDS) as answer:
            found: Item = json.loads(answer.read())
        return found

    def list(self, path: str) -> list[Item]:
        items: list[Item] = self.call("GET", path)["items"]
        return items

    def patch(self, path: str, body: Item) -> None:
        self.call("PATCH", path, body, MERGE)

    def ensure(self, path: str, item: Item) -> None:
        """Create `item` in the collection `path`; one that is there already stays."""
        try:
            self.call("POST", path, item)
        except urllib.error.HTTPError as error:
            if error.code != 409:
                raise

    def remove(self, path: str) -> None:
        """Delete; what is gone already counts as deleted."""
        try:
            self.call("DELETE", path)
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
