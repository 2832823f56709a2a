"""What the web process answers (issue 3, interface that stays)."""

import json
from typing import Any

import pytest

from tests.services.shop.process import Client

ORDER = {"item": "book", "quantity": 1}
JSON = {"Content-Type": "application/json"}


def test_an_order_is_placed_and_can_be_read(web: Client) -> None:
    """POST /orders answers 201 with an id, and GET /orders/<id> answers its status."""
    placed = web.place("book", 2)

    order = web.call("GET", f"/orders/{placed.body['id']}")

    assert (201, f"/orders/{placed.body['id']}") == (placed.status, placed.headers["location"])
    assert (200, "placed", "book", 2) == (order.status, order.body["status"], order.body["item"], order.body["quantity"])


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({"item": "book", "quantity": "1"}, 422, "quantity: must be a whole number"),
        ({"item": "book", "quantity": 1.5}, 422, "quantity: must be a whole number"),
        ({"item": "book", "quantity": True}, 422, "quantity: must be a whole number"),
        ({"item": "book", "quantity": None}, 422, "quantity: must be a whole number"),
        ({"item": "book", "quantity": 0}, 422, "quantity: must be from 1 to 1000, given 0"),
        ({"item": "book", "quantity": -1}, 422, "quantity: must be from 1 to 1000"),
        ({"item": "book", "quantity": 1001}, 422, "quantity: must be from 1 to 1000"),
        ({"item": "book", "quantity": 10**60}, 422, "quantity: must be"),
        ({"item": "book"}, 422, "quantity: is required"),
        ({"quantity": 1}, 422, "item: is required"),
        ({}, 422, "item: is required; quantity: is required"),
        ({"item": 7, "quantity": 1}, 422, "item: must be text"),
        ({"item": "", "quantity": 1}, 422, "item: must have 1 to 100 characters"),
        ({"item": "x" * 101, "quantity": 1}, 422, "item: must have 1 to 100 characters"),
        ({"item": "nul\0", "quantity": 1}, 422, "item: must be printable"),
        ({"item": " book", "quantity": 1}, 422, "item: must be printable, without spaces"),
        ({"item": "book", "quantity": 1, "colour": "red"}, 422, "colour: is not a field of an order; allowed are item, quantity"),
        ([], 422, "body: must be a JSON object"),
        ("book", 422, "body: must be a JSON object"),
        (b"null", 422, "body: must be a JSON object"),
        (b"", 400, "body: is not JSON"),
        (b"item=book", 400, "body: is not JSON"),
        (b'{"item": "book", "quantity": 1', 400, "body: is not JSON"),
        (b'{"item": "\\ud800", "quantity": 1}', 400, "body: is not JSON"),
        (b'{"item": "\xff", "quantity": 1}', 400, "body: is not JSON"),
        (b'{"item": "book", "quantity": NaN}', 422, "quantity: must be a whole number"),
        (b"[" * 10000, 400, "body: is not JSON"),
        (b'{"item": "' + b"x" * 20000 + b'", "quantity": 1}', 413, "body: must have at most 16384 bytes"),
    ],
)
def test_a_wrong_body_is_refused_by_the_name_of_its_field(web: Client, body: Any, status: int, reason: str) -> None:
    """Bad input answers 4xx with one JSON reason that names what is wrong."""
    answer = web.call("POST", "/orders", body, JSON)

    assert (status, {"error"}) == (answer.status, set(answer.body))
    assert reason in answer.body["error"]


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "reason"),
    [
        ("POST", "/orders", {"Content-Type": "text/plain"}, 415, "Content-Type: must be application/json, given text/plain"),
        ("POST", "/orders", JSON | {"Idempotency-Key": "x" * 256}, 400, "Idempotency-Key: must have 1 to 255"),
        ("POST", "/orders", JSON | {"Idempotency-Key": ""}, 400, "Idempotency-Key: must have 1 to 255"),
        ("GET", "/orders", {}, 405, "method GET is not allowed here; allowed: POST"),
        ("DELETE", "/orders/1", {}, 405, "method DELETE is not allowed here; allowed: GET"),
        ("POST", "/healthz", {}, 405, "method POST is not allowed"),
        ("GET", "/nothing", {}, 404, "no resource /nothing"),
        ("GET", "/orders/999999", {}, 404, "no order 999999"),
        ("GET", "/orders/book", {}, 404, "no order book"),
        ("GET", "/orders/-1", {}, 404, "no order -1"),
        ("GET", "/orders/99999999999999999999999", {}, 404, "no order 9"),
        ("GET", "/orders/9223372036854775808", {}, 404, "no order 9223372036854775808"),
        ("GET", "/orders/%D9%A1", {}, 404, "no order"),
        ("GET", "/orders/%00", {}, 404, "no order"),
        ("GET", "/reports/latest", {}, 404, "no report has been written yet"),
    ],
)
def test_a_wrong_request_is_refused_in_json(web: Client, method: str, path: str, headers: dict[str, str], status: int, reason: str) -> None:
    """Wrong methods, types, headers and paths answer 4xx with a JSON reason, never a traceback."""
    body = json.dumps(ORDER).encode() if method == "POST" else None

    answer = web.call(method, path, body, headers)

    assert (status, {"error"}) == (answer.status, set(answer.body))
    assert reason in answer.body["error"]


