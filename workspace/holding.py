"""What holds a deletion: namespaces and definitions that are going, the objects left in them, and the command that frees each."""

import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from workspace import pulumi
from workspace.applications import NAMESPACE, let_go
from workspace.cluster import CouldNotAsk, Kubectl, Manifest, Unanswered, chosen
from workspace.home import Home
from workspace.progress import Problem, Progress

OURS = "app.kubernetes.io/managed-by=causeway"
DEFINITION = "CustomResourceDefinition"
ORDINARY_SECONDS = 20.0
"""How long an ordinary deletion takes, pods' grace included: what has been going for longer is held by something."""
LOOK_SECONDS = 4.0
GIVE_UP_SECONDS = 60.0
"""How long somebody may take to free what was named before the run ends."""
NO_FINALIZERS = """'{"metadata":{"finalizers":null}}'"""
_LEFT = re.compile(r"([a-z0-9.-]+?)\.? has \d+ resource instance")


@dataclass(frozen=True)
class Held:
    """One object that is being deleted and stays, with what keeps it; `kind` is as kubectl takes it."""

    kind: str
    namespace: str
    name: str
    finalizers: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """What frees it."""
        which = f"{self.kind} {self.name}" + (f" -n {self.namespace}" if self.namespace else "")
        if self.finalizers:
            return f"kubectl patch {which} --type=merge -p {NO_FINALIZERS}"
        return f"kubectl delete {which} --force --grace-period=0"

    def __str__(self) -> str:
        reason = f"by finalizer {', '.join(self.finalizers)}" if self.finalizers else "for its node has not ended it"
        where = f"namespace {self.namespace} is being deleted, and " if self.namespace else ""
        return f"{where}{self.kind} {self.name} is held {reason}; free it: {self.command}"


def going(kubectl: Kubectl) -> list[Manifest]:
    """Namespaces of ours that are being deleted; raises CouldNotAsk where the cluster does not say."""
    return [item for item in kubectl.objects(["Namespace"], selector=OURS) if _is_going(item)]


def definitions_going(kubectl: Kubectl) -> list[Manifest]:
    """Definitions that are being deleted: some megabytes to ask for. Raises CouldNotAsk where the cluster does not say."""
    return [item for item in kubectl.objects([DEFINITION]) if _is_going(item)]


def holders(kubectl: Kubectl, items: Sequence[Manifest], now: datetime | None = None) -> list[Held]:
    """The objects that have kept these from going for longer than is ordinary; a kind that cannot be asked raises CouldNotAsk."""
    now = now or datetime.now(UTC)
    found = [held for item in items for held in _own(item, now)]
    for namespace, kind in dict.fromkeys(place for item in items for place in _left(item)):
        answer = kubectl.ask([kind], namespace)[kind]
        if isinstance(answer, Unanswered):
            raise CouldNotAsk(answer.reason, kubectl.hint)
        found += [
            Held(kind, item["metadata"].get("namespace", ""), item["metadata"]["name"], tuple(item["metadata"].get("finalizers", ())))
            for item in getattr(answer, "objects", ())
            if _age(item, now) > ORDINARY_SECONDS
        ]
    return list(dict.fromkeys(found))


def kinds_left(namespace: Mapping[str, Any]) -> list[str]:
    """The kinds that the API server says are left in a namespace that is being deleted, such as pods or applications.argoproj.io."""
    conditions = namespace.get("status", {}).get("conditions", [])
    said = [entry.get("message", "") for entry in conditions if entry["type"] == "NamespaceContentRemaining" and entry["status"] == "True"]
    return [kind for message in said for kind in _LEFT.findall(message)]


def _is_going(item: Manifest) -> bool:
    return "deletionTimestamp" in item["metadata"]


