"""The gRPC face of the provider: the engine's calls, decoded, dispatched and answered."""
# ruff: noqa: ARG002  (gRPC hands every method a request and a context)

import functools
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import grpc.aio
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from stand_ins.plugins import protocol
from stand_ins.plugins.kubernetes import checking, configuration, failures, invokes, kinds, objects
from stand_ins.plugins.kubernetes.client import Unreachable
from stand_ins.plugins.kubernetes.cluster import Cluster
from stand_ins.plugins.kubernetes.engine import UNLIMITED, Engine
from stand_ins.plugins.kubernetes.operations import Operations
from stand_ins.plugins.kubernetes.properties import decode, encode
from stand_ins.plugins.kubernetes.settings import ProviderSettings, refusals

VERSION = "4.34.2"
KIND = {
    (kind, replaces): getattr(provider_pb2.PropertyDiff, f"{kind}_REPLACE" if replaces else kind)
    for kind in ("ADD", "DELETE", "UPDATE")
    for replaces in (False, True)
}
NO_CHANGE = provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE, hasDetailedDiff=True)
REPLACE_UNREADY = "pulumi.com/replaceUnready"
Method = Callable[[Any, Any, Any], Awaitable[Any]]


def answered(method: Method) -> Method:
    """Turn an exception of a call into the engine's kind of failure."""

    @functools.wraps(method)
    async def call(self: Any, request: Any, context: Any) -> Any:
        try:
            return await method(self, request, context)
        except Exception as error:
            await failures.abort(context, error)

    return call


