"""One shared watch per collection, from which every waiting resource hears of its own object."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from stand_ins.plugins.kubernetes.client import ApiClient, ApiError, Unreachable
from stand_ins.plugins.kubernetes.http import ConnectionLost, ConnectionRefused

GONE = 410
PAUSE_SECONDS = 0.5


class Versions:
    """The versions of one object as they come; `changed` returns the next one, None once it is gone."""

    def __init__(self, latest: dict[str, Any]) -> None:
        self.latest: dict[str, Any] | None = latest
        self.fresh = asyncio.Event()
        self.problem: Exception | None = None

    def put(self, item: dict[str, Any] | None) -> None:
        if item is not None and self.latest is not None and version(item) <= version(self.latest) and same_uid(item, self.latest):
            return
        self.latest = item if item is None or self.latest is None or same_uid(item, self.latest) else None
        self.fresh.set()

    async def changed(self) -> dict[str, Any] | None:
        await self.fresh.wait()
        self.fresh.clear()
        if self.problem:
            raise self.problem
        return self.latest


def version(item: dict[str, Any]) -> int:
    return int(item["metadata"].get("resourceVersion") or 0)


def same_uid(left: dict[str, Any], right: dict[str, Any]) -> bool:
    """A namesake made after a deletion is another object."""
    return bool(left["metadata"].get("uid") == right["metadata"].get("uid"))


class Watch:
    """Follows one collection from a resource version on, as long as someone listens."""

    def __init__(self, client: ApiClient, collection: str, start: int) -> None:
        self.client = client
        self.collection = collection
        self.position = str(start)
        self.listeners: dict[str, set[Versions]] = {}
        self.task = asyncio.create_task(self.run())

    async def run(self) -> None:
        try:
            while True:
                await self.follow()
        except (ApiError, Unreachable) as error:
            for versions in self.everyone():
                versions.problem = error
                versions.fresh.set()

    async def follow(self) -> None:
        query = {"watch": "1", "resourceVersion": self.position, "allowWatchBookmarks": "true"}
        try:
            async for event in self.client.stream(self.collection, query):
                self.take(event)
        except (ConnectionLost, ConnectionRefused):
            await asyncio.sleep(PAUSE_SECONDS)
        except ApiError as error:
            if error.status != GONE and error.status < 500 and error.status != 429:
                raise
            await asyncio.sleep(PAUSE_SECONDS)
        # Either the stream ended or its history is gone: ask for the present before following again.
        await self.refresh()

    def take(self, event: dict[str, Any]) -> None:
        item = event["object"]
        if event["type"] == "ERROR":
            raise ApiError(int(item.get("code") or GONE), item)
        self.position = item["metadata"]["resourceVersion"]
        for versions in self.listeners.get(item["metadata"].get("name", ""), ()):
            if event["type"] == "DELETED":
                if versions.latest is None or same_uid(item, versions.latest):
                    versions.put(None)
            else:
                versions.put(item)

    async def refresh(self) -> None:
        """Note where the collection stands, then read what is listened to: nothing in between is missed."""
        answer = await self.client.request("GET", self.collection, query={"limit": "1"})
        self.position = answer["metadata"]["resourceVersion"]
        for name in list(self.listeners):
            await self.read(name)

    async def read(self, name: str) -> None:
        """Tell the listeners of one object what it is now."""
        item: dict[str, Any] | None
        try:
            item = await self.client.request("GET", f"{self.collection}/{name}")
        except ApiError as error:
            if error.status != 404:
                raise
            item = None
        for versions in self.listeners.get(name, ()):
            versions.put(item)

    def everyone(self) -> list[Versions]:
        return [versions for group in self.listeners.values() for versions in group]


class Watches:
    """All watches of a provider; one starts with its first listener and ends with its last."""

    def __init__(self, client: ApiClient) -> None:
        self.client = client
        self.running: dict[str, Watch] = {}

    @asynccontextmanager
    async def follow(self, collection: str, item: dict[str, Any]) -> AsyncIterator[Versions]:
        """Listen for versions of `item` newer than the one given."""
        name = item["metadata"]["name"]
        versions = Versions(item)
        watch = self.running.get(collection)
        if watch is None or watch.task.done():
            watch = self.running[collection] = Watch(self.client, collection, version(item))
        watch.listeners.setdefault(name, set()).add(versions)
        try:
            if version(item) < int(watch.position):
                await watch.read(name)  # what happened before we listened has passed by
            yield versions
        finally:
            watch.listeners[name].discard(versions)
            if not watch.listeners[name]:
                del watch.listeners[name]
            if not watch.listeners:
                watch.task.cancel()
                if self.running.get(collection) is watch:
                    del self.running[collection]
