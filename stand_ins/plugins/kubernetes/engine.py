"""What the provider tells the user, through the engine's log, and how it hears that it must stop."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

import grpc
import grpc.aio
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

Result = TypeVar("Result")
UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


class Cancelled(Exception):
    """The user stopped the run."""

    def __init__(self) -> None:
        super().__init__("the operation was cancelled")


class Engine:
    """The engine's side of the conversation; without an address (tests) it swallows messages."""

    def __init__(self, address: str) -> None:
        self.stub: Any = None
        if address:
            self.stub = engine_pb2_grpc.EngineStub(grpc.aio.insecure_channel(address, options=UNLIMITED))
        self.stopped = asyncio.Event()

    async def log(self, urn: str, message: str, severity: str = "INFO", passing: bool = False) -> None:
        """Show a message at a resource; a `passing` one is a status that the next replaces."""
        if self.stub is None:
            return
        request = engine_pb2.LogRequest(severity=engine_pb2.LogSeverity.Value(severity), message=message, urn=urn, ephemeral=passing)
        try:
            await self.stub.Log(request)
        except grpc.aio.AioRpcError:
            return  # the engine is going away; there is no one left to tell

    async def status(self, urn: str, message: str) -> None:
        await self.log(urn, message, passing=True)

    async def warn(self, urn: str, message: str) -> None:
        await self.log(urn, message, severity="WARNING")

    async def until_stopped(self, work: Awaitable[Result]) -> Result:
        """Do the work, or give it up as soon as the user stops the run."""
        task = asyncio.ensure_future(work)
        stop = asyncio.ensure_future(self.stopped.wait())
        try:
            await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise Cancelled
            return task.result()
        finally:
            stop.cancel()
            task.cancel()
