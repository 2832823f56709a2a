"""Creating and updating objects: server-side apply, its previews and its conflicts."""

from dataclasses import dataclass
from typing import Any

from stand_ins.plugins.kubernetes import ownership
from stand_ins.plugins.kubernetes.client import APPLY, JSON, MERGE_PATCH, ApiClient, ApiError, NoMatch, Unreachable
from stand_ins.plugins.kubernetes.engine import Engine
from stand_ins.plugins.kubernetes.kinds import Resource
from stand_ins.plugins.kubernetes.naming import CLIENT_SIDE_MANAGER, is_true
from stand_ins.plugins.kubernetes.patience import Patience
from stand_ins.plugins.kubernetes.settings import ProviderSettings

PATCH_FORCE = "pulumi.com/patchForce"
EXISTS_HELP = """

The resource already exists in the cluster. To take it over, use `pulumi import`, or set upsertExistingObjects on the
provider; to manage only some of its fields, use a Patch resource; to rename a Pulumi resource, give it an alias."""


@dataclass(frozen=True)
class Target:
    """One object to be written: where it is, what it shall be and in whose name."""

    urn: str
    resource: Resource
    item: dict[str, Any]
    manager: str
    patch: bool
    preview: bool

    @property
    def collection(self) -> str:
        return self.resource.collection(self.item["metadata"].get("namespace", ""))

    @property
    def path(self) -> str:
        return f"{self.collection}/{self.item['metadata']['name']}"

    def query(self, **extra: str) -> dict[str, str]:
        dry = {"dryRun": "All"} if self.preview else {}
        return {"fieldManager": self.manager, "fieldValidation": "Warn", **dry, **extra}


class Writer:
    """Writes objects the way the provider's settings say."""

    def __init__(self, client: ApiClient, settings: ProviderSettings, engine: Engine) -> None:
        self.client = client
        self.settings = settings
        self.engine = engine

    async def create(self, target: Target) -> dict[str, Any]:
        """The object as the server made it.

        Without upsert it must not exist before. What is missing but may be on its way (a namespace, a definition) is
        waited for; a preview never waits.
        """
        adopts = self.settings.server_side_apply and (self.settings.upsert or target.patch)
        make = self.adopt if adopts else self.post
        if target.preview:
            return await make(target)
        patience = Patience(self.engine, target.urn)
        while True:
            try:
                return await make(target)
            except ApiError as error:
                if error.status != 404 or not await patience.another(error):
                    raise

    async def adopt(self, target: Target) -> dict[str, Any]:
        force = target.preview or self.settings.patch_force or is_true(target.item, PATCH_FORCE)
        return await self.apply(target, force)

    async def apply(self, target: Target, force: bool) -> dict[str, Any]:
        query = target.query(force=str(force).lower())
        try:
            answer: dict[str, Any] = await self.client.request("PATCH", target.path, target.item, APPLY, query)
        except ApiError as error:
            raise ownership.explained(error, target.manager) from error
        return answer

    async def post(self, target: Target) -> dict[str, Any]:
        query = target.query(fieldManager=CLIENT_SIDE_MANAGER)
        asked_before = False
        while True:
            try:
                answer: dict[str, Any] = await self.client.request("POST", target.collection, target.item, JSON, query, repeatable=False)
                return answer
            except Unreachable:
                # The server may or may not have made it before the connection broke.
                if asked_before or not self.client.answered:
                    raise
                asked_before = True
            except ApiError as error:
                if error.reason != "AlreadyExists":
                    raise
                if asked_before:
                    live: dict[str, Any] = await self.client.request("GET", target.path)
                    return live
                raise ApiError(error.status, {"message": f"{error}{EXISTS_HELP}", "reason": error.reason}) from error

    async def update(self, target: Target, old: dict[str, Any], ignored: list[str]) -> dict[str, Any]:
        """The object after the change; one that was deleted behind our back is made anew."""
        live = await self.live(target.path)
        if target.item["kind"] == "CustomResourceDefinition" and live and not target.patch:
            return await self.replace(target, live)
        if not self.settings.server_side_apply:
            return await self.merge(target, old)
        if live is None:
            return await self.apply(target, force=True)
        item = ownership.without_ignored(target.item, live, target.manager, ignored)
        force = self.settings.patch_force or is_true(target.item, PATCH_FORCE) or not live["metadata"].get("managedFields")
        if not target.patch:
            if target.preview:
                force = force or ownership.has_client_side_manager(live)
            else:
                await ownership.take_over(self.client, target.path, live, target.manager)
        return await self.apply(Target(**{**target.__dict__, "item": item}), force)

    async def replace(self, target: Target, live: dict[str, Any]) -> dict[str, Any]:
        """Put a definition as a whole: its fields depend on each other too much to be merged."""
        metadata = {**target.item["metadata"], "resourceVersion": live["metadata"]["resourceVersion"]}
        item = {**target.item, "metadata": metadata}
        try:
            answer: dict[str, Any] = await self.client.request("PUT", target.path, item, JSON, target.query(), repeatable=False)
        except ApiError as error:
            if error.reason != "Conflict":
                raise
            fresh = await self.live(target.path)
            if fresh is None or fresh["metadata"]["resourceVersion"] == live["metadata"]["resourceVersion"]:
                raise
            return await self.replace(target, fresh)
        return answer

    async def merge(self, target: Target, old: dict[str, Any]) -> dict[str, Any]:
        """Client-side apply: a merge patch with what the program no longer sets taken out."""
        patch = {**target.item, **removals(old, target.item)}
        answer: dict[str, Any] = await self.client.request("PATCH", target.path, patch, MERGE_PATCH, target.query())
        return answer

    async def live(self, path: str) -> dict[str, Any] | None:
        try:
            answer: dict[str, Any] = await self.client.request("GET", path)
            return answer
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    async def resource(self, urn: str, api_version: str, kind: str) -> Resource:
        """Path of a kind; one whose definition is being made in the same run is waited for."""
        patience = Patience(self.engine, urn)
        while True:
            try:
                return await self.client.resource(api_version, kind, fresh=patience.tries > 0)
            except NoMatch as error:
                if not await patience.another(error):
                    raise


def removals(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """`new` as a merge patch over an object made of `old`: keys that went are null."""
    patch: dict[str, Any] = {}
    for key in old.keys() | new.keys():
        if key not in new:
            patch[key] = None
        elif isinstance(old.get(key), dict) and isinstance(new[key], dict):
            patch[key] = removals(old[key], new[key])
        else:
            patch[key] = new[key]
    return patch
