"""The alert sink, asked over HTTP."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest

from services.alert_sink.deliveries import KEPT
from services.alert_sink.server import serve
from tests.serving import in_thread

NOTIFICATION = {"status": "firing", "alerts": [{"status": "firing", "labels": {"alertname": "<b>Bold</b>"}}]}


@pytest.fixture
def sink() -> Iterator[str]:
    server = serve(0)
    with in_thread(server):
        yield f"http://127.0.0.1:{server.server_port}"


def call(url: str, body: bytes | None = None) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, body, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def deliver(sink: str, receiver: str, notification: Any = NOTIFICATION) -> int:
    return call(f"{sink}/{receiver}", json.dumps(notification).encode())[0]


def deliveries(sink: str, path: str = "") -> list[dict[str, Any]]:
    return list(json.loads(call(f"{sink}/deliveries{path}")[1]))


def test_delivery_is_told_by_receiver(sink: str) -> None:
    """1.15: what Alertmanager sends to a receiver is read back, with the receiver and the time."""
    assert [HTTPStatus.OK] * 2 == [deliver(sink, "page"), deliver(sink, "dead-man")]

    assert NOTIFICATION.items() <= deliveries(sink, "/page")[0].items()
    assert ["page", "dead-man"] == [delivery["receiver"] for delivery in deliveries(sink)]
    assert [] == deliveries(sink, "/ticket")


@pytest.mark.parametrize("body", [b"", b"no JSON", b"[1]"])
def test_bad_body_is_refused(sink: str, body: bytes) -> None:
    """What is no JSON object is no notification."""
    assert HTTPStatus.BAD_REQUEST == call(f"{sink}/page", body)[0]
    assert [] == deliveries(sink)


@pytest.mark.parametrize("path", ["/", "/Page", "/a/b", "/..", "/" + "a" * 41])
def test_bad_receiver_is_refused(sink: str, path: str) -> None:
    """A receiver is one short name."""
    assert HTTPStatus.NOT_FOUND == call(sink + path, b"{}")[0]


def test_only_the_newest_are_kept(sink: str) -> None:
    """Memory is bounded: of one receiver the newest 500 stay, and a chatty one drives out no other's."""
    deliver(sink, "page")
    for number in range(KEPT + 5):
        deliver(sink, "dead-man", {"number": number})

    kept = deliveries(sink, "/dead-man")
    assert (KEPT, 5, KEPT + 4) == (len(kept), kept[0]["number"], kept[-1]["number"])
    assert 1 == len(deliveries(sink, "/page"))


def test_page_shows_names_as_text(sink: str) -> None:
    """A label's value is shown, not obeyed."""
    deliver(sink, "page")

    assert b"&lt;b&gt;Bold&lt;/b&gt;" in call(sink)[1]


def test_it_lives(sink: str) -> None:
    """The probes' question is answered."""
    assert HTTPStatus.OK == call(f"{sink}/healthz")[0]
