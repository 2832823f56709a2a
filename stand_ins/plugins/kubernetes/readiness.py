"""Waiting until an object does its job, and saying live and in the end what it is waiting for."""

import asyncio
import os
import time
from typing import Any

from stand_ins.plugins.kubernetes import await_conditions, await_diagnosis, await_rules
from stand_ins.plugins.kubernetes.await_rules import READY, Verdict
from stand_ins.plugins.kubernetes.client import ApiClient, ApiError, Unreachable
from stand_ins.plugins.kubernetes.engine import Cancelled, Engine
from stand_ins.plugins.kubernetes.failures import NotReady
from stand_ins.plugins.kubernetes.naming import annotations, is_true
from stand_ins.plugins.kubernetes.watching import Versions, Watches

SKIP = "pulumi.com/skipAwait"
AWAIT_ALL = "PULUMI_K8S_AWAIT_ALL"
# A rollout that needs longer than this is looked into, then ever more rarely.
FIRST_LOOK, LONGEST_LOOK = 2.0, 10.0
# What is ready sooner needs no word: each costs a call to the engine.
QUIET_SECONDS = 0.5
# From then on a wait says of pods that only take their time what they do.
SLOW_SECONDS = 10.0
ENDPOINT_POLL = 0.5
MOST_PODS, MOST_REASONS = 3, 10


class Progress:
    """What a wait has told the user, and when it has something to do next."""

    def __init__(self, engine: Engine, urn: str, timeout: float) -> None:
        self.engine = engine
        self.urn = urn
        self.started = time.monotonic()
        self.end = self.started + timeout
        self.look = FIRST_LOOK
        self.next_look = self.started + FIRST_LOOK
        self.shown = ""
        self.reason = ""

    @property
    def expired(self) -> bool:
        return time.monotonic() >= self.end

    def pause(self, polled: bool) -> float:
        now = time.monotonic()
        due = [self.end, self.next_look, now + ENDPOINT_POLL if polled else self.end]
        if not self.shown:
            due.append(max(self.started + QUIET_SECONDS, now + QUIET_SECONDS / 10))
        return max(min(due) - now, 0.01)

    def look_due(self) -> bool:
        """Whether it is time to look for the cause; the next time comes later each time."""
        now = time.monotonic()
        if now < self.next_look:
            return False
        self.look = min(self.look * 2, LONGEST_LOOK)
        self.next_look = now + self.look
        return True

    @property
    def is_slow(self) -> bool:
        return time.monotonic() - self.started >= SLOW_SECONDS

    async def say(self, waiting: str) -> None:
        """Show what is waited for, and why that is not ready where it is known."""
        message = f"{waiting}: {self.reason}" if self.reason else waiting
        if message != self.shown and time.monotonic() - self.started >= QUIET_SECONDS:
            self.shown = message
            await self.engine.status(self.urn, message)

    async def warn(self, reason: str) -> None:
        self.shown = self.reason = reason
        await self.engine.log(self.urn, reason, severity="WARNING", passing=True)

    async def clear(self) -> None:
        if self.shown:
            await self.engine.status(self.urn, "")


