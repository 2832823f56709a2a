"""The keeper's round: it acts on what the cluster holds now, so it may be repeated, missed, or begun anew at any point."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

GRACE_SECONDS = 30.0
"""How long Argo CD may delete by itself while its controller runs. A sync that is being retried holds its Application longer."""
GROUP = "/apis/argoproj.io/v1alpha1"
KINDS = ("applications", "applicationsets")
FINALIZER = "argocd.argoproj.io"
"""What the name of each of Argo CD's finalizers has in it: of Applications, and of the hooks of a sync."""
TRACKING = "argocd.argoproj.io/tracking-id"

Item = Mapping[str, Any]


class Cluster(Protocol):
    """What the keeper needs of an API server."""

    def get(self, path: str) -> dict[str, Any] | None: ...

    def items(self, path: str) -> list[dict[str, Any]]: ...

    def patch(self, path: str, body: dict[str, Any]) -> None: ...

    def delete(self, path: str) -> None: ...


@dataclass(frozen=True)
class Plan:
    """Which Argo CD is kept: its namespace, its root Application, the StatefulSet of its controller, and where its hooks may be."""

    namespace: str
    root: str
    controller: str
    hooks: tuple[str, ...]
    """Collections, such as /apis/batch/v1/jobs, whose objects may be hooks of a sync."""


class Keeper:
    """One Argo CD, and since when its end is seen."""

    def __init__(self, cluster: Cluster, plan: Plan, clock: Callable[[], float] = time.monotonic) -> None:
        self.cluster, self.plan, self.clock = cluster, plan, clock
        self._since: float | None = None

    def round(self) -> str:
        """Do what is to be done now and say what that was; raises `api.Refused` or OSError where the cluster will not."""
        root = self.cluster.get(self._path("applications", self.plan.root))
        namespace = self.cluster.get(f"/api/v1/namespaces/{self.plan.namespace}")
        if root and not _is_going(root) and namespace and not _is_going(namespace):
            self._since = None
            return "the root Application is there: nothing to do"
        if self._since is None:
            self._since = self.clock()
        held = {self._path(kind, item["metadata"]["name"]): item for kind in KINDS for item in self.cluster.items(self._path(kind))}
        if root or (namespace and _is_going(namespace)):
            self._delete_what_nobody_would(held)
        if self.clock() - self._since < GRACE_SECONDS and self._is_controlled():
            return "the root Application goes: Argo CD deletes what it made"
        if freed := self._free(held):
            return f"freed {', '.join(freed)}: Argo CD did not"
        return "the root Application is gone, and Argo CD holds nothing that is to be deleted"

    def _path(self, kind: str, name: str = "") -> str:
        return f"{GROUP}/namespaces/{self.plan.namespace}/{kind}{f'/{name}' if name else ''}"

    def _is_controlled(self) -> bool:
        """Whether somebody is there to delete what an Application made, and to take its finalizer away."""
        found = self.cluster.get(f"/apis/apps/v1/namespaces/{self.plan.namespace}/statefulsets/{self.plan.controller}")
        return bool(found and found.get("status", {}).get("readyReplicas"))

    def _delete_what_nobody_would(self, held: Mapping[str, Item]) -> None:
        """What a person added goes with the rest, by Argo CD's own deletion while its controller runs."""
        for path, item in held.items():
            if not _is_going(item) and _is_added(item) and item["metadata"]["name"] != self.plan.root:
                self.cluster.delete(path)

    def _free(self, held: Mapping[str, Item]) -> list[str]:
        """Take Argo CD's finalizers from what is being deleted; the names of what had one."""
        hooks = {_inside(collection, item): item for collection in self.plan.hooks for item in self.cluster.items(collection)}
        freed = []
        for path, item in {**held, **hooks}.items():
            metadata = item["metadata"]
            kept = [name for name in metadata.get("finalizers", []) if FINALIZER not in name]
            if _is_going(item) and kept != metadata.get("finalizers", []):
                # Whoever changed the object since it was read is heard in the next round.
                self.cluster.patch(path, {"metadata": {"finalizers": kept, "resourceVersion": metadata["resourceVersion"]}})
                freed.append(f"{path.rsplit('/', 2)[-2]}/{metadata['name']}")
        return freed


def _inside(collection: str, item: Item) -> str:
    """The path of one object of a collection that was listed for all namespaces."""
    version, _, plural = collection.rpartition("/")
    return f"{version}/namespaces/{item['metadata']['namespace']}/{plural}/{item['metadata']['name']}"


def _is_going(item: Item) -> bool:
    return "deletionTimestamp" in item["metadata"]


def _is_added(item: Item) -> bool:
    """Whether no ApplicationSet made it and no Application applied it: nobody deletes it when the root goes."""
    metadata = item["metadata"]
    return not metadata.get("ownerReferences") and TRACKING not in (metadata.get("annotations") or {})
