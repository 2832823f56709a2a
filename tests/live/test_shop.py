"""The shop, used as a customer would use it, on the URL that `up` made."""

import json
from http import HTTPStatus

import pytest

from tests.live.platform import Platform, call
from tests.waiting import eventually

pytestmark = pytest.mark.live


@pytest.fixture
def shop(platform: Platform) -> str:
    return str(platform.stack_output("urls")["shop"]).rstrip("/")


def place(shop: str, item: str, quantity: int = 1) -> str:
    answer = call("POST", f"{shop}/orders", {"item": item, "quantity": quantity})
    assert answer.status == HTTPStatus.CREATED, answer
    return str(answer.body["id"])


def is_processed(shop: str, order: str) -> bool:
    return call("GET", f"{shop}/orders/{order}").body.get("status") == "processed"


def test_order_is_processed_by_the_worker(shop: str) -> None:
    """An order posted to `urls.shop` is placed by the web API and processed by the worker, which has no Service."""
    order = place(shop, "book")

    assert eventually(lambda: is_processed(shop, order))


def test_order_survives_the_database_pod(platform: Platform, shop: str) -> None:
    """3.14: deleting the database pod loses no order: the pod comes back with its name and its volume."""
    order = place(shop, "lamp", 2)
    eventually(lambda: is_processed(shop, order))
    before = platform.kubectl("get pod database-0 -n shop")["metadata"]["uid"]

    platform.output("kubectl delete pod database-0 -n shop --wait=true")

    eventually(lambda: call("GET", f"{shop}/readyz").status == HTTPStatus.OK)
    assert {"lamp", 2} <= set(call("GET", f"{shop}/orders/{order}").body.values())
    assert before != platform.kubectl("get pod database-0 -n shop")["metadata"]["uid"]


def test_order_stands_in_a_report_triggered_by_hand(platform: Platform, shop: str) -> None:
    """3.05: a batch run started from the CronJob's own template ends by itself and reports the order."""
    order = place(shop, "globe", 3)
    eventually(lambda: is_processed(shop, order))

    platform.output("kubectl create job by-hand --from=cronjob/report -n shop")
    platform.output("kubectl wait job/by-hand -n shop --for=condition=complete --timeout=90s")
    report = json.loads(platform.output("kubectl logs job/by-hand -n shop").strip().splitlines()[-1])
    platform.output("kubectl delete job by-hand -n shop")

    assert report["units"]["globe"] >= 3


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"item": "book"}, "quantity"),
        ({"item": "book", "quantity": 0}, "quantity"),
        ({"item": "book", "quantity": "many"}, "quantity"),
        ({"item": "", "quantity": 1}, "item"),
        ({"item": "book", "quantity": 1, "colour": "red"}, "colour"),
    ],
)
def test_bad_order_is_refused_with_its_reason(shop: str, body: dict[str, object], field: str) -> None:
    """Bad input is answered 4xx with a JSON reason that names the field."""
    answer = call("POST", f"{shop}/orders", body)

    assert HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
    assert field in answer.body["error"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_operations_paths_answer(shop: str, path: str) -> None:
    """The shop says that it lives, that it can serve, and what it counts."""
    assert call("GET", shop + path).status == HTTPStatus.OK