class Waiter:
    """Applies the rules of `await_rules` to every version of an object until one is met."""

    def __init__(self, client: ApiClient, watches: Watches, engine: Engine) -> None:
        self.client = client
        self.watches = watches
        self.engine = engine
        self.binding_modes: dict[str, str] = {}

    async def ready(self, urn: str, collection: str, live: dict[str, Any], inputs: dict[str, Any], timeout: float) -> dict[str, Any]:
        """The first ready version of `live`; NotReady after `timeout` seconds, a hopeless failure or a cancellation."""
        if is_true(inputs, SKIP):
            return live
        verdict = await self.judge(live)
        if verdict.ready:
            return live
        progress = Progress(self.engine, urn, timeout)
        async with self.watches.follow(collection, live) as versions:
            while True:
                if verdict.failed:
                    raise NotReady(verdict.failed, live, await self.reasons(live))
                if progress.expired:
                    raise await self.timed_out(live, timeout, verdict)
                await progress.say(verdict.waiting)
                live = await self.next_version(versions, live, verdict, progress.pause(polled=live["kind"] == "Service"))
                if progress.look_due():
                    for reason in (await self.reasons(live, progress.is_slow))[:1]:
                        await progress.warn(reason)
                verdict = await self.judge(live)
                if verdict.ready:
                    await progress.clear()
                    return live

    async def next_version(self, versions: Versions, live: dict[str, Any], verdict: Verdict, pause: float) -> dict[str, Any]:
        """The object's next version, or the same one after `pause` seconds."""
        try:
            latest = await self.engine.until_stopped(asyncio.wait_for(versions.changed(), pause))
        except TimeoutError:
            return live
        except Cancelled as error:
            raise NotReady(f"{error} while waiting: {verdict.waiting}", live, await self.reasons(live)) from None
        except (ApiError, Unreachable) as error:
            raise NotReady(f"watching it failed: {error}", live) from error
        if latest is None:
            raise NotReady(f"{live['kind']} {live['metadata']['name']!r} was deleted while it was waited for", live)
        return latest

    async def judge(self, live: dict[str, Any]) -> Verdict:
        """The verdict on one version, by the user's conditions where there are any, else by the kind's rule."""
        wanted = annotations(live).get(await_conditions.WAIT_FOR)
        if wanted:
            return await_conditions.verdict(live, await_conditions.expressions(wanted))
        name = f"{live['apiVersion']}/{live['kind']}"
        if name == "v1/PersistentVolumeClaim":
            return await_rules.claim(live, await self.binding_mode(live))
        rule = await_rules.rule_of(live)
        if rule is None:
            return await_rules.generic(live) if os.environ.get(AWAIT_ALL) == "true" else READY
        verdict = rule(live)
        if name == "v1/Service" and verdict.ready and await_rules.targets_pods(live):
            return await self.endpoints(live)
        return verdict

    def unready(self, live: dict[str, Any], inputs: dict[str, Any]) -> str:
        """What a refresh has to say about an object that is there but not ready; empty when there is nothing."""
        if is_true(inputs, SKIP) or annotations(live).get(await_conditions.WAIT_FOR):
            return ""
        rule = await_rules.rule_of(live)
        verdict = rule(live) if rule else READY
        return verdict.failed or verdict.waiting

    async def binding_mode(self, live: dict[str, Any]) -> str:
        name = await_rules.spec(live).get("storageClassName")
        if not name:
            return ""
        if name not in self.binding_modes:
            try:
                found = await self.client.request("GET", f"/apis/storage.k8s.io/v1/storageclasses/{name}")
            except ApiError:
                return ""
            self.binding_modes[name] = found.get("volumeBindingMode", "")
        return self.binding_modes[name]

    async def endpoints(self, live: dict[str, Any]) -> Verdict:
        """Ready when every pod the Service selects is, or when it selects none.

        The official provider waits ten seconds for endpoints to settle. Asking which pods there are gives the same
        answer at once: no pods, or pods that all have a ready endpoint.
        """
        namespace, name = live["metadata"]["namespace"], live["metadata"]["name"]
        selector = ",".join(f"{key}={value}" for key, value in await_rules.spec(live)["selector"].items())
        pods = await self.client.request("GET", f"/api/v1/namespaces/{namespace}/pods", query={"labelSelector": selector})
        wanted = [pod for pod in pods["items"] if not pod["metadata"].get("deletionTimestamp")]
        wanted = [pod for pod in wanted if await_rules.status(pod).get("phase") not in ("Succeeded", "Failed")]
        if not wanted:
            return READY
        slices = await self.client.request(
            "GET",
            f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices",
            query={"labelSelector": f"kubernetes.io/service-name={name}"},
        )
        found = [endpoint for item in slices["items"] for endpoint in item.get("endpoints") or []]
        ready = [endpoint for endpoint in found if (endpoint.get("conditions") or {}).get("ready")]
        if ready and len(ready) == len(found):
            return READY
        return Verdict(
            waiting="Service does not target any Pods. Selected Pods may not be ready, or field '.spec.selector' may not "
            f"match labels on any Pods ({len(ready)} of {len(wanted)} Pods have a ready endpoint)"
        )

    async def timed_out(self, live: dict[str, Any], timeout: float, verdict: Verdict) -> NotReady:
        name = live["metadata"]["name"]
        reasons = await self.reasons(live)
        message = f"timed out after {timeout:.0f} s waiting for {live['kind']} {name!r} to be ready: {verdict.waiting}"
        return NotReady(message, live, reasons)

    async def reasons(self, live: dict[str, Any], is_slow: bool = True) -> list[str]:
        """What stands in the way, as far as it can be seen; empty rather than an error when the server is away.

        What merely takes its time is told where it is slow.
        """
        try:
            async with asyncio.timeout(5):
                return await self.look(live, is_slow)
        except (ApiError, Unreachable, TimeoutError):
            return await_diagnosis.own_problems(live)

    async def look(self, live: dict[str, Any], is_slow: bool) -> list[str]:
        metadata = live["metadata"]
        namespace = metadata.get("namespace")
        found = await_diagnosis.own_problems(live)
        if not namespace:
            return found
        culprits = [live]
        selector = await_diagnosis.label_selector(live)
        if selector:
            query = {"labelSelector": selector}
            pods = (await self.client.request("GET", f"/api/v1/namespaces/{namespace}/pods", query=query))["items"]
        else:
            pods = [live] if live["kind"] == "Pod" else []
        for pod in pods:
            problems = await_diagnosis.pod_problems(pod)
            found += problems
            if problems and pod is not live and len(culprits) <= MOST_PODS:
                culprits.append({**pod, "kind": "Pod"})
        for culprit in culprits:
            found += await_diagnosis.event_problems(await self.events(culprit))
        if not found and is_slow:
            found += [await_diagnosis.pod_state(pod) for pod in pods if await_rules.condition(pod, "Ready").get("status") != "True"]
        return list(dict.fromkeys(found))[:MOST_REASONS]

    async def events(self, item: dict[str, Any]) -> list[dict[str, Any]]:
        metadata = item["metadata"]
        fields = {"involvedObject.kind": item["kind"], "involvedObject.name": metadata["name"], "type": "Warning"}
        query = {"fieldSelector": ",".join(f"{key}={value}" for key, value in fields.items())}
        answer = await self.client.request("GET", f"/api/v1/namespaces/{metadata['namespace']}/events", query=query)
        items: list[dict[str, Any]] = answer["items"]
        return items
