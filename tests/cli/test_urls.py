"""Whether a URL answers, asked of a server on loopback."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from typing import ClassVar

import pytest
from rich.console import Console

from cli.urls import Answer, ask, ask_all, wait_for_all
from tests.serving import in_thread
from workspace.progress import Problem, Progress


class Echo(BaseHTTPRequestHandler):
    """Answers with the status that the path names; where it names several, with one after the other."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        statuses = self.path.strip("/").split(",")
        self.send_response(int(statuses[min(self.asked.count(self.path), len(statuses)) - 1]))
        self.send_header("Location", "http://127.0.0.1:1/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    listening = HTTPServer(("127.0.0.1", 0), Echo)
    with in_thread(listening):
        yield f"http://127.0.0.1:{listening.server_port}"


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


def test_door_that_opens_late(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`up` ends when its URLs answer, not a moment before: a front door without its route is asked again."""
    monkeypatch.setattr("cli.urls.ASK_AGAIN_SECONDS", 0.0)
    text = StringIO()

    wait_for_all({"shop": f"{server}/503,502,404"}, Progress(Console(file=text)))

    assert "1 answer" in text.getvalue()


def test_door_that_stays_shut(server: str) -> None:
    """`up` fails with the URL, what it said, and where to look."""
    with pytest.raises(Problem, match=r"^shop: http://\S+ does not answer \(503\) after 0 s: see causeway status$"):
        wait_for_all({"shop": f"{server}/503"}, Progress(Console(file=StringIO())), seconds=0)
