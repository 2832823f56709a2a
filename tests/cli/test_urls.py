"""Whether a URL answers, asked of a server on loopback."""

import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path
from typing import ClassVar

import pytest
from rich.console import Console

from cli.platform import Outputs
from cli.urls import Access, Answer, access, ask, ask_all, wait_for_all
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


REFS = {
    "grafana-admin/admin-password": {"namespace": "monitoring", "secret": "grafana-admin", "key": "admin-password"},
    "argocd-admin/password": {"namespace": "argocd", "secret": "argocd-admin", "key": "password"},
}
URLS = {"shop": "http://h/", "grafana": "http://h/grafana/", "argocd": "http://h/argocd/", "prometheus": "http://h/prometheus/"}


def test_each_login_stands_with_its_url() -> None:
    """Issue 13: who logs in where, and the command that prints the password; where nobody has to, nothing is said."""
    found = access(Outputs(URLS, {}, REFS), "kubectl", stand_ins=False)

    assert ["argocd", "grafana"] == list(found)
    password = "kubectl get secret grafana-admin -n monitoring -o jsonpath='{.data.admin-password}' | base64 -d"
    assert [f"user admin; password: {password}"] == found["grafana"].lines
    assert 1 == len(found["argocd"].lines)


def test_url_without_a_page_is_told_as_an_api() -> None:
    """Issue 13: Argo CD's module has no pages, so that build's URL is an API, with one use of it; the official image has them."""
    with_login = access(Outputs(URLS, {}, REFS), "kubectl", stand_ins=True)["argocd"]
    without = access(Outputs(URLS, {}, {}), "kubectl", stand_ins=True)

    assert with_login.lines[0].startswith("an API: this build has no pages; for example: curl -H ")
    assert with_login.lines[1].startswith("user admin; password: kubectl get secret argocd-admin -n argocd ")
    assert {"argocd": Access(example="curl http://h/argocd/api/version")} == without


def test_example_is_what_a_shell_can_run(server: str, tmp_path: Path) -> None:
    """Issue 13: the example works as it is copied: the password goes into the login, and the token of its answer into the call."""
    curl = tmp_path / "curl"
    curl.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> {tmp_path}/words\necho \'{{"token":"t0ken"}}\'\n')
    curl.chmod(0o755)
    kubectl = tmp_path / "kubectl"
    kubectl.write_text("#!/bin/sh\nprintf 'p4ss' | base64\n")
    kubectl.chmod(0o755)
    script = tmp_path / "example"
    script.write_text(f"#!/bin/sh\n{access(Outputs({'argocd': f'{server}/200'}, {}, REFS), 'kubectl', stand_ins=True)['argocd'].example}\n")
    script.chmod(0o755)
    subprocess.run([script], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=True, capture_output=True)
    words = (tmp_path / "words").read_text().splitlines()

    assert '{"username": "admin", "password": "p4ss"}' in words
    assert "Authorization: Bearer t0ken" in words
