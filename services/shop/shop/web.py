"""The shop's HTTP interface. Every answer but /metrics is JSON; a refusal is `{"error": reason}`."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, Counter, generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from shop.observe import Observe, registry
from shop.orders import MAX_BODY, InvalidOrder, parse
from shop.store import Conflict, Store, Unavailable

BODY_SECONDS = 10.0
"""How long a client may take to send its body."""

MAX_ID = 2**63 - 1

INDEX = {
    "POST /orders": 'place an order: {"item": "book", "quantity": 1}; optional header Idempotency-Key',
    "GET /orders/<id>": "an order and its status, placed or processed",
    "GET /reports/latest": "the newest daily report",
    "GET /healthz": "is the process alive",
    "GET /readyz": "can it serve, database included",
    "GET /metrics": "Prometheus metrics",
}

ORDERS_PLACED = Counter("shop_orders_placed", "Orders placed through this process.", registry=registry)

logger = structlog.get_logger("shop.web")


class Json(Response):
    """JSON for machines and readers; times in ISO 8601."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return json.dumps(content, default=lambda value: value.isoformat(), ensure_ascii=False).encode() + b"\n"


def application(make_store: Callable[[], Store], is_draining: Callable[[], bool]) -> Starlette:
    """The web application; `is_draining` says whether the process is about to stop."""

    @asynccontextmanager
    async def lifespan(running: Starlette) -> AsyncIterator[None]:
        running.state.store = make_store()
        running.state.is_draining = is_draining
        await running.state.store.open()
        yield
        await running.state.store.close()

    app = Starlette(
        routes=[
            Route("/", index),
            Route("/orders", place_order, methods=["POST"]),
            Route("/orders/{id}", show_order),
            Route("/reports/latest", latest_report),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
        ],
        lifespan=lifespan,
        middleware=[Middleware(Observe)],
        exception_handlers={
            HTTPException: http_error,
            InvalidOrder: invalid_order,
            Conflict: conflict,
            Unavailable: unavailable,
            ClientDisconnect: client_gone,
            Exception: internal_error,
        },
    )
    app.router.redirect_slashes = False
    return app


async def index(_request: Request) -> Response:
    return Json({"service": "shop", "api": INDEX})


async def healthz(_request: Request) -> Response:
    return Json({"status": "ok"})


async def readyz(request: Request) -> Response:
    if request.app.state.is_draining():
        raise HTTPException(503, "stopping")
    await request.app.state.store.ready()
    return Json({"status": "ready"})


async def metrics(_request: Request) -> Response:
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


async def place_order(request: Request) -> Response:
    key = _idempotency_key(request)
    order = parse(await _body(request))
    placed, is_new = await request.app.state.store.place(order, key)
    headers = {"Location": f"/orders/{placed['id']}"}
    # Without a key of the client's, a row that was there is this request's own, written before its connection broke.
    if is_new or "idempotency-key" not in request.headers:
        ORDERS_PLACED.inc()
    else:
        headers["Idempotency-Replayed"] = "true"
    return Json(placed, 201, headers)


async def show_order(request: Request) -> Response:
    text = request.path_params["id"]
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 19 else 0
    order = await request.app.state.store.order(number) if 0 < number <= MAX_ID else None
    if order is None:
        raise HTTPException(404, f"no order {text[:40]}")
    return Json(order)


async def latest_report(request: Request) -> Response:
    report = await request.app.state.store.latest_report()
    if report is None:
        raise HTTPException(404, "no report has been written yet")
    return Json(report)


def _idempotency_key(request: Request) -> str:
    """The client's key, or a new one: it also makes the store's own retry safe."""
    given = request.headers.get("idempotency-key")
    if given is None:
        return str(uuid.uuid4())
    if not (0 < len(given) <= 255 and given.isascii() and given.isprintable()):
        raise HTTPException(400, "Idempotency-Key: must have 1 to 255 printable ASCII characters")
    return f"client:{given}"


async def _body(request: Request) -> bytes:
    """The whole body, if it is JSON by its type, not too long and not too slow."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise HTTPException(415, f"Content-Type: must be application/json, given {media_type[:60] or 'none'}")
    declared = request.headers.get("content-length", "0")
    if len(declared) > 9 or int(declared) > MAX_BODY:
        raise _too_long()
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY:
                    raise _too_long()
    except TimeoutError:
        raise HTTPException(408, f"body: did not arrive within {BODY_SECONDS:.0f} s", {"Connection": "close"}) from None
    return bytes(body)


def _too_long() -> HTTPException:
    return HTTPException(413, f"body: must have at most {MAX_BODY} bytes", {"Connection": "close"})


async def http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    reason = error.detail
    if error.status_code == 404 and reason == "Not Found":
        reason = f"no resource {request.url.path[:100]}; GET / lists them"
    if error.status_code == 405:
        headers["Allow"] = ", ".join(sorted(headers["Allow"].split(", ")))
        reason = f"method {request.method[:20]} is not allowed here; allowed: {headers['Allow']}"
    return Json({"error": reason}, error.status_code, headers)


async def invalid_order(_request: Request, error: Exception) -> Response:
    assert isinstance(error, InvalidOrder)
    return Json({"error": str(error)}, error.status)


async def conflict(_request: Request, _error: Exception) -> Response:
    return Json({"error": "Idempotency-Key: was used before for a different order"}, 422)


async def unavailable(_request: Request, error: Exception) -> Response:
    return Json({"error": str(error)}, 503, {"Retry-After": "2"})


async def client_gone(_request: Request, _error: Exception) -> Response:
    return Json({"error": "the client went away"}, 400)


async def internal_error(_request: Request, error: Exception) -> Response:
    logger.error("internal error", exc_info=error)
    return Json({"error": "internal error"}, 500)