def _own(item: Manifest, now: datetime) -> list[Held]:
    """A namespace with a finalizer of somebody's on itself: Kubernetes' own is in its spec, and has no part in this."""
    metadata = item["metadata"]
    if item["kind"] != "Namespace" or not metadata.get("finalizers") or _age(item, now) <= ORDINARY_SECONDS:
        return []
    return [Held("namespace", "", metadata["name"], tuple(metadata["finalizers"]))]


def _left(item: Manifest) -> list[tuple[str | None, str]]:
    """Namespace (None: all) and kind of what the API server says is left of a namespace or a definition."""
    if item["kind"] == DEFINITION:
        return [(None, item["metadata"]["name"])]
    return [(item["metadata"]["name"], kind) for kind in kinds_left(item)]


def _age(item: Manifest, now: datetime) -> float:
    """Seconds since the object was to be gone; negative for one that is not being deleted, or has still some grace."""
    marked = item["metadata"].get("deletionTimestamp")
    return (now - datetime.fromisoformat(marked)).total_seconds() if marked else -1.0


def finish(home: Home, progress: Progress, pause: Callable[[float], object] = time.sleep) -> bool:
    """Finish a deletion that is under way, and say whether anything is gone that the state names; raises Problem naming what holds it."""
    kubectl = chosen(home)
    found = kubectl.objects(["Namespace"], selector=OURS)
    left = [item for item in found if _is_going(item)]
    if not left:
        return bool(pulumi.namespaces(home) - {item["metadata"]["name"] for item in found})
    # Elsewhere its controllers have to live on.
    if any(item["metadata"]["name"] == NAMESPACE for item in left):
        let_go(home, progress)
    with progress.step("an earlier deletion: finishing it") as step:
        while left := going(kubectl):
            step.update(", ".join(f"{item['kind'].lower()} {item['metadata']['name']}" for item in left))
            held = holders(kubectl, left)
            if (held and step.elapsed > ORDINARY_SECONDS) or step.elapsed > GIVE_UP_SECONDS:
                raise Problem("\n".join(map(str, held)) or f"{step.detail}: still being deleted after {GIVE_UP_SECONDS:.0f} s; try again")
            pause(1.0)
        step.update("finished")
    return True


class Watch:
    """What holds a deletion under way: each thing said once, and the run ended where nobody frees it."""

    def __init__(self, home: Home, progress: Progress, interrupt: Callable[[], None]) -> None:
        self.home, self.progress, self.interrupt = home, progress, interrupt
        self.since: dict[Held, float] = {}
        self.lines: list[str] = []

    def look(self, now: float) -> None:
        """Say what is held and was not yet said; interrupt where one thing is held for too long."""
        try:
            kubectl = chosen(self.home)
            held = holders(kubectl, [*going(kubectl), *definitions_going(kubectl)])
        except CouldNotAsk:
            return  # the engine asks the same cluster, and says so itself
        for one in held:
            if one not in self.since:
                self.progress.say(str(one))
        self.since = {one: self.since.get(one, now) for one in held}
        if not self.lines and any(now - since > GIVE_UP_SECONDS for since in self.since.values()):
            self.lines = [str(one) for one in held]
            self.interrupt()


def _interrupt() -> None:
    """As a service manager would: `progress.guarded` hears it while the main thread waits, even where Ctrl-C is ignored."""
    os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def told(home: Home, progress: Progress, interrupt: Callable[[], None] = _interrupt) -> Iterator[None]:
    """Say what holds the deletion that the block waits for; raises Problem with it where it stays held for a minute."""
    watch, over = Watch(home, progress, interrupt), threading.Event()

    def run() -> None:
        wait = ORDINARY_SECONDS
        while not over.wait(wait):
            watch.look(time.monotonic())
            wait = LOOK_SECONDS

    watcher = threading.Thread(target=run, daemon=True)
    watcher.start()
    try:
        yield
    except KeyboardInterrupt:
        if watch.lines:
            raise Problem("\n".join(watch.lines)) from None
        raise
    finally:
        over.set()
        watcher.join()
