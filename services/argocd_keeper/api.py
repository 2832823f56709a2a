"""The API server as the pod's own ServiceAccount sees it: JSON in, JSON out, "there is none" apart from "it was refused"."""

import json
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
TIMEOUT_SECONDS = 10.0
MERGE = "application/merge-patch+json"
PASSING = (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
"""What a change may meet because somebody else was quicker: the next round sees what is left to do."""


class Refused(Exception):
    """The API server would not do what it was asked; the text says what, and what it answered."""


@dataclass(frozen=True)
class Api:
    """The server at `address`; `authority` (a file in PEM) and `token` (a file that the kubelet renews) are None for plain HTTP."""

    address: str
    authority: Path | None = None
    token: Path | None = None

    def get(self, path: str) -> dict[str, Any] | None:
        """The object at `path`; None where the server says that there is none. Raises Refused, or OSError where nobody answers."""
        status, body = self._ask("GET", path)
        if status == HTTPStatus.NOT_FOUND:
            return None
        return _good(status, body, f"read {path}")

    def items(self, path: str) -> list[dict[str, Any]]:
        """The objects of a collection; none where the server knows no such kind."""
        return list((self.get(path) or {}).get("items") or [])

    def patch(self, path: str, body: dict[str, Any]) -> None:
        """Merge `body` into the object, unless it is gone or was changed meanwhile."""
        status, said = self._ask("PATCH", path, body)
        if status not in PASSING:
            _good(status, said, f"change {path}")

    def delete(self, path: str) -> None:
        """Have the object deleted, without waiting for it."""
        status, said = self._ask("DELETE", path)
        if status not in PASSING:
            _good(status, said, f"delete {path}")

    def _ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        headers = {"Accept": "application/json", "Content-Type": MERGE if method == "PATCH" else "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token.read_text().strip()}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.address}{path}", data, headers, method=method)
        context = ssl.create_default_context(cafile=self.authority) if self.authority else None
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS, context=context) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()


def _good(status: int, body: Any, what: str) -> dict[str, Any]:
    if status >= HTTPStatus.BAD_REQUEST:
        raise Refused(f"may not {what}: the API server answered {status}")
    return dict(body)
