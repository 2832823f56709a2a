"""Shared watches."""

import asyncio
from typing import Any

from stand_ins.plugins.kubernetes.watching import Versions, Watches
from tests.stand_ins.plugins.kubernetes.fake_server import serving

COLLECTION = "/api/v1/namespaces/shop/pods"


def pod(name: str, version: int, uid: str = "1") -> dict[str, Any]:
    return {"metadata": {"name": name, "resourceVersion": str(version), "uid": uid}}


def event(kind: str, item: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "object": item}


def test_each_listener_hears_of_its_own_object() -> None:
    """Two waits in one collection share a watch and get only their own versions."""
    events = [event("MODIFIED", pod("a", 11)), event("MODIFIED", pod("b", 12)), event("DELETED", pod("a", 13))]

    def answer(_: str, path: str) -> object:
        if "watch=1" in path:
            return events if "resourceVersion=10&" in path else []
        return (200, {"metadata": {"resourceVersion": "13"}}) if path.endswith("limit=1") else (200, pod("b", 12))

    async def run() -> tuple[Any, ...]:
        async with serving(answer) as server:
            watches = Watches(server.client())
            async with watches.follow(COLLECTION, pod("a", 10)) as first, watches.follow(COLLECTION, pod("b", 10)) as second:
                seen = await second.changed()
                while await first.changed() is not None:
                    continue
            assert watches.client.http
            await watches.client.http.close()
            return seen, [request for request in server.requests if "watch=1&resourceVersion=10" in request], watches.running

    seen, started, running = asyncio.run(run())
    assert pod("b", 12) == seen
    assert 1 == len(started)
    assert {} == running


def test_what_happened_before_listening_is_not_missed() -> None:
    """A listener that joins a running watch with an older version reads the object first."""

    def answer(_: str, path: str) -> object:
        if "watch=1" in path:
            return [event("BOOKMARK", {"metadata": {"resourceVersion": "20"}})]
        return (200, {"metadata": {"resourceVersion": "20"}}) if path.endswith("limit=1") else (200, pod("b", 19))

    async def run() -> Any:
        async with serving(answer) as server:
            watches = Watches(server.client())
            async with watches.follow(COLLECTION, pod("a", 10)):
                while int(watches.running[COLLECTION].position) < 20:
                    await asyncio.sleep(0.01)
                async with watches.follow(COLLECTION, pod("b", 15)) as versions:
                    seen = await versions.changed()
            assert watches.client.http
            await watches.client.http.close()
            return seen

    assert pod("b", 19) == asyncio.run(run())


def test_old_versions_are_not_news() -> None:
    """A version that is known already, or older, wakes nobody."""
    versions = Versions(pod("a", 10))

    versions.put(pod("a", 10))
    versions.put(pod("a", 9))

    assert not versions.fresh.is_set()


def test_a_namesake_is_a_deletion() -> None:
    """An object of the same name with another uid means that the one waited for is gone."""
    versions = Versions(pod("a", 10))

    versions.put(pod("a", 11, uid="2"))

    assert versions.fresh.is_set()
    assert versions.latest is None
