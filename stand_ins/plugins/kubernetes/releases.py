"""`kubernetes.helm.v3.Release`: the life of a Helm release, through the helm program."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2

from stand_ins.plugins.kubernetes import await_diagnosis, doubles, naming, release_inputs
from stand_ins.plugins.kubernetes.client import ApiError, Unreachable
from stand_ins.plugins.kubernetes.cluster import Cluster
from stand_ins.plugins.kubernetes.engine import Engine
from stand_ins.plugins.kubernetes.failures import InitFailed
from stand_ins.plugins.kubernetes.helm import Helm, HelmFailed
from stand_ins.plugins.kubernetes.objects import INPUTS_KEY
from stand_ins.plugins.kubernetes.properties import decode, encode, has_unknown, mark_secrets, reveal

Properties = dict[str, Any]
STORES = {"secret": "secrets", "secrets": "secrets", "configmap": "configmaps", "configmaps": "configmaps"}
PENDING = frozenset({"pending-install", "pending-upgrade", "pending-rollback"})
UNINSTALLING = "uninstalling"
SLOW_SECONDS, LOOK_SECONDS, MOST_REASONS = 10.0, 5.0, 3
IN_USE = "cannot re-use a name that is still in use"
EXACT_VERSION_CHARACTERS = frozenset("<>=^~*xX|, ")


class Releases:
    """Answers the engine's calls for releases of one cluster."""

    def __init__(self, cluster: Cluster, engine: Engine) -> None:
        self.cluster = cluster
        self.engine = engine

    @property
    def helm(self) -> Helm:
        settings = self.cluster.settings
        return Helm(self.cluster.client.access, settings.kubeconfig, settings.helm, self.engine)

    async def check(self, request: Any) -> Any:
        news, olds = decode(request.news), decode(request.olds)
        name = naming.autoname(naming.urn_name(request.urn), request.randomSeed)
        inputs = release_inputs.completed(news, olds, self.cluster.default_namespace, name)
        failures = []
        if not has_unknown(inputs):
            try:
                inputs["version"] = await self.chart_version(reveal(inputs), reveal(olds))
            except (HelmFailed, OSError, StopIteration) as error:
                known = await asyncio.to_thread(doubles.absence, reveal(inputs))
                reason = known or f"{error}; check the chart name and repository configuration."
                failures.append(provider_pb2.CheckFailure(property="chart", reason=reason))
        marked = mark_secrets(inputs, news)
        return provider_pb2.CheckResponse(inputs=encode(marked), failures=failures)

    async def chart_version(self, inputs: Properties, olds: Properties) -> str:
        """The version that the inputs pick; a remote chart that was asked for in the same words is not asked again."""
        local = release_inputs.chart_description(str(inputs.get("chart", "")))
        if local:
            return str(local["version"])
        given = str(inputs.get("version") or "")
        if given and not EXACT_VERSION_CHARACTERS & set(given):
            same = all(inputs.get(key) == olds.get(key) for key in ("chart", "repositoryOpts", "version"))
            if same:
                return given
        return str((await self.helm.show_chart(inputs))["version"])

    async def diff(self, request: Any) -> Any:
        state = decode(request.olds)
        old_inputs = decode(request.old_inputs) or reveal(state.get(INPUTS_KEY)) or {}
        found = release_inputs.difference(old_inputs, state, decode(request.news), list(request.ignoreChanges))
        kinds = provider_pb2.PropertyDiff
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if found else provider_pb2.DiffResponse.DIFF_NONE,
            replaces=[change.property_path for change in found if change.replaces],
            diffs=sorted({str(change.path[0]) for change in found}),
            hasDetailedDiff=True,
            detailedDiff={
                change.property_path: kinds(
                    kind=getattr(kinds, f"{change.kind}_REPLACE" if change.replaces else change.kind),
                    inputDiff=change.kind == "DELETE",
                )
                for change in found
            },
        )

    async def create(self, request: Any) -> Any:
        inputs = decode(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=encode(release_inputs.preview_outputs(inputs)))
        plain = reveal(inputs)
        identifier = f"{plain['namespace']}/{plain['name']}"
        record = await self.recovered(request.urn, plain)
        if record and not (self.cluster.settings.upsert or plain.get("replace") or record["info"]["status"] == "failed"):
            raise HelmFailed(f"{IN_USE}: {identifier}")
        outputs = await self.apply(request.urn, identifier, inputs, first=record is None)
        return provider_pb2.CreateResponse(id=identifier, properties=encode(outputs))

    async def update(self, request: Any) -> Any:
        inputs = decode(request.news)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=encode(release_inputs.preview_outputs(inputs)))
        plain = reveal(inputs)
        record = await self.recovered(request.urn, plain)
        outputs = await self.apply(request.urn, f"{plain['namespace']}/{plain['name']}", inputs, first=record is None)
        return provider_pb2.UpdateResponse(properties=encode(outputs))

    async def apply(self, urn: str, identifier: str, inputs: Properties, first: bool) -> Properties:
        plain = reveal(inputs)
        await self.engine.status(urn, f"helm {'install' if first else 'upgrade'} {plain['name']}")
        try:
            async with self.observed(urn, f"helm {'install' if first else 'upgrade'} {plain['name']}", partial(self.reasons, plain)):
                await self.helm.upgrade(plain, first)
        except HelmFailed as error:
            record = await self.record(plain["namespace"], plain["name"])
            reasons = await self.reasons(plain)
            if record is None:
                raise HelmFailed("\n".join([str(error), *(f"    * {reason}" for reason in reasons)])) from error
            message = f"Helm release {identifier!r} failed to initialize completely. Use Helm CLI to investigate: {error}"
            raise InitFailed(message, identifier, release_inputs.outputs(inputs, record), reasons) from error
        await self.engine.status(urn, "")
        record = await self.record(plain["namespace"], plain["name"])
        if record is None:
            raise HelmFailed(f"helm made release {identifier!r}, but its record is not there")
        return release_inputs.outputs(inputs, record)

    async def read(self, request: Any) -> Any:
        state, old_inputs = decode(request.properties), decode(request.inputs)
        namespace, name = naming.split_id(request.id)
        record = await self.record(namespace or self.cluster.default_namespace, name)
        if record is None:
            return provider_pb2.ReadResponse()
        inputs = old_inputs or reveal(state.get(INPUTS_KEY)) or release_inputs.import_inputs(record)
        outputs = release_inputs.outputs(inputs, record)
        return provider_pb2.ReadResponse(id=request.id, properties=encode(outputs), inputs=encode(inputs))

    async def delete(self, request: Any) -> Any:
        state = reveal(decode(request.properties))
        namespace, name = naming.split_id(request.id)
        inputs = {**state, "name": name, "namespace": namespace}
        if await self.record(namespace, name):
            async with self.observed(request.urn, f"helm uninstall {name}", partial(self.left, inputs)):
                await self.uninstall(inputs)
        return empty_pb2.Empty()

    async def uninstall(self, inputs: Properties) -> None:
        """Uninstall a release; one whose namespace went meanwhile, and the record with it, is uninstalled."""
        try:
            await self.helm.uninstall(inputs)
        except HelmFailed:
            if await self.record(inputs["namespace"], inputs["name"]):
                raise

    @asynccontextmanager
    async def observed(self, urn: str, what: str, look: Callable[[], Awaitable[list[str]]]) -> AsyncIterator[None]:
        """Show what helm waits for, which it does not say itself, once the block takes longer than SLOW_SECONDS."""

        async def tell() -> None:
            await asyncio.sleep(SLOW_SECONDS)
            while True:
                await self.engine.status(urn, f"{what}: {'; '.join((await look())[:MOST_REASONS]) or 'under way'}")
                await asyncio.sleep(LOOK_SECONDS)

        teller = asyncio.create_task(tell())
        try:
            yield
        finally:
            teller.cancel()

    async def left(self, plain: Properties) -> list[str]:
        """What of a release that is being uninstalled is still there: its pods, and definitions that objects keep."""
        from stand_ins.plugins.kubernetes import await_removal  # an uninstall that is in time needs none of it

        pods = [await_diagnosis.pod_state(pod) for pod in await self.pods(plain)]
        return [*await await_removal.definitions(self.cluster.client, plain["name"]), *pods]

    async def recovered(self, urn: str, plain: Properties) -> Properties | None:
        """The release's last record, after undoing what a killed Helm left.

        Helm refuses to touch a pending release. Without its pending record the release is what it was before the kill;
        objects that the killed run had made bear the release's mark, so the next run takes them over.
        """
        record = await self.record(plain["namespace"], plain["name"])
        if record is None:
            return None
        state = record["info"]["status"]
        if state in PENDING:
            await self.engine.warn(urn, f"release {plain['name']!r} was left {state} by an interrupted run; recovering it")
            await self.cluster.client.request("DELETE", f"{self.store(plain['namespace'])}/{record_name(record)}")
            return await self.recovered(urn, plain)
        if state == UNINSTALLING:
            await self.engine.warn(urn, f"release {plain['name']!r} was left half uninstalled; finishing that first")
            await self.helm.uninstall(plain)
            return None
        return None if state == "uninstalled" else record

    async def record(self, namespace: str, name: str) -> Properties | None:
        """Helm's own record of the latest revision; None when there is no such release."""
        query = {"labelSelector": f"owner=helm,name={name}"}
        try:
            answer = await self.cluster.client.request("GET", self.store(namespace), query=query)
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        items = answer.get("items") or []
        if not items:
            return None
        latest = max(items, key=lambda item: int(item["metadata"]["labels"]["version"]))
        return release_inputs.decode_record(latest["data"]["release"], self.store(namespace).endswith("secrets"))

    def store(self, namespace: str) -> str:
        driver = self.cluster.settings.helm.driver
        if driver not in STORES:
            raise HelmFailed(f"the Helm driver {driver!r} is not supported by the stand-in; use secret or configmap")
        return f"/api/v1/namespaces/{namespace}/{STORES[driver]}"

    async def reasons(self, plain: Properties) -> list[str]:
        """What keeps the release's pods from being ready, as far as they bear the usual label."""
        return [problem for pod in await self.pods(plain) for problem in await_diagnosis.pod_problems(pod)][:10]

    async def pods(self, plain: Properties) -> list[Properties]:
        """The release's pods, as far as they bear the usual label; none where the server does not say."""
        query = {"labelSelector": f"app.kubernetes.io/instance={plain['name']}"}
        try:
            found = await self.cluster.client.request("GET", f"/api/v1/namespaces/{plain['namespace']}/pods", query=query)
        except (ApiError, Unreachable):
            return []
        return list(found["items"])


def record_name(record: Properties) -> str:
    return f"sh.helm.release.v1.{record['name']}.v{record['version']}"
