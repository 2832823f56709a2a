"""A double of the API server: Secrets, ConfigMaps and reviews of tokens of one namespace, in memory."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from components.secrets.vault import DOCUMENT
from tests.serving import in_thread

NAMESPACE = "vault"


class Api:
    """What the double holds; `accounts` has token to namespace and name of who it is of."""

    def __init__(self) -> None:
        self.secrets: dict[str, dict[str, Any]] = {}
        self.documents: dict[str, Any] = {}
        self.accounts: dict[str, tuple[str, str]] = {}
        self.audience = "vault"
        self.is_read_only = False
        self.address = ""

    def data(self, name: str) -> dict[str, str]:
        """A Secret's data, decoded."""
        return {key: base64.b64decode(value).decode() for key, value in self.secrets[name].items()}

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        prefix = f"/api/v1/namespaces/{NAMESPACE}/"
        if path.endswith("/tokenreviews"):
            return 201, self._review(body)
        if path.startswith(f"{prefix}configmaps"):
            items = [{"metadata": {"name": name}, "data": {DOCUMENT: json.dumps(one)}} for name, one in self.documents.items()]
            return 200, {"items": items}
        name = path.removeprefix(f"{prefix}secrets").lstrip("/")
        if method != "GET" and self.is_read_only:
            return 403, {}
        if method == "POST":
            self.secrets.setdefault(body["metadata"]["name"], {})
            return 201, body
        if name not in self.secrets:
            return 404, {}
        if method == "PATCH":
            changed = {**self.secrets[name], **body.get("data", {})}
            self.secrets[name] = {key: value for key, value in changed.items() if value is not None}
        return 200, {"data": self.secrets[name]}

    def _review(self, review: dict[str, Any]) -> dict[str, Any]:
        known = self.accounts.get(review["spec"]["token"])
        if known is None or self.audience not in review["spec"].get("audiences", [self.audience]):
            return {**review, "status": {"authenticated": False}}
        namespace, name = known
        user = {"username": f"system:serviceaccount:{namespace}:{name}", "uid": name, "groups": ["system:serviceaccounts"]}
        return {**review, "status": {"authenticated": True, "user": user, "audiences": [self.audience]}}


@contextmanager
def serving() -> Iterator[Api]:
    """The double at an address of its own."""
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, said = api.answer(self.command, self.path.partition("?")[0], json.loads(body) if body else None)
            text = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = _answer

        def log_message(self, format: str, *arguments: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    api.address = f"http://127.0.0.1:{server.server_port}"
    with in_thread(server):
        yield api
