"""Vault's answers: what it refuses, what it does not have, and what it did not say."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from services.vault_keeper.cluster import Refused
from services.vault_keeper.vault import Vault
from services.vault_keeper.web import Server
from tests.serving import in_thread


@pytest.fixture
def saying() -> Iterator[Callable[[int, str], Vault]]:
    """A Vault that says the same to whatever it is asked."""
    said: list[tuple[int, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, text = said[-1]
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = do_LIST = _answer

        def log_message(self, format: str, *arguments: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def made(status: int, text: str) -> Vault:
        said.append((status, text))
        return Vault(Server(f"http://127.0.0.1:{server.server_port}"))

    with in_thread(server):
        yield made


def test_nothing_below_a_path_is_an_answer(saying: Callable[[int, str], Vault]) -> None:
    """Issue 13, point 3: Vault says 404 for an empty folder; what it cannot say leaves everything as it is."""
    assert ["a"] == saying(200, json.dumps({"data": {"keys": ["a"]}})).names("sys/policies/acl", "token")
    assert [] == saying(404, '{"errors": []}').names("sys/policies/acl", "token")
    for status in (403, 500, 503):
        with pytest.raises(Refused, match=f"^Vault would not list sys/policies/acl: it answered {status}$"):
            saying(status, '{"errors": []}').names("sys/policies/acl", "token")


def test_login_that_is_refused_is_told_from_one_that_failed(saying: Callable[[int, str], Vault]) -> None:
    """Issue 13, point 3: 400 and 403 say "you may not"; 500 and 503 say nothing about that."""
    assert ("t", 60.0) == saying(200, '{"auth": {"client_token": "t", "lease_duration": 60}}').log_in("kubernetes", "keeper", "proof")
    for status in (400, 403):
        assert ("", 0.0) == saying(status, '{"errors": ["permission denied"]}').log_in("kubernetes", "keeper", "proof")
    with pytest.raises(Refused, match=r"^Vault would not say whether role keeper may log in: it answered 503$"):
        saying(503, "Vault is sealed").log_in("kubernetes", "keeper", "proof")


def test_good_answer_without_json_is_no_empty_answer(saying: Callable[[int, str], Vault]) -> None:
    """Issue 13, point 3: a proxy's page in Vault's place says nothing about Vault; an answer without a body is one."""
    with pytest.raises(OSError, match=r"^GET /v1/sys/seal-status: the answer is not JSON$"):
        saying(200, "<html>").status()
    assert saying(204, "").is_valid("token")


def test_engine_that_is_there_already_is_enabled(saying: Callable[[int, str], Vault]) -> None:
    """4.07: a repeated round finds its engines: Vault says so in the words of an error."""
    saying(400, '{"errors": ["path is already in use at secret/"]}').enable("sys/mounts/secret", {}, "token")
    with pytest.raises(Refused, match=r"^Vault would not enable sys/mounts/secret: it answered 400$"):
        saying(400, '{"errors": ["unsupported"]}').enable("sys/mounts/secret", {}, "token")
