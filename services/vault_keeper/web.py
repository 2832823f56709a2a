"""One way to ask a web server for JSON, for Vault and the API server alike."""

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TIMEOUT_SECONDS = 20.0


@dataclass(frozen=True)
class Answer:
    """What a server said: the JSON of a good answer, the text of an error."""

    status: int
    body: Any

    @property
    def is_good(self) -> bool:
        return self.status < 300


@dataclass(frozen=True)
class Server:
    """A server at `address`, trusted by `authority` (a file in PEM) where it speaks TLS."""

    address: str
    authority: str | None = None

    def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Send one request; raises OSError where nobody answers, and where a good answer is not JSON: that is not an empty one."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.address}{path}", data, {"Content-Type": "application/json", **(headers or {})}, method=method
        )
        context = ssl.create_default_context(cafile=self.authority) if self.address.startswith("https:") else None
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS, context=context) as answer:
                return Answer(answer.status, _read(answer.read()))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.read().decode(errors="replace"))
        except ValueError:
            raise OSError(f"{method} {path}: the answer is not JSON") from None


def _read(body: bytes) -> Any:
    return json.loads(body) if body else {}