def token_of(request: Any) -> str:
    """The resource's type: the last of the type chain in the URN."""
    return str(request.type or request.urn.split("::")[2].rsplit("$", 1)[-1])


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """One configured provider; the engine starts a process for each."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.cluster: Cluster | None = None
        self._operations: Operations | None = None

    @property
    def configured(self) -> Cluster:
        if self.cluster is None:
            self.configure({})
        assert self.cluster
        return self.cluster

    @property
    def operations(self) -> Operations:
        if self._operations is None:
            self._operations = Operations(self.configured, self.engine)
        return self._operations

    def releases(self) -> Any:
        from stand_ins.plugins.kubernetes.releases import Releases  # most runs have none

        return Releases(self.configured, self.engine)

    def configure(self, variables: dict[str, str]) -> None:
        self.cluster = Cluster(ProviderSettings.load(variables))

    async def Handshake(self, request: Any, context: Any) -> Any:
        if request.engine_address and self.engine.stub is None:
            self.engine = Engine(request.engine_address)
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, accept_resources=False, accept_outputs=False, supports_autonaming_configuration=True
        )

    async def Attach(self, request: Any, context: Any) -> Any:
        self.engine = Engine(request.address)
        return empty_pb2.Empty()

    async def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=VERSION)

    async def GetSchema(self, request: Any, context: Any) -> Any:
        return provider_pb2.GetSchemaResponse(schema=configuration.MINIMAL_SCHEMA)

    async def GetMapping(self, request: Any, context: Any) -> Any:
        return provider_pb2.GetMappingResponse()

    async def GetMappings(self, request: Any, context: Any) -> Any:
        return provider_pb2.GetMappingsResponse()

    @answered
    async def CheckConfig(self, request: Any, context: Any) -> Any:
        refused = refusals(decode(request.news))
        return provider_pb2.CheckResponse(
            inputs=request.news,
            failures=[provider_pb2.CheckFailure(property=name, reason=reason) for name, reason in refused],
        )

    @answered
    async def DiffConfig(self, request: Any, context: Any) -> Any:
        diffs, replaces = configuration.difference(decode(request.olds), decode(request.news))
        changes = provider_pb2.DiffResponse.DIFF_SOME if diffs else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(changes=changes, diffs=diffs, replaces=replaces)

    @answered
    async def Configure(self, request: Any, context: Any) -> Any:
        self.configure(dict(request.variables))
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True)

    @answered
    async def Check(self, request: Any, context: Any) -> Any:
        token = token_of(request)
        try:
            if token == kinds.RELEASE:
                return await self.releases().check(request)
            await checking.check(request, token, self.configured)
        except checking.Refused as error:
            return provider_pb2.CheckResponse(inputs=request.news, failures=[provider_pb2.CheckFailure(reason=str(error))])
        return provider_pb2.CheckResponse(inputs=request.news)

    @answered
    async def Diff(self, request: Any, context: Any) -> Any:
        token = token_of(request)
        if token == kinds.RELEASE:
            return await self.releases().diff(request)
        if request.old_inputs == request.news and REPLACE_UNREADY not in str(request.news.fields["metadata"]):
            return NO_CHANGE
        old = decode(request.old_inputs) if request.old_inputs.fields else decode(request.olds).get(objects.INPUTS_KEY, {})
        news = decode(request.news)
        found = self.operations.diff(token, old, news, list(request.ignoreChanges))
        if not found.changes:
            return NO_CHANGE
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME,
            replaces=found.replaces,
            deleteBeforeReplace=found.delete_first,
            hasDetailedDiff=True,
            detailedDiff={
                change.property_path: provider_pb2.PropertyDiff(kind=KIND[change.kind, change.replaces], inputDiff=change.kind == "DELETE")
                for change in found.changes
            },
        )

    @answered
    async def Create(self, request: Any, context: Any) -> Any:
        token = token_of(request)
        if token == kinds.RELEASE:
            return await self.releases().create(request)
        try:
            identifier, outputs = await self.operations.create(
                request.urn, token, decode(request.properties), request.timeout, request.preview
            )
        except Unreachable:
            if request.preview:
                return provider_pb2.CreateResponse(properties=request.properties)
            raise
        return provider_pb2.CreateResponse(id=identifier, properties=encode(outputs))

    @answered
    async def Update(self, request: Any, context: Any) -> Any:
        token = token_of(request)
        if token == kinds.RELEASE:
            return await self.releases().update(request)
        outputs = await self.operations.update(
            request.urn,
            token,
            decode(request.olds),
            decode(request.news),
            request.timeout,
            request.preview,
            list(request.ignoreChanges),
        )
        return provider_pb2.UpdateResponse(properties=encode(outputs))

    @answered
    async def Read(self, request: Any, context: Any) -> Any:
        token = token_of(request)
        try:
            if token == kinds.RELEASE:
                return await self.releases().read(request)
            found = await self.operations.read(request.urn, token, request.id, decode(request.inputs), decode(request.properties))
        except Unreachable as error:
            return await self.unreachable_read(request, error)
        if found is None:
            return provider_pb2.ReadResponse()
        inputs, outputs = found
        return provider_pb2.ReadResponse(id=request.id, properties=encode(outputs), inputs=encode(inputs))

    async def unreachable_read(self, request: Any, error: Unreachable) -> Any:
        settings = self.configured.settings
        if settings.delete_unreachable:
            await self.engine.warn(request.urn, f"{error}; `deleteUnreachable` is on: removing the resource from the state")
            return provider_pb2.ReadResponse()
        if settings.skip_unreachable:
            await self.engine.warn(request.urn, f"{error}; `skipUpdateUnreachable` is on: the state may not be what the cluster has")
            return provider_pb2.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)
        raise Unreachable(
            f"{error}. If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the "
            'operation with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"'
        )

    @answered
    async def Delete(self, request: Any, context: Any) -> Any:
        token = token_of(request)
        try:
            if token == kinds.RELEASE:
                await self.releases().delete(request)
            else:
                state, inputs = decode(request.properties), decode(request.old_inputs)
                await self.operations.delete(request.urn, token, request.id, state, inputs, request.timeout)
        except Unreachable as error:
            await self.unreachable_read(request, error)
        return empty_pb2.Empty()

    @answered
    async def Invoke(self, request: Any, context: Any) -> Any:
        result = invokes.invoke(request.tok, decode(request.args))
        return provider_pb2.InvokeResponse(**{"return": encode(result)})

    @answered
    async def Construct(self, request: Any, context: Any) -> Any:
        raise NotImplementedError(
            f"{request.type} is a remote component of the official Kubernetes plugin; the stand-in of this repository "
            "does not have it (stand_ins/plugins/README.md). kubernetes.helm.v3.Release and plain resources work."
        )

    async def Cancel(self, request: Any, context: Any) -> Any:
        self.engine.stopped.set()
        return empty_pb2.Empty()


async def serve() -> None:
    stop = protocol.hear_signals()
    positional = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    server = grpc.aio.server(options=UNLIMITED)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(Engine(positional[-1] if positional else "")), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)
    await protocol.until_told_to_stop(stop)
    await server.stop(grace=0.2)
