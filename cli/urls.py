"""`causeway urls`: every URL of the stack, and whether it answers."""

import http.client
import ipaddress
import os
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console
from rich.text import Text

from cli import output, platform
from cli.platform import Outputs
from cli.secrets.places import command, reader
from local.stand_ins import WITHOUT_PAGES
from workspace import web
from workspace.home import Home
from workspace.progress import Problem, Progress

ANSWER_SECONDS = 5.0
ASK_AGAIN_SECONDS = 0.2
PATIENCE_SECONDS = 60.0
FIRST_SERVER_ERROR = 500
ADMINISTRATORS = {"grafana": "grafana-admin/admin-password", "argocd": "argocd-admin/password"}
"""The output that names the password of each page's user `admin`; a stack whose people sign on elsewhere has none."""


@dataclass(frozen=True)
class Answer:
    """What asking a URL brought: the HTTP status, or why there was none; neither where it was not asked."""

    name: str
    url: str
    status: int | None = None
    error: str | None = None

    @property
    def answers(self) -> bool | None:
        """A status below 500 counts: 404 for `/` is an answer of the program, 502 and 503 come from the front door."""
        if self.status is None and self.error is None:
            return None
        return self.status is not None and self.status < FIRST_SERVER_ERROR


@dataclass(frozen=True)
class Access:
    """What a person does at a URL: how to log in, and one use of it where there is an API and no page to open."""

    user: str = ""
    password: str = ""
    example: str = ""

    @property
    def lines(self) -> list[str]:
        """The command that prints the password last, so that it can be copied."""
        api = [f"an API: this build has no pages; for example: {self.example}"] if self.example else []
        return [*api, *([f"user {self.user}; password: {self.password}"] if self.user else [])]


def run(check: bool, as_json: bool) -> int:
    """Print the URLs and return the exit code: 1 when one was asked and does not answer."""
    home = Home.load()
    found = platform.outputs(home)
    answers = ask_all(found.urls) if check else [Answer(name, url) for name, url in found.urls.items()]
    if as_json:
        output.print_json({"urls": [_as_json(answer) for answer in answers]})
    else:
        print_urls(output.console(), answers)
        print_access(output.console(), access(found, reader(home, os.environ), has_stand_ins(home)))
    return 1 if any(answer.answers is False for answer in answers) else 0


def has_stand_ins(home: Home) -> bool:
    """Whether the programs in the cluster are those that this machine built: `scripts/up` keeps their charts' doubles only then."""
    return home.charts.exists()


def access(found: Outputs, kubectl: str, stand_ins: bool) -> dict[str, Access]:
    """By the URL's name; a URL that shows a page to whoever opens it is not in it. `kubectl` is how it is called in this shell."""
    made = {}
    for name, url in sorted(found.urls.items()):
        ref = found.secret_refs.get(ADMINISTRATORS.get(name, ""))
        password = command(ref, kubectl) if ref else ""
        example = _example(url.rstrip("/"), password) if stand_ins and name in WITHOUT_PAGES else ""
        if password or example:
            made[name] = Access("admin" if password else "", password, example)
    return made


def _example(url: str, password: str) -> str:
    """One call of Argo CD's API; with a password, one that shows the Applications."""
    if not password:
        return f"curl {url}/api/version"
    credentials = f'"{{\\"username\\": \\"admin\\", \\"password\\": \\"$({password})\\"}}"'
    token = f"""$(curl -s --json {credentials} {url}/api/v1/session | cut -d'"' -f4)"""
    return f'curl -H "Authorization: Bearer {token}" "{url}/api/v1/applications?fields=items.metadata.name"'


def ask_all(urls: Mapping[str, str]) -> list[Answer]:
    """Ask every URL at the same time."""
    with ThreadPoolExecutor(max_workers=8) as pool:
        return list(pool.map(ask, urls.keys(), urls.values()))


def wait_for_all(urls: Mapping[str, str], progress: Progress, seconds: float = PATIENCE_SECONDS) -> None:
    """Ask until every URL answers; raises Problem with those that do not after `seconds`.

    Pods that are ready and an Ingress with an address are known a moment before the front door has their route.
    """
    deadline = time.monotonic() + seconds
    with progress.step("asking every URL") as step:
        while silent := [answer for answer in ask_all(urls) if not answer.answers]:
            step.update(", ".join(map(_complaint, silent)))
            if time.monotonic() > deadline:
                raise Problem(f"{step.detail} after {seconds:.0f} s: see causeway status")
            time.sleep(ASK_AGAIN_SECONDS)
        step.update(f"{len(urls)} answer")


def ask(name: str, url: str) -> Answer:
    """One GET, at most five seconds; an address of this machine or a private network is asked without a proxy."""
    handlers: list[urllib.request.BaseHandler] = [web.Stay()]
    if _is_near(urlsplit(url).hostname or ""):
        handlers.append(urllib.request.ProxyHandler({}))
    try:
        with urllib.request.build_opener(*handlers).open(url, timeout=ANSWER_SECONDS) as answer:
            return Answer(name, url, status=answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return Answer(name, url, status=error.code)
    except (OSError, ValueError, http.client.HTTPException) as error:
        return Answer(name, url, error=_reason(error))


def _is_near(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost"


def _reason(error: Exception) -> str:
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return f"no answer within {ANSWER_SECONDS:.0f} s"
    return (cause.strerror if isinstance(cause, OSError) else None) or str(cause) or type(cause).__name__


def print_urls(target: Console, answers: list[Answer]) -> None:
    if not answers:
        output.print_line(target, "The stack has no URLs.")
        return
    if all(answer.answers is None for answer in answers):
        output.print_table(target, ["name", "url"], [[answer.name, answer.url] for answer in answers])
        return
    rows: list[list[output.Cell]] = [[answer.name, answer.url, _words(answer)] for answer in answers]
    output.print_table(target, ["name", "url", "answer"], rows, wrap=["answer"])


def print_access(target: Console, found: Mapping[str, Access]) -> None:
    """How to log in at each URL, each command on a line of its own."""
    for name, one in found.items():
        for line in one.lines:
            output.print_line(target, Text.assemble((name, "bold"), f": {line}"))


def _words(answer: Answer) -> Text:
    if answer.answers:
        return Text(f"answers ({answer.status})", style="green")
    return Text(f"does not answer ({answer.status or answer.error})", style="red")


def _complaint(answer: Answer) -> str:
    return f"{answer.name}: {answer.url} does not answer ({answer.status or answer.error})"


def _as_json(answer: Answer) -> dict[str, Any]:
    return {
        "name": answer.name,
        "url": answer.url,
        "answers": answer.answers,
        "status": answer.status,
        "error": answer.error,
    }
