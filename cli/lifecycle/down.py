"""`scripts/down`: destroys the stack, stops the local cluster and leaves nothing of ours. Safe to repeat."""

import json
import shutil
from typing import Annotated

import typer

from local.cluster import layout, lifecycle
from local.cluster.layout import Cluster
from workspace import pulumi, script
from workspace.applications import let_go
from workspace.cluster import CouldNotAsk, chosen
from workspace.holding import finish, told
from workspace.home import Home
from workspace.lock import exclusive, refuse_held
from workspace.progress import Problem, Progress, guarded

GONE_SECONDS = 7.5
RETAIN = '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'
FORCE = "or, with all that the local cluster holds: ./scripts/down --force"


def take_down(home: Home, progress: Progress, keep_data: bool) -> None:
    """Destroy the stack where its cluster answers, then delete the local clusters of this checkout.

    A stack whose local cluster is gone has nothing left to destroy: only its state is removed.
    """
    refuse_held(home.backend, pulumi.STACK)
    existing = clusters(home)
    answers = any(lifecycle.is_ready(cluster) for cluster in existing) if existing else not is_gone(home)
    if (home.bin / "pulumi").exists() and home.kubeconfig.exists() and pulumi.has_stack(home):
        if answers:
            if keep_data:
                retain_volumes(home)
            try:
                let_go(home, progress)
                # A release whose namespace somebody deleted is none: Pulumi's own provider fails on it unless it looks.
                look = ["--refresh"] if finish(home, progress) else []
                with told(home, progress):
                    pulumi.update(home, "destroy", progress, *look)
            except Problem as problem:
                raise Problem(f"{problem}; {FORCE}" if is_ours(home, existing) else str(problem)) from None
        pulumi.remove_stack(home)
    delete(home, existing, progress, keep_data)


def force_down(home: Home, progress: Progress, keep_data: bool) -> None:
    """Delete the local cluster with all that it holds, asking nothing of it, and forget the stack; a cluster of others is refused."""
    existing = clusters(home)
    if not is_ours(home, existing):
        server = address(home)
        what = f"the platform is on {server}" if server else "this checkout has none"
        raise Problem(f"--force is for the local cluster of this checkout, and {what}; fix: ./scripts/down")
    forget(home)
    delete(home, existing, progress, keep_data)


def clusters(home: Home) -> list[Cluster]:
    """The local clusters of this checkout, of which there may be a simulated one too."""
    return [cluster for simulated in (False, True) if (cluster := layout.made(home, simulated, abandoned=True))]


def is_ours(home: Home, existing: list[Cluster]) -> bool:
    """Whether the platform is on one of these local clusters, and on nobody else's."""
    return bool(existing) and address(home) in ("", *(cluster.api for cluster in existing))


def address(home: Home) -> str:
    """Where the API server is that `up` chose last; empty where there was no `up`, or its kubeconfig cannot be read."""
    try:
        return str(json.loads(home.kubeconfig.read_text())["clusters"][0]["cluster"]["server"])
    except (OSError, ValueError, LookupError, TypeError):
        return ""


def forget(home: Home) -> None:
    """Remove the state of the stack from this checkout's own backend, locks and all; another backend is asked through pulumi."""
    if pulumi.backend(home) != f"file://{home.backend}":
        pulumi.remove_stack(home)
        return
    for folder in ("stacks", "locks"):
        shutil.rmtree(home.backend / ".pulumi" / folder, ignore_errors=True)


def delete(home: Home, existing: list[Cluster], progress: Progress, keep_data: bool) -> None:
    """Delete the local clusters, and forget which cluster `up` chose."""
    for cluster in existing:
        with progress.step(f"local cluster {cluster.name}: deleting" + (", volumes kept" if keep_data else "")):
            lifecycle.delete(cluster, keep_data)
    home.kubeconfig.unlink(missing_ok=True)


def is_gone(home: Home) -> bool:
    """Whether the kubeconfig is of a local cluster whose files were removed by hand: nobody at its address knows it any more."""
    if not home.kubeconfig.exists():
        return False
    if not layout.is_local(address(home)):
        return False
    kubectl = chosen(home)
    kubectl.command()  # without kubectl nobody can be asked, which is not "gone"
    try:
        kubectl.run("version", seconds=GONE_SECONDS)
    except CouldNotAsk:
        return True
    return False


def retain_volumes(home: Home) -> None:
    """Have the cluster keep the data of each volume in a namespace of ours when its claim goes; raises Problem if it cannot."""
    kubectl = chosen(home)
    try:
        spaces = kubectl.objects(["Namespace"], selector="app.kubernetes.io/managed-by=causeway")
        ours = {item["metadata"]["name"] for item in spaces}
        for volume in kubectl.objects(["PersistentVolume"]):
            if volume["spec"].get("claimRef", {}).get("namespace") in ours:
                kubectl.run("patch", "persistentvolume", volume["metadata"]["name"], "-p", RETAIN)
    except CouldNotAsk as problem:
        raise Problem(f"the volumes could not be kept, nothing was destroyed: {problem.reason}") from None


def main(
    keep_data: Annotated[
        bool, typer.Option("--keep-data", help="Keep the volumes; on the local cluster the next up finds them again.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Delete the local cluster whatever state it is in, asking nothing of it. For no other cluster.")
    ] = False,
) -> None:
    """Destroy the stack, stop the local cluster and leave nothing of ours on this machine but caches."""
    progress = Progress()
    with guarded(progress.console, "./scripts/down"):
        home = Home.load()
        with exclusive(home, "./scripts/down"):
            (force_down if force else take_down)(home, progress, keep_data)
        progress.console.print("[green]The platform is down.[/green]" + (" Volumes were kept." if keep_data else ""))


if __name__ == "__main__":
    script.run(main, "./scripts/down")
