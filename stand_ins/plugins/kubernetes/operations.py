"""The life of one object: diff, create, read, update and delete, from decoded properties to decoded properties."""

from dataclasses import dataclass
from typing import Any

from stand_ins.plugins.kubernetes import diff, kinds, naming, objects
from stand_ins.plugins.kubernetes.apply import Target, Writer
from stand_ins.plugins.kubernetes.client import ApiError, NoMatch
from stand_ins.plugins.kubernetes.cluster import Cluster
from stand_ins.plugins.kubernetes.engine import Engine
from stand_ins.plugins.kubernetes.failures import InitFailed, NotReady
from stand_ins.plugins.kubernetes.properties import has_unknown, mark_secrets, reveal
from stand_ins.plugins.kubernetes.readiness import Waiter
from stand_ins.plugins.kubernetes.removal import Remover
from stand_ins.plugins.kubernetes.watching import Watches

Properties = dict[str, Any]
DEFAULT_SECONDS = 600.0
TIMEOUT = "pulumi.com/timeoutSeconds"


@dataclass(frozen=True)
class Difference:
    """What Diff found; `replaces` names the properties that force a new object."""

    changes: list[diff.Change]
    replaces: list[str]
    delete_first: bool


class Operations:
    """The operations on plain objects of one configured cluster."""

    def __init__(self, cluster: Cluster, engine: Engine) -> None:
        self.cluster = cluster
        self.engine = engine
        self._watches: Watches | None = None

    @property
    def watches(self) -> Watches:
        if self._watches is None:
            self._watches = Watches(self.cluster.client)
        return self._watches

    def writer(self) -> Writer:
        return Writer(self.cluster.client, self.cluster.settings, self.engine)

    def waiter(self) -> Waiter:
        return Waiter(self.cluster.client, self.watches, self.engine)

    def diff(self, token: str, old: Properties, new: Properties, ignored: list[str]) -> Difference:
        before, after = objects.without_server_fields(reveal(old)), objects.without_server_fields(reveal(new))
        settings = self.cluster.settings
        immutable = kinds.immutable_paths(
            after, kinds.is_patch(token, after.get("kind")), settings.mutable_secrets, settings.mutable_config_maps
        )
        found = [change for change in diff.changes(before, after, immutable) if not diff.ignored(change, ignored)]
        return Difference(
            found,
            [change.property_path for change in found if change.replaces],
            diff.deletes_first(before, after, found, naming.is_true(after, naming.AUTONAMED)),
        )

    async def create(self, urn: str, token: str, inputs: Properties, timeout: float, preview: bool) -> tuple[str, Properties]:
        """Id and outputs of the new object; a preview that cannot be computed returns the inputs."""
        plain = objects.manifest(inputs)
        patch = kinds.is_patch(token, plain["kind"])
        if preview and (patch or has_unknown(plain) or not self.cluster.settings.server_side_apply):
            return "", inputs
        writer = self.writer()
        manager = naming.field_manager(urn, plain, {}, self.cluster.settings.server_side_apply)
        if preview:
            resource = await self.cluster.served(plain["apiVersion"], plain["kind"])
            if resource is None:
                return "", inputs
        else:
            resource = await writer.resource(urn, plain["apiVersion"], plain["kind"])
        target = Target(urn, resource, scoped(plain, resource), manager, patch, preview)
        try:
            live = await writer.create(target)
        except ApiError as error:
            if preview and unpreviewable(error):
                return "", inputs
            raise
        if preview:
            live.pop("status", None)
            return "", self.outputs(live, inputs, manager)
        try:
            live = await self.waiter().ready(urn, target.collection, live, plain, seconds(timeout, plain))
        except NotReady as problem:
            raise self.unfinished("was successfully created", urn, problem, inputs, manager) from problem
        return naming.object_id(live), self.outputs(live, inputs, manager)

    def outputs(self, live: Properties, inputs: Properties, manager: str) -> Properties:
        return objects.outputs(live, inputs, manager, str(reveal(inputs["apiVersion"])))

    def unfinished(self, done: str, urn: str, problem: NotReady, inputs: Properties, manager: str) -> InitFailed:
        message = (
            f"resource {urn} {done}, but the Kubernetes API server reported that it failed to fully initialize or become live: {problem}"
        )
        identifier = naming.object_id(problem.item)
        return InitFailed(message, identifier, self.outputs(problem.item, inputs, manager), problem.reasons)

    async def update(
        self, urn: str, token: str, state: Properties, inputs: Properties, timeout: float, preview: bool, ignored: list[str]
    ) -> Properties:
        plain = objects.manifest(inputs)
        if preview and has_unknown(plain):
            return inputs
        server_side = self.cluster.settings.server_side_apply
        old_inputs, _ = objects.split_state(state)
        writer = self.writer()
        if preview:
            resource = await self.cluster.served(plain["apiVersion"], plain["kind"])
            if resource is None:
                return inputs
        else:
            resource = await writer.resource(urn, plain["apiVersion"], plain["kind"])
        manager_before = naming.field_manager(urn, old_inputs, state, server_side)
        manager = naming.field_manager(urn, plain, state, server_side)
        patch = kinds.is_patch(token, plain["kind"])
        target = Target(urn, resource, scoped(plain, resource), manager, patch, preview)
        try:
            live = await writer.update(target, objects.manifest(old_inputs), ignored)
        except ApiError as error:
            if preview and unpreviewable(error):
                return inputs
            raise
        if preview:
            return self.outputs(live, inputs, manager)
        if server_side and manager != manager_before:
            await self.remover().release(target.path, live, manager_before)
        try:
            live = await self.waiter().ready(urn, target.collection, live, plain, seconds(timeout, plain))
        except NotReady as problem:
            raise self.unfinished("was successfully updated", urn, problem, inputs, manager) from problem
        return self.outputs(live, inputs, manager)

    def remover(self) -> Remover:
        return Remover(self.cluster.client, self.watches, self.engine)

    async def read(
        self, urn: str, token: str, identifier: str, inputs: Properties, state: Properties
    ) -> tuple[Properties, Properties] | None:
        """Inputs and outputs as they are now, or None when the object is gone. Without inputs it is an import."""
        api_version, kind = kinds.token_version(token)
        plain, (_, old_live) = objects.manifest(inputs), objects.split_state(state)
        if not plain and old_live:
            plain = {key: old_live[key] for key in ("apiVersion", "kind") if key in old_live}
        known = bool(plain.get("apiVersion"))
        if known:
            api_version, kind = plain["apiVersion"], plain["kind"]
        elif kinds.is_patch(token, kind.removesuffix(kinds.PATCH_SUFFIX)):
            kind = kind.removesuffix(kinds.PATCH_SUFFIX)
        namespace, name = naming.split_id(identifier)
        try:
            resource = await self.cluster.client.resource(api_version, kind)
            live = await self.cluster.client.request("GET", f"{resource.collection(namespace)}/{name}")
        except NoMatch:
            return None
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        now = objects.live_inputs(live, plain) if len(plain) > 2 else objects.import_inputs(live)
        current = mark_secrets(now, inputs)
        manager = naming.field_manager(urn, plain, state, self.cluster.settings.server_side_apply)
        version = str(state.get(objects.VERSION_KEY) or api_version)
        outputs = objects.outputs(live, mark_secrets(current, inputs), manager, version)
        problem = self.waiter().unready(live, plain) if known and len(plain) > 2 else None
        if problem:
            raise InitFailed(problem, identifier, outputs, [], inputs=current)
        return current, outputs

    async def delete(self, urn: str, token: str, identifier: str, state: Properties, old_inputs: Properties, timeout: float) -> None:
        inputs, live = objects.split_state(state)
        inputs = inputs or objects.manifest(old_inputs)
        namespace, name = naming.split_id(identifier)
        api_version, kind = kinds.token_version(token)
        live.setdefault("apiVersion", api_version)
        live.setdefault("kind", kind)
        live["metadata"] = {**live.get("metadata", {}), "name": name, "namespace": namespace}
        remover = self.remover()
        if kinds.is_patch(token, live["kind"]) and self.cluster.settings.server_side_apply:
            try:
                resource = await self.cluster.client.resource(live["apiVersion"], live["kind"])
            except NoMatch:
                return
            manager = naming.field_manager(urn, inputs, state, server_side=True)
            await remover.release(f"{resource.collection(namespace)}/{name}", live, manager)
            return
        try:
            await remover.delete(urn, inputs, live, seconds(timeout, inputs))
        except NotReady as problem:
            manager = naming.field_manager(urn, inputs, state, self.cluster.settings.server_side_apply)
            raise InitFailed(str(problem), identifier, self.outputs(problem.item, inputs, manager), problem.reasons) from problem


def scoped(plain: Properties, resource: kinds.Resource) -> Properties:
    """The manifest without a namespace where its kind has none: Check may not have known."""
    if resource.namespaced or "namespace" not in plain["metadata"]:
        return plain
    return {**plain, "metadata": {key: value for key, value in plain["metadata"].items() if key != "namespace"}}


def seconds(given: float, inputs: Properties) -> float:
    """How long to wait: customTimeouts, else the annotation, else ten minutes."""
    if given:
        return given
    annotated = str(naming.annotations(inputs).get(TIMEOUT, ""))
    return float(annotated) if annotated.isdigit() else DEFAULT_SECONDS


def unpreviewable(error: ApiError) -> bool:
    """Whether a dry run failed for a reason that the run itself may remove, or that says nothing about the object."""
    if error.status in (403, 404) or error.reason == "AlreadyExists":
        return True
    return (error.status == 422 and "field is immutable" in str(error)) or "dry run" in str(error).lower()
