"""Requests to the API server: answers, errors, retries and discovery."""

import asyncio
from typing import Any

import pytest

from stand_ins.plugins.kubernetes import client as module
from stand_ins.plugins.kubernetes.client import ApiError, NoMatch, Unreachable
from tests.stand_ins.plugins.kubernetes.fake_server import Answer, serving


def ask(answer: Answer, *calls: tuple[Any, ...], **options: Any) -> tuple[list[Any], list[str]]:
    """Answers (or exceptions) of some calls, and the requests that the server saw."""

    async def run() -> tuple[list[Any], list[str]]:
        async with serving(answer) as server:
            client = server.client()
            results = []
            for call in calls:
                try:
                    results.append(await client.request(*call, **options))
                except (ApiError, Unreachable) as error:
                    results.append(error)
            if client.http:
                await client.http.close()
            return results, server.requests

    return asyncio.run(run())


def in_turn(*answers: object) -> Answer:
    rest = list(answers)
    return lambda *_: rest.pop(0)


def test_answers_are_decoded() -> None:
    """A successful answer is its JSON; the query is part of the request."""
    (result,), requests = ask(in_turn((200, {"a": 1})), ("GET", "/x"), query={"limit": "1"})

    assert {"a": 1} == result
    assert ["GET /x?limit=1"] == requests


def test_errors_carry_the_servers_words() -> None:
    """A refusal has the server's message and reason."""
    (error,), _ = ask(in_turn((404, {"message": 'pods "a" not found', "reason": "NotFound"})), ("GET", "/x"))

    assert ('pods "a" not found', "NotFound", 404) == (str(error), error.reason, error.status)


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again(status: int) -> None:
    """Overload and restarts are ridden out without the user's noticing."""
    (result,), requests = ask(in_turn((status, {}), (200, {"a": 1})), ("GET", "/x"))

    assert {"a": 1} == result
    assert 2 == len(requests)


def test_a_broken_connection_is_asked_again() -> None:
    """A connection that breaks before the answer is made anew for what may be repeated."""
    (result,), requests = ask(in_turn(None, (200, {"a": 1})), ("PATCH", "/x", {}))

    assert {"a": 1} == result
    assert 2 == len(requests)


def test_a_broken_create_is_not_repeated_blindly() -> None:
    """A request that may have been carried out is not sent twice: the caller must look first."""
    (error,), requests = ask(in_turn(None), ("POST", "/x", {}), repeatable=False)

    assert isinstance(error, Unreachable)
    assert 1 == len(requests)


def test_a_bad_manifest_is_not_repeated() -> None:
    """An internal error about the manifest itself comes back at once: no repetition makes it right."""
    (error,), requests = ask(in_turn((500, {"message": "field not declared in schema"})), ("PATCH", "/x", {}))

    assert 500 == error.status
    assert 1 == len(requests)


def test_a_server_that_comes_back_is_given_time() -> None:
    """Just after an outage a refusal may be that of a server whose own tables are not read yet; it is asked again."""
    not_yet = (500, {"message": "failed to allocate a serviceIP: range is full"})
    (result,), requests = ask(in_turn((503, {}), not_yet, (403, {}), (200, {"a": 1})), ("GET", "/x"))

    assert {"a": 1} == result
    assert 4 == len(requests)


def test_an_unreachable_server_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody listens, the error comes after seconds and names the server."""
    monkeypatch.setattr(module, "FIRST_CONTACT_SECONDS", 0.2)

    async def run() -> str:
        async with serving(in_turn()) as server:
            client = server.client()
        with pytest.raises(Unreachable) as caught:
            await client.request("GET", "/x")
        return str(caught.value)

    text = asyncio.run(run())
    assert "the Kubernetes API server http://127.0.0.1:" in text
    assert "is unreachable" in text


def test_connections_are_reused() -> None:
    """Requests one after the other go over one connection."""
    seen: set[object] = set()

    async def run() -> None:
        async with serving(lambda *_: (200, {})) as server:
            client = server.client()
            for _ in range(5):
                await client.request("GET", "/x")
                assert client.http
                seen.update(map(id, client.http.idle))
            assert client.http
            await client.http.close()

    asyncio.run(run())
    assert 1 == len(seen)


def test_discovery_is_lazy_and_remembered() -> None:
    """Built-in kinds need no discovery; a custom kind is asked for once, and again when it was not there."""
    listing = {
        "resources": [{"name": "tabs", "kind": "Tab", "namespaced": True}, {"name": "tabs/status", "kind": "Tab", "namespaced": True}]
    }

    async def run() -> list[str]:
        async with serving(in_turn((404, {}), (200, listing))) as server:
            client = server.client()
            await client.resource("apps/v1", "Deployment")
            with pytest.raises(NoMatch, match="Tab"):
                await client.resource("example.com/v1", "Tab")
            for _ in range(3):
                found = await client.resource("example.com/v1", "Tab")
            assert "/apis/example.com/v1/namespaces/shop/tabs" == found.collection("shop")
            assert client.http
            await client.http.close()
            return server.requests

    assert ["GET /apis/example.com/v1", "GET /apis/example.com/v1"] == asyncio.run(run())
