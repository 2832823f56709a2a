"""Plays what works in a cluster while the engine does: the cloud's load balancers and volumes, and whatever pods would do."""

import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

from stand_ins.plugins.rehearsal.store import Store, Thing
from stand_ins.rehearse.api import Api, Item
from stand_ins.rehearse.engine import Step
from workspace.progress import Problem

PARAMETERS = "/apis/eks.amazonaws.com/v1/ingressclassparams"
INGRESSES = "/apis/networking.k8s.io/v1/ingresses"
CLAIMS, VOLUMES = "/api/v1/persistentvolumeclaims", "/api/v1/persistentvolumes"
NAMESPACES = "/api/v1/namespaces"
LOAD_BALANCER, VOLUME = "rehearsal:index:LoadBalancer", "rehearsal:index:Volume"
CLUSTERS = ("aws:eks/cluster:Cluster", "gcp:container/cluster:Cluster")
FINALIZER = "rehearsal.causeway.dev/load-balancer"
SELECTED_NODE = "volume.kubernetes.io/selected-node"
TICK_SECONDS = 0.2
DRIVER_SECONDS = 2.0
"""What a driver takes to delete a disk. It begins when nothing else is left in the namespace of the claim: the disk is always
the last to go, so that a destroy which does not wait for it is caught, however long the rest takes."""


def is_served(ingress: Item) -> bool:
    """Whether the Ingress is one of EKS Auto Mode (by class) or of GKE (by annotation, as its controller wants it)."""
    annotation = ingress["metadata"].get("annotations", {}).get("kubernetes.io/ingress.class")
    named = ingress["spec"].get("ingressClassName")
    return named == "alb" or (annotation in ("gce", "gce-internal") and named is None)


def address(ingress: Item) -> dict[str, str]:
    """What the controller publishes: AWS a name, Google an address (of the ranges for examples, RFC 5737)."""
    metadata = ingress["metadata"]
    if ingress["spec"].get("ingressClassName") == "alb":
        return {"hostname": f"k8s-{metadata['namespace']}-{metadata['name']}-{metadata['uid'][:8]}.elb.rehearsal.invalid"}
    inside = metadata["annotations"]["kubernetes.io/ingress.class"] == "gce-internal"
    return {"ip": "192.0.2.80" if inside else "203.0.113.80"}


def path_of(item: Item, collection: str) -> str:
    prefix, _, plural = collection.rpartition("/")
    metadata = item["metadata"]
    return f"{prefix}/namespaces/{metadata['namespace']}/{plural}/{metadata['name']}"


def volume_for(claim: Item, provisioner: str) -> Item:
    """The volume that a driver makes for a claim: bound to it, deleted with it."""
    metadata = claim["metadata"]
    reference = {"kind": "PersistentVolumeClaim", "apiVersion": "v1", **{key: metadata[key] for key in ("namespace", "name", "uid")}}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"pvc-{metadata['uid']}", "annotations": {"pv.kubernetes.io/provisioned-by": provisioner}},
        "spec": {
            "capacity": {"storage": claim["spec"]["resources"]["requests"]["storage"]},
            "accessModes": claim["spec"]["accessModes"],
            "storageClassName": claim["spec"]["storageClassName"],
            "persistentVolumeReclaimPolicy": "Delete",
            "claimRef": reference,
            "csi": {"driver": provisioner, "volumeHandle": f"vol-{metadata['uid']}"},
        },
    }


def is_emptying(namespace: Item) -> bool:
    """Whether a namespace is going and something is left in it; the namespace controller says so in its conditions."""
    conditions = namespace.get("status", {}).get("conditions", [])
    empty = any(item["type"] == "NamespaceContentRemaining" and item["status"] == "False" for item in conditions)
    return "deletionTimestamp" in namespace["metadata"] and not empty


