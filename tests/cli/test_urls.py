"""Whether a URL answers, asked of a server on loopback."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from cli.urls import Answer, ask, ask_all


class Echo(BaseHTTPRequestHandler):
    """Answers with the status that the path names."""

    def do_GET(self) -> None:
        self.send_response(int(self.path.strip("/")))
        self.send_header("Location", "http://127.0.0.1:1/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Echo) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()


@pytest.mark.parametrize(("status", "answers"), [(200, True), (302, True), (404, True), (500, False), (503, False)], ids=str)
def test_status(server: str, status: int, answers: bool) -> None:
    """Any status below 500 is an answer, a redirection is not followed, and 5xx is none."""
    answer = ask("shop", f"{server}/{status}")

    assert (status, answers) == (answer.status, answer.answers)


def test_proxy_is_not_asked_for_a_near_address(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A private address is asked directly, whatever proxy the user has for the world."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    assert ask("shop", f"{server}/200").answers


def test_nobody_listens() -> None:
    """A refused connection is told by its reason."""
    assert [Answer("shop", "http://127.0.0.1:1/", error="Connection refused")] == ask_all({"shop": "http://127.0.0.1:1/"})


def test_not_a_url() -> None:
    """What is no URL is told like any other URL that does not answer."""
    answer = ask("shop", "nonsense")

    assert (False, "unknown url type: 'nonsense'") == (answer.answers, answer.error)
