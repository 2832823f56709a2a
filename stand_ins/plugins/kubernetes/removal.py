"""Deleting objects and waiting until they are gone."""

import asyncio
import time
from typing import Any

from stand_ins.plugins.kubernetes import await_removal, ownership
from stand_ins.plugins.kubernetes.client import JSON, ApiClient, ApiError, NoMatch
from stand_ins.plugins.kubernetes.engine import Engine
from stand_ins.plugins.kubernetes.failures import NotReady
from stand_ins.plugins.kubernetes.kinds import built_in
from stand_ins.plugins.kubernetes.naming import annotations, is_true
from stand_ins.plugins.kubernetes.watching import Watches

PROPAGATION = "pulumi.com/deletionPropagationPolicy"
POLICIES = {"orphan": "Orphan", "background": "Background"}
SLOW_SECONDS, LOOK_SECONDS = 15.0, 5.0
# For these the official provider lets skipAwait also skip waiting for the deletion.
SKIPPABLE = frozenset({"Namespace", "Pod", "ReplicationController", "DaemonSet", "Deployment", "StatefulSet", "Job"})
# Nothing that a user could miss hangs on these: deleting them in the background spares the garbage collector a round of
# requests for each, of which it makes twenty per second by default.
LEAVES = frozenset(
    """
    ClusterRole ClusterRoleBinding ConfigMap CustomResourceDefinition HorizontalPodAutoscaler Ingress IngressClass LimitRange
    MutatingWebhookConfiguration Namespace NetworkPolicy PersistentVolume PersistentVolumeClaim PodDisruptionBudget
    PriorityClass ResourceQuota Role RoleBinding RuntimeClass Secret Service ServiceAccount StorageClass
    ValidatingWebhookConfiguration
    """.split()
)


class Remover:
    """Deletes with the propagation the object asks for, foreground by default, and waits."""

    def __init__(self, client: ApiClient, watches: Watches, engine: Engine) -> None:
        self.client = client
        self.watches = watches
        self.engine = engine

    async def delete(self, urn: str, inputs: dict[str, Any], live: dict[str, Any], timeout: float) -> None:
        try:
            resource = await self.client.resource(live["apiVersion"], live["kind"])
        except NoMatch:
            return  # its definition is gone, and all objects with it
        metadata = live["metadata"]
        collection = resource.collection(metadata.get("namespace", ""))
        path = f"{collection}/{metadata['name']}"
        body = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "propagationPolicy": propagation(inputs, live["kind"], built_in(live["apiVersion"], live["kind"]) is not None),
        }
        try:
            answer = await self.client.request("DELETE", path, body, JSON)
        except ApiError as error:
            if error.status == 404:
                return
            raise
        gone = answer.get("kind") == "Status" or not answer.get("metadata", {}).get("deletionTimestamp")
        if gone and not answer.get("metadata", {}).get("finalizers"):
            return
        if is_true(inputs, "pulumi.com/skipAwait") and live["kind"] in SKIPPABLE:
            return
        await self.wait(urn, collection, answer, timeout)

    async def wait(self, urn: str, collection: str, item: dict[str, Any], timeout: float) -> None:
        """Until the object is gone; from SLOW_SECONDS on it is told what keeps it."""
        started = time.monotonic()
        end, look = started + timeout, started + SLOW_SECONDS
        async with self.watches.follow(collection, item) as versions:
            while True:
                pause = max(min(end, look) - time.monotonic(), 0.001)
                try:
                    latest = await self.engine.until_stopped(asyncio.wait_for(versions.changed(), pause))
                except TimeoutError:
                    reasons = await self.reasons(item)
                    if time.monotonic() >= end:
                        raise NotReady(timed_out(item, timeout), item, reasons) from None
                    await self.engine.status(urn, await_removal.still(item, time.monotonic() - started, reasons))
                    look = time.monotonic() + LOOK_SECONDS
                    continue
                if latest is None:
                    return
                item = latest

    async def reasons(self, item: dict[str, Any]) -> list[str]:
        """What keeps the object, unless it takes the server too long to say."""
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                return await await_removal.holding(self.client, item)
        except TimeoutError:
            return ["the server does not say what is left"]

    async def release(self, path: str, live: dict[str, Any], manager: str) -> None:
        """Give up a patch: the fields it set return to what others say."""
        try:
            await ownership.relinquish(self.client, path, live, manager)
        except ApiError as error:
            required = [cause["field"] for cause in error.causes if cause.get("reason") == "FieldValueRequired"]
            if error.status == 404:
                return
            if required:
                raise ApiError(
                    error.status,
                    {
                        "message": "this Patch resource is currently managing a required field, so it can't be deleted "
                        "directly. Either set the `retainOnDelete` resource option, or transfer ownership of the "
                        f"field before deleting: {required[0]}"
                    },
                ) from error
            raise


def propagation(inputs: dict[str, Any], kind: str, known: bool) -> str:
    """Foreground as the official provider has it, unless the annotation says otherwise or nothing depends on the kind."""
    given = str(annotations(inputs).get(PROPAGATION, "")).lower()
    if given:
        return POLICIES.get(given, "Foreground")
    return "Background" if known and kind in LEAVES else "Foreground"


def timed_out(item: dict[str, Any], timeout: float) -> str:
    finalizers = item["metadata"].get("finalizers") or []
    kept = f"; its finalizers still hold it: {', '.join(finalizers)}" if finalizers else ""
    return f"timed out after {timeout:.0f} s waiting for {item['kind']} {item['metadata']['name']!r} to be deleted{kept}"
