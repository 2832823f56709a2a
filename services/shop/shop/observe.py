"""What is known about each request: a request id, one log line, and Prometheus metrics."""

import time
import uuid
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, PlatformCollector, ProcessCollector
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

QUIET = {"/healthz", "/readyz", "/metrics"}
"""Asked every few seconds by the platform: logged at debug level."""

registry = CollectorRegistry()
ProcessCollector(registry=registry)
PlatformCollector(registry=registry)
GCCollector(registry=registry)

REQUESTS = Counter("http_requests", "Requests answered.", ["method", "route", "status"], registry=registry)
DURATION = Histogram(
    "http_request_duration_seconds",
    "Time from the request's head to the end of its answer.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=registry,
)

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

logger = structlog.get_logger("shop.access")


class Observe:
    """ASGI middleware; labels are route templates and known methods, so that clients cannot grow the metrics."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500
        request_id = _request_id(scope)

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, note)
            finally:
                _record(scope, status, time.perf_counter() - started)


def _record(scope: Scope, status: int, seconds: float) -> None:
    method = scope["method"] if scope["method"] in METHODS else "other"
    route = _route(scope)
    REQUESTS.labels(method, route, str(status)).inc()
    DURATION.labels(method, route).observe(seconds)
    write = logger.debug if route in QUIET else logger.info
    write(
        "request",
        method=method,
        path=scope["path"][:200],
        route=route,
        status=status,
        milliseconds=round(seconds * 1e3, 1),
    )


def _route(scope: Scope) -> str:
    for route in scope["app"].routes:
        if route.matches(scope)[0] != Match.NONE:
            return str(route.path)
    return "unknown"


def _request_id(scope: Scope) -> str:
    """The caller's X-Request-ID if it is a plain one, else a new one."""
    headers: Any = dict(scope["headers"])
    given = headers.get(b"x-request-id", b"").decode("latin-1")
    return given if 0 < len(given) <= 64 and given.replace("-", "").isalnum() and given.isascii() else uuid.uuid4().hex
