"""HTTP with a password: `/` lists dashboards, `/d/<uid>` draws one, `/api/panels/<uid>` tells which of its panels have data."""

import base64
import hmac
import json
import re
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from . import page
from .dashboards import Dashboard, Dashboards
from .panels import Answered, Span, answer
from .prometheus import Prometheus, QueryFailed
from .settings import Settings
from .variables import choices

QUERIES_AT_ONCE = 4
_BOARD = re.compile(r"/d/([\w-]+)(?:/[\w-]*)?")
_PANELS = re.compile(r"/api/panels/([\w-]+)")
_AGO = re.compile(r"now-(\d+)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
# An up that is scraped: there is nothing else to count.
_METRICS = "# TYPE dashboard_viewer_up gauge\ndashboard_viewer_up 1\n"


class Viewer:
    """Dashboards, answered."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.dashboards = Dashboards(settings.label, settings.folder_annotation)
        self.prometheus = Prometheus(settings.prometheus)

    def answered(self, board: Dashboard, given: Mapping[str, str]) -> tuple[dict[str, tuple[str, list[str]]], list[Answered], Span]:
        """The variables, the panels, and the time that is looked at."""
        words = {name.removeprefix("var-"): value for name, value in given.items() if name.startswith("var-")}
        variables = choices(board.model, words, self.prometheus.label_values)
        values = {name: value for name, (value, _) in variables.items()}
        span = _span(given.get("from") or str((board.model.get("time") or {}).get("from") or "now-1h"))
        run = partial(answer, values=values, span=span, prometheus=self.prometheus)
        with ThreadPoolExecutor(QUERIES_AT_ONCE) as pool:
            return variables, list(pool.map(run, board.panels)), span

    def is_known(self, authorization: str) -> bool:
        """Whether an Authorization header holds the user and the password."""
        expected = base64.b64encode(f"{self.settings.user}:{self.settings.password}".encode()).decode()
        return hmac.compare_digest(authorization, f"Basic {expected}")


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    viewer: Viewer
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        path = address.path.removeprefix(self.viewer.settings.path) or "/"
        if path == "/api/health":
            return self._send(HTTPStatus.OK, "application/json", '{"database": "ok", "viewer": "stands in for Grafana"}\n')
        if path == "/metrics":
            return self._send(HTTPStatus.OK, "text/plain; version=0.0.4", _METRICS)
        if not self.viewer.is_known(self.headers.get("Authorization") or ""):
            return self._send(HTTPStatus.UNAUTHORIZED, "text/plain", "user and password, please\n")
        try:
            return self._show(path, dict(parse_qsl(address.query)))
        except (OSError, QueryFailed) as error:
            return self._send(HTTPStatus.BAD_GATEWAY, "text/plain", f"{error}\n")

    def _show(self, path: str, given: Mapping[str, str]) -> None:
        boards = self.viewer.dashboards.all()
        if path in ("/", "/dashboards"):
            return self._send(HTTPStatus.OK, "text/html; charset=utf-8", page.listing(list(boards.values()), self.viewer.settings.path))
        if path == "/api/dashboards":
            found = [{"uid": board.uid, "title": board.title, "folder": board.folder} for board in boards.values()]
            return self._send(HTTPStatus.OK, "application/json", json.dumps(found) + "\n")
        wanted = _BOARD.fullmatch(path) or _PANELS.fullmatch(path)
        board = boards.get(wanted.group(1)) if wanted else None
        if board is None:
            return self._send(HTTPStatus.NOT_FOUND, "text/plain", "there is no such dashboard\n")
        variables, panels, span = self.viewer.answered(board, given)
        if path.startswith("/api/"):
            body = {"uid": board.uid, "title": board.title, "panels": [panel.as_json() for panel in panels]}
            return self._send(HTTPStatus.OK, "application/json", json.dumps(body) + "\n")
        text = page.dashboard(board, variables, panels, span, self.viewer.settings.path)
        return self._send(HTTPStatus.OK, "text/html; charset=utf-8", text)

    def _send(self, status: HTTPStatus, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        if status is HTTPStatus.UNAUTHORIZED:
            self.send_header("WWW-Authenticate", 'Basic realm="dashboards"')
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing: probes would be all that it says."""


def _span(start: str) -> Span:
    ago = _AGO.fullmatch(start)
    end = time.time()
    return Span(end - (int(ago.group(1)) * _SECONDS[ago.group(2)] if ago else _SECONDS["h"]), end)


def serve(settings: Settings, port: int) -> ThreadingHTTPServer:
    """A server on every address; port 0 takes a free one."""
    return ThreadingHTTPServer(("", port), type("Handler", (Handler,), {"viewer": Viewer(settings)}))
