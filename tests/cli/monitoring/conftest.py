"""Monitoring that a small server plays, reached as the real one is: through kubectl's port-forward."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.cli.conftest import FakePlatform
from tests.serving import in_thread

FORWARDING = """#!/bin/sh
case "$*" in
*port-forward*) echo "$@" >> "$CAUSEWAY_HOME/kubectl.calls"; echo "Forwarding from 127.0.0.1:{port} -> 9090"; exec sleep 60;;
*) cat "$CAUSEWAY_HOME/kubectl.answer";;
esac
"""


class Monitored:
    """What Prometheus and Alertmanager answer, by path; for a query, by its text."""

    def __init__(self, platform: FakePlatform) -> None:
        self.platform = platform
        self.answers: dict[str, Any] = {"api/v1/alerts": {"data": {"alerts": []}}, "api/v2/alerts": []}
        route = {"receiver": "ticket", "routes": [{"receiver": "page", "matchers": ['severity="critical"']}]}
        self.answers["api/v2/status"] = {"config": {"original": json.dumps({"route": route})}}

    def series(self, query: str, *found: tuple[dict[str, str], float]) -> None:
        result = [{"metric": labels, "value": [0, str(value)], "values": [[0, str(value)]]} for labels, value in found]
        self.answers[query] = {"data": {"resultType": "vector", "result": result}}

    def answer(self, address: str) -> Any:
        parts = urlsplit(address)
        path = parts.path.removeprefix("/prometheus/").removeprefix("/alertmanager/")
        query = parse_qs(parts.query).get("query", [""])[0]
        if path.startswith("api/v1/label/"):
            return {"data": ["shop"]}
        return self.answers.get(query or path, {"data": {"resultType": "vector", "result": []}})


@pytest.fixture
def monitored(platform: FakePlatform) -> Iterator[Monitored]:
    made = Monitored(platform)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(made.answer(self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    listening = HTTPServer(("127.0.0.1", 0), Handler)
    platform.program("kubectl", FORWARDING.format(port=listening.server_port))
    with in_thread(listening):
        yield made
