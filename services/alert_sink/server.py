"""HTTP: POST /<receiver> is Alertmanager's webhook; GET /deliveries[/<receiver>] tells what came, as JSON; GET / is for people."""

import html
import json
import re
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .deliveries import Deliveries, Delivery

LARGEST = 1 << 20
"""Bytes of one notification; Alertmanager's are a few thousand."""
_RECEIVER = re.compile(r"/([a-z][a-z0-9-]{0,39})")
_READ = re.compile(r"/deliveries(?:/([a-z][a-z0-9-]{0,39}))?")


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    deliveries: Deliveries
    protocol_version = "HTTP/1.1"
    timeout = 10

    def do_POST(self) -> None:
        receiver = _RECEIVER.fullmatch(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        if receiver is None or length > LARGEST:
            self.close_connection = True
            status = HTTPStatus.NOT_FOUND if receiver is None else HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            return self._answer(status, b"")
        try:
            notification = json.loads(self.rfile.read(length))
        except ValueError:
            notification = None
        if not isinstance(notification, dict):
            return self._answer(HTTPStatus.BAD_REQUEST, b'{"error": "the body is no JSON object"}\n')
        self.deliveries.add(receiver.group(1), notification)
        return self._answer(HTTPStatus.OK, b"{}\n")

    def do_GET(self) -> None:
        if self.path == "/healthz":
            return self._answer(HTTPStatus.OK, b"{}\n")
        if self.path == "/":
            return self._answer(HTTPStatus.OK, page(self.deliveries.of()).encode(), "text/html; charset=utf-8")
        if read := _READ.fullmatch(self.path):
            found = [delivery.as_json() for delivery in self.deliveries.of(read.group(1))]
            return self._answer(HTTPStatus.OK, json.dumps(found).encode() + b"\n")
        return self._answer(HTTPStatus.NOT_FOUND, b"")

    def _answer(self, status: HTTPStatus, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Notifications may name what is wrong with a customer's service: they are read here, not in a log."""


def page(deliveries: list[Delivery]) -> str:
    """What came, the newest first."""
    rows = "".join(_row(delivery) for delivery in reversed(deliveries))
    return (
        "<!doctype html><title>Alert sink</title><style>body{font:14px sans-serif}td{padding:2px 12px;vertical-align:top}</style>"
        f"<h1>Alert sink</h1><p>What Alertmanager delivered here, for want of anyone outside.</p><table>{rows}</table>\n"
    )


def _row(delivery: Delivery) -> str:
    when = datetime.fromtimestamp(delivery.received, UTC).strftime("%Y-%m-%d %H:%M:%S")
    alerts = delivery.notification.get("alerts") or []
    names = ", ".join(f"{alert['labels'].get('alertname')} ({alert.get('status')})" for alert in alerts)
    return f"<tr><td>{when}<td>{html.escape(delivery.receiver)}<td>{html.escape(names)}"


def serve(port: int) -> ThreadingHTTPServer:
    """A server on every address that keeps its deliveries to itself; port 0 takes a free one."""
    handler = type("Handler", (Handler,), {"deliveries": Deliveries()})
    return ThreadingHTTPServer(("", port), handler)