def test_a_chunked_body_cannot_get_round_the_limit(web: Client) -> None:
    """The limit counts what arrives, not what the client declares."""
    chunked = b"4e20\r\n" + b"x" * 20000 + b"\r\n0\r\n\r\n"

    answer = web.call("POST", "/orders", chunked, JSON | {"Transfer-Encoding": "chunked"})

    assert (413, "body: must have at most 16384 bytes") == (answer.status, answer.body["error"])


def test_a_repeated_key_places_one_order(web: Client) -> None:
    """A POST repeated with its Idempotency-Key answers the first order again."""
    first = web.place("pen", 3, Idempotency_Key="repeated")
    again = web.place("pen", 3, Idempotency_Key="repeated")

    assert (201, first.body["id"], "true") == (again.status, again.body["id"], again.headers["idempotency-replayed"])


def test_a_key_belongs_to_one_order(web: Client) -> None:
    """The same Idempotency-Key with another order is refused, not answered with the first."""
    web.place("pen", 3, Idempotency_Key="reused")

    answer = web.place("pen", 4, Idempotency_Key="reused")

    assert (422, "Idempotency-Key: was used before for a different order") == (answer.status, answer.body["error"])


def test_without_a_key_equal_orders_are_different(web: Client) -> None:
    """Two equal POSTs without a key are two orders."""
    assert web.place().body["id"] != web.place().body["id"]


def test_the_index_lists_every_path(web: Client) -> None:
    """GET / names the paths of the API."""
    paths = {entry.split()[1] for entry in web.call("GET", "/").body["api"]}

    assert {"/orders", "/orders/<id>", "/reports/latest", "/healthz", "/readyz", "/metrics"} == paths


def test_metrics_count_requests_by_route(web: Client) -> None:
    """GET /metrics offers Prometheus counters whose labels a client cannot multiply (3.4: observability)."""
    web.call("GET", "/orders/424242")
    web.call("GET", "/some/unheard-of/path")

    text = web.call("GET", "/metrics").body

    assert 'http_requests_total{method="GET",route="/orders/{id}",status="404"}' in text
    assert 'route="unknown"' in text
    assert "424242" not in text
    assert "unheard-of" not in text


def test_an_answer_carries_the_request_id(web: Client) -> None:
    """A caller's X-Request-ID comes back; a malformed one is replaced."""
    good = web.call("GET", "/healthz", headers={"X-Request-ID": "abc-1"})
    bad = web.call("GET", "/healthz", headers={"X-Request-ID": 'a"b'})

    assert "abc-1" == good.headers["x-request-id"]
    assert 'a"b' != bad.headers["x-request-id"]
