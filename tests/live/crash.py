"""What crash tests share: runs that are killed at a known moment, and what a cluster and a state hold afterwards."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.bench.objects import identity, normal
from tests.live.platform import Platform

NAMESPACE = "shop"
OURS = "app.kubernetes.io/managed-by=causeway"
OPTIONS = ("--yes", "--skip-preview", "--non-interactive", "--json", "--stack", "minikube")
BOUND_LATER = {"PersistentVolumeClaim": ("volumeName",)}
"""Fields of a spec that the cluster fills in, differently each time."""


@dataclass(frozen=True)
class Contents:
    """What of the program's the cluster holds: normal objects by identity, the database password, the claims' uids."""

    objects: dict[str, str]
    password: str
    claims: dict[str, str]


def environment(platform: Platform) -> dict[str, str]:
    """What `scripts/env` exports, read once: a run to be killed must be the engine itself and no shell around it."""
    text = platform.output("env -0")
    return dict(entry.split("=", 1) for entry in text.split("\0") if "=" in entry)


def kinds(platform: Platform) -> str:
    """Every kind in a namespace that can be listed, but those that controllers write for themselves."""
    names = platform.output("kubectl api-resources --namespaced --verbs=list --output=name").split()
    noise = ("events", "endpoints", "leases", "endpointslices", "replicasets", "pods", "controllerrevisions", "jobs.batch")
    return ",".join(name for name in names if not name.startswith(noise) and ".metrics." not in name)


def contents(platform: Platform, kinds: str) -> Contents:
    """Everything of ours that is on the cluster now; what an object of ours owns follows from it and is left out."""
    inside = platform.kubectl(f"get {kinds} -n {NAMESPACE}")["items"]
    around = platform.kubectl(f"get namespaces,clusterroles,clusterrolebindings -l {OURS}")["items"]
    items = [item for item in [*inside, *around] if is_shops(item) and not item["metadata"].get("ownerReferences")]
    secrets = [item for item in items if identity(item) == f"v1/Secret/{NAMESPACE}/shop-database"]
    return Contents(
        objects={identity(item): json.dumps(stable(item), sort_keys=True) for item in items},
        password=secrets[0]["data"]["password"] if secrets else "",
        claims={identity(item): item["metadata"]["uid"] for item in items if item["kind"] == "PersistentVolumeClaim"},
    )


def is_shops(item: dict[str, Any]) -> bool:
    """Whether it is the shop's namespace, in it, or in none; every namespace has two objects without anyone asking."""
    metadata = item["metadata"]
    if item["kind"] == "Namespace":
        return bool(metadata["name"] == NAMESPACE)
    return metadata.get("namespace", NAMESPACE) == NAMESPACE and metadata["name"] not in ("kube-root-ca.crt", "default")


def stable(item: dict[str, Any]) -> dict[str, Any]:
    """The normal object without what binding a volume adds to a claim."""
    made = normal(item)
    if item["kind"] in BOUND_LATER:
        made["spec"] = {key: value for key, value in made["spec"].items() if key not in BOUND_LATER[item["kind"]]}
        made["metadata"].pop("annotations", None)
        made["metadata"].pop("finalizers", None)
    return made


def orphans(platform: Platform, found: Contents) -> set[str]:
    """Objects in the state or on the cluster that the other does not know; a claim belongs to its StatefulSet."""
    state = json.loads(platform.output("pulumi stack export --stack minikube"))
    resources = [item["outputs"] for item in state["deployment"].get("resources", []) if item["type"].startswith("kubernetes:")]
    known = {identity(item) for item in resources if "kind" in item and is_shops(item)}
    assert not state["deployment"].get("pending_operations")
    return known ^ {name for name in found.objects if "/PersistentVolumeClaim/" not in name}


def start(platform: Platform, variables: dict[str, str], operation: str) -> "subprocess.Popen[str]":
    """A run whose process is the engine; its events come out line by line."""
    command = ("pulumi", operation, *OPTIONS)
    return subprocess.Popen(
        command, cwd=platform.root, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def disturbed(platform: Platform, variables: dict[str, str], moment: int, strike: Callable[[int], None], operation: str = "up") -> int:
    """Do `operation` and call `strike` with the engine's process id at event number `moment`; how many events there were."""
    events = 0
    with start(platform, variables, operation) as engine:
        assert engine.stdout
        for events, _ in enumerate(engine.stdout, start=1):
            if events == moment:
                strike(engine.pid)
    return events


def descendants(process: int) -> list[int]:
    """Every process below `process`, nearest first."""
    found: list[int] = []
    waiting = [process]
    while waiting:
        parent = waiting.pop(0)
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            waiting.extend(map(int, children.read_text().split()))
        found.append(parent)
    return found[1:]


def kill_below(process: int, part: str) -> None:
    """SIGKILL to what runs below `process` with `part` in its command line; what is not there yet or any more is fine."""
    for child in descendants(process):
        try:
            if part in Path(f"/proc/{child}/cmdline").read_text():
                os.kill(child, signal.SIGKILL)
        except OSError:
            continue


def supervisor(platform: Platform, simulated: bool = False) -> int:
    """Process id of what keeps the cluster's programs running."""
    folder = platform.home / "simulated" / platform.cluster / "run" if simulated else Path("/run/causeway") / platform.cluster
    return int((folder / "supervisor.pid").read_text())


class Backend:
    """The state's files as they were at one time, to be put back."""

    def __init__(self, platform: Platform) -> None:
        self.folder = platform.home / "backend"
        self.kept = platform.home / "backend-kept"
        shutil.rmtree(self.kept, ignore_errors=True)
        shutil.copytree(self.folder, self.kept)

    def restore(self) -> None:
        shutil.rmtree(self.folder)
        shutil.copytree(self.kept, self.folder)


def empty(platform: Platform) -> None:
    """Take the shop's namespace away without grace periods, and without Pulumi, which is what is under test."""
    workloads = "deployments,statefulsets,cronjobs,jobs,pods,persistentvolumeclaims"
    platform.shell(
        f"kubectl delete {workloads} --all -n {NAMESPACE} --force --grace-period=0 --wait=false; "
        f"kubectl delete namespace {NAMESPACE} --ignore-not-found --timeout=120s"
    )