class Controllers:
    """Runs beside the engine until the block ends; an error of the API server is met by trying again.

    `programs` are rounds of what would run in pods, which a simulated node has none of.
    """

    def __init__(self, api: Api, store: Store, programs: Sequence[Callable[[], None]] = ()) -> None:
        self.api, self.store = api, store
        self.rounds = (self._ingresses, self._claims, self._volumes, *programs)
        self.complaints: dict[str, None] = {}
        """What the programs could not do, each once, in order."""
        self.removed: list[Step] = []
        """What was taken away, in order; the engine's own steps can be put into the same list."""
        self.released: dict[str, float] = {}
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Controllers":
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.over.set()
        self.thread.join()

    def _run(self) -> None:
        while not self.over.wait(TICK_SECONDS):
            for work in self.rounds:
                self._try(work)

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except OSError:
            return  # a conflict, a kind that nobody brought, or the cluster is going: the next tick sees what is true then
        except (Problem, LookupError, ValueError) as problem:
            self.complaints[f"{work.__qualname__}: {problem}"] = None

    def _ingresses(self) -> None:
        for ingress in filter(is_served, self.api.list(INGRESSES)):
            path, name = path_of(ingress, INGRESSES), ingress["metadata"]["uid"]
            if "deletionTimestamp" in ingress["metadata"]:
                self._take_away(LOAD_BALANCER, name)
                self.api.patch(path, {"metadata": {"finalizers": None}})
            elif FINALIZER not in ingress["metadata"].get("finalizers", []):
                self._remember(LOAD_BALANCER, name, path, self._front())
                self.api.patch(path, {"metadata": {"finalizers": [FINALIZER]}})
                self.api.patch(f"{path}/status", {"status": {"loadBalancer": {"ingress": [address(ingress)]}}})

    def _claims(self) -> None:
        classes = {item["metadata"]["name"]: item["provisioner"] for item in self.api.list("/apis/storage.k8s.io/v1/storageclasses")}
        for claim in self.api.list(CLAIMS):
            chosen = claim["spec"].get("storageClassName")
            due = SELECTED_NODE in claim["metadata"].get("annotations", {}) and not claim["spec"].get("volumeName")
            if due and chosen in classes:
                volume = volume_for(claim, classes[chosen])
                self._remember(VOLUME, volume["metadata"]["name"], path_of(claim, CLAIMS), {})
                self.api.ensure(VOLUMES, volume)

    def _volumes(self) -> None:
        full = {item["metadata"]["name"] for item in self.api.list(NAMESPACES) if is_emptying(item)}
        there = {volume["metadata"]["name"]: volume for volume in self.api.list(VOLUMES)}
        for name, volume in there.items():
            if volume.get("status", {}).get("phase") == "Released" and volume["spec"]["claimRef"]["namespace"] not in full:
                since = self.released.setdefault(name, time.monotonic())
                if time.monotonic() - since > DRIVER_SECONDS:
                    # First the disk and then the object, as drivers do.
                    self._take_away(VOLUME, name)
                    self.api.remove(f"{VOLUMES}/{name}")

    def _front(self) -> dict[str, Any]:
        """The subnets that a load balancer stands in: at AWS by the tag of its scheme, at Google those of the proxies."""
        subnets = self.store.of("aws:ec2/subnet:Subnet")
        public = bool(subnets) and any(item["spec"]["scheme"] == "internet-facing" for item in self.api.list(PARAMETERS))
        role = "kubernetes.io/role/elb" if public else "kubernetes.io/role/internal-elb"
        proxies = [subnet.id for subnet in self.store.of("gcp:compute/subnetwork:Subnetwork") if subnet.inputs.get("purpose")]
        return {"subnets": [*proxies, *(subnet.id for subnet in subnets if role in subnet.inputs.get("tags", {}))]}

    def _take_away(self, token: str, name: str) -> None:
        if thing := self.store.get(token, name):
            self.store.remove(token, name)
            self.removed.append(Step("delete", token, f"{token}::{thing.urn}"))

    def _remember(self, token: str, name: str, path: str, more: dict[str, Any]) -> None:
        clusters = [thing.id for kind in CLUSTERS for thing in self.store.of(kind)]
        self.store.put(Thing(token, name, path, {"cluster": clusters, **more}, {}))
