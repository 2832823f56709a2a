"""The gRPC face of the rehearsal: the engine's calls, decoded, answered by one rehearsed cloud."""
# ruff: noqa: ARG002  (gRPC hands every method a request and a context)

import functools
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from stand_ins.plugins import protocol
from stand_ins.plugins.kubernetes.engine import UNLIMITED, Engine
from stand_ins.plugins.kubernetes.properties import decode, encode, reveal
from stand_ins.plugins.rehearsal.cloud import Cloud, Refused
from stand_ins.plugins.rehearsal.sdk import NoSuchType
from stand_ins.plugins.rehearsal.shapes import Refusal, refusals

FOLDER = "CAUSEWAY_REHEARSAL"
"""Environment variable with the rehearsal's folder: `settings.json`, written by scripts/rehearse, and the things."""

CLOUDS = {"aws": "AWS", "gcp": "Google Cloud"}
Method = Callable[[Any, Any, Any], Awaitable[Any]]


def answered(method: Method) -> Method:
    """Turn what the cloud would refuse into the engine's kind of failure."""

    @functools.wraps(method)
    async def call(self: Any, request: Any, context: Any) -> Any:
        try:
            return await method(self, request, context)
        except (Refused, NoSuchType) as error:
            return await context.abort(grpc.StatusCode.UNKNOWN, f"rehearsal: {error}")

    return call


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """The provider of one package; the engine starts a process for each."""

    def __init__(self, package: str, cloud: Cloud, engine: Engine) -> None:
        self.package, self.cloud, self.engine = package, cloud, engine

    async def Handshake(self, request: Any, context: Any) -> Any:
        if request.engine_address and self.engine.stub is None:
            self.engine = Engine(request.engine_address)
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_resources=False, accept_outputs=False)

    async def Attach(self, request: Any, context: Any) -> Any:
        self.engine = Engine(request.address)
        return empty_pb2.Empty()

    async def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=self.cloud.sdk.wheel.name.split("-")[1])

    async def GetSchema(self, request: Any, context: Any) -> Any:
        return provider_pb2.GetSchemaResponse(schema=json.dumps({"name": self.package, "provider": {}, "resources": {}}))

    async def GetMapping(self, request: Any, context: Any) -> Any:
        return provider_pb2.GetMappingResponse()

    async def GetMappings(self, request: Any, context: Any) -> Any:
        return provider_pb2.GetMappingsResponse()

    @answered
    async def CheckConfig(self, request: Any, context: Any) -> Any:
        """A provider's own inputs arrive as text, JSON for whatever is not text by nature."""
        declared = self.cloud.sdk.provider()
        given = {key: _plain(value, declared.inputs.get(key)) for key, value in reveal(decode(request.news)).items() if key != "version"}
        return _checked(request, list(refusals(self.cloud.sdk, "", declared.inputs, given)))

    @answered
    async def DiffConfig(self, request: Any, context: Any) -> Any:
        old, new = decode(request.olds), decode(request.news)
        diffs = sorted(key for key in old.keys() | new.keys() if key != "version" and old.get(key) != new.get(key))
        replaces = [key for key in diffs if key in ("region", "project", "allowedAccountIds")]
        return provider_pb2.DiffResponse(changes=_changes(diffs), diffs=diffs, replaces=replaces)

    @answered
    async def Configure(self, request: Any, context: Any) -> Any:
        given = {key.rpartition(":")[2]: value for key, value in request.variables.items()}
        self.cloud.region = given.get("region", "")
        accounts = json.loads(given.get("allowedAccountIds", "[]"))
        self.cloud.account = accounts[0] if accounts else given.get("project", "")
        await self.engine.log(
            "", f"rehearsal: nothing is made at {CLOUDS[self.package]}; inputs are checked and remembered on this machine"
        )
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    @answered
    async def Check(self, request: Any, context: Any) -> Any:
        return _checked(request, list(self.cloud.check(_token(request), request.urn, decode(request.news))))

    @answered
    async def Diff(self, request: Any, context: Any) -> Any:
        found = self.cloud.difference(_token(request), decode(request.old_inputs), decode(request.news))
        return provider_pb2.DiffResponse(
            changes=_changes(found.changed), diffs=found.changed, replaces=found.replaces, deleteBeforeReplace=bool(found.replaces)
        )

    @answered
    async def Create(self, request: Any, context: Any) -> Any:
        token, inputs = _token(request), decode(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=encode(self.cloud.preview(token, inputs)))
        identifier, outputs = self.cloud.create(token, request.urn, inputs)
        return provider_pb2.CreateResponse(id=identifier, properties=encode(outputs))

    @answered
    async def Update(self, request: Any, context: Any) -> Any:
        token, inputs = _token(request), decode(request.news)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=encode({**decode(request.olds), **inputs}))
        return provider_pb2.UpdateResponse(properties=encode(self.cloud.update(token, request.urn, request.id, inputs)))

    @answered
    async def Read(self, request: Any, context: Any) -> Any:
        """The store has no secrets, so what is read is what the state says, as long as the thing is there."""
        if self.cloud.store.get(_token(request), request.id) is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)

    @answered
    async def Delete(self, request: Any, context: Any) -> Any:
        self.cloud.delete(_token(request), request.id)
        return empty_pb2.Empty()

    @answered
    async def Invoke(self, request: Any, context: Any) -> Any:
        """The program asks the clouds nothing: what it needs to know is in its settings, and so in the review of a change."""
        raise Refused(f"{request.tok}: the program is not to ask the cloud; put what it needs into the settings")

    async def Cancel(self, request: Any, context: Any) -> Any:
        self.engine.stopped.set()
        return empty_pb2.Empty()


def _token(request: Any) -> str:
    return str(request.type or request.urn.split("::")[2].rsplit("$", 1)[-1])


def _changes(diffs: list[str]) -> Any:
    return provider_pb2.DiffResponse.DIFF_SOME if diffs else provider_pb2.DiffResponse.DIFF_NONE


def _checked(request: Any, refused: list[Refusal]) -> Any:
    failures = [provider_pb2.CheckFailure(property=item.path, reason=item.reason) for item in refused]
    return provider_pb2.CheckResponse(inputs=request.news, failures=failures)


def _plain(value: Any, declared: Any) -> Any:
    return json.loads(value) if declared and declared.form.kind != "str" and isinstance(value, str) and value[:1] in '[{"tf' else value


async def serve() -> None:
    stop = protocol.hear_signals()
    package, *rest = sys.argv[1:]
    positional = [argument for argument in rest if not argument.startswith("-")]
    folder = Path(os.environ[FOLDER])
    cloud = Cloud.open(package, folder, json.loads((folder / "settings.json").read_text()))
    cloud.sdk.recall(folder / f"sdk-{package}.pickle")
    server = grpc.aio.server(options=UNLIMITED)
    provider = Provider(package, cloud, Engine(positional[-1] if positional else ""))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)
    await protocol.until_told_to_stop(stop)
    cloud.sdk.remember(folder / f"sdk-{package}.pickle")
    await server.stop(grace=0.2)
