"""How an operation fails, and how the engine is told so that the state stays true."""

from typing import Any

import grpc
from google.protobuf.any_pb2 import Any as Packed
from google.rpc.status_pb2 import Status
from pulumi.runtime.proto import provider_pb2

from stand_ins.plugins.kubernetes.properties import encode

DETAILS = "grpc-status-details-bin"


class NotReady(Exception):
    """An object exists but did not become ready; `item` is its last state, `reasons` what stands in the way."""

    def __init__(self, message: str, item: dict[str, Any], reasons: list[str] | None = None) -> None:
        super().__init__(message)
        self.item = item
        self.reasons = reasons or []


class InitFailed(Exception):
    """The resource exists and belongs in the state, though it is not ready: the next update tries again."""

    def __init__(
        self, message: str, identifier: str, outputs: dict[str, Any], reasons: list[str], inputs: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.identifier = identifier
        self.outputs = outputs
        self.reasons = reasons
        self.inputs = inputs

    def status(self) -> Status:
        detail = provider_pb2.ErrorResourceInitFailed(
            id=self.identifier, properties=encode(self.outputs), reasons=[str(self), *self.reasons]
        )
        if self.inputs is not None:
            detail.inputs.CopyFrom(encode(self.inputs))
        packed = Packed()
        packed.Pack(detail)
        return Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(self), details=[packed])


async def abort(context: Any, error: Exception) -> None:
    """End the call with the error, as one the engine can show."""
    trailing = ((DETAILS, error.status().SerializeToString()),) if isinstance(error, InitFailed) else ()
    await context.abort(grpc.StatusCode.UNKNOWN, str(error) or type(error).__name__, trailing)
