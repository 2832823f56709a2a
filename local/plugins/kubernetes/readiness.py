"""Waiting until an object does its job."""

from typing import Any

from local.plugins.kubernetes.client import ApiClient
from local.plugins.kubernetes.engine import Engine
from local.plugins.kubernetes.watching import Watches


class Waiter:
    def __init__(self, client: ApiClient, watches: Watches, engine: Engine) -> None:
        self.client = client
        self.watches = watches
        self.engine = engine

    async def ready(
        self, urn: str, collection: str, live: dict[str, Any], inputs: dict[str, Any], timeout: float, previous: dict[str, Any] | None
    ) -> dict[str, Any]:
        return live

    def unready(self, live: dict[str, Any], inputs: dict[str, Any]) -> str:
        return ""
