"""`scripts/down`: destroys the stack, stops the local cluster and leaves nothing of ours. Safe to repeat."""

import json
import os
import subprocess
from typing import Annotated

import typer

from local import pulumi, script
from local.applications import let_go
from local.cluster import layout, lifecycle
from local.home import Home
from local.lock import exclusive
from local.progress import Problem, Progress, guarded


def take_down(home: Home, progress: Progress, keep_data: bool) -> None:
    """Destroy the stack where its cluster answers, then delete the local clusters of this checkout.

    A stack whose local cluster is gone has nothing left to destroy: only its state is removed.
    """
    existing = [cluster for simulated in (False, True) if (cluster := layout.made(home, simulated))]
    answers = any(lifecycle.is_ready(cluster) for cluster in existing) if existing else not is_gone(home)
    if (home.bin / "pulumi").exists() and home.kubeconfig.exists() and pulumi.has_stack(home):
        if answers:
            if keep_data:
                retain_volumes(home)
            let_go(home, progress)
            pulumi.update(home, "destroy", progress)
        pulumi.run(home, "stack", "rm", pulumi.STACK, "--yes", "--force", "--preserve-config")
    for cluster in existing:
        with progress.step(f"local cluster {cluster.name}: deleting" + (", volumes kept" if keep_data else "")):
            lifecycle.delete(cluster, keep_data)
    home.kubeconfig.unlink(missing_ok=True)


def is_gone(home: Home) -> bool:
    """Whether the kubeconfig is of a local cluster whose files were removed by hand: nobody at its address knows it any more."""
    if not home.kubeconfig.exists():
        return False
    server = json.loads(home.kubeconfig.read_text())["clusters"][0]["cluster"]["server"]
    command = [str(home.bin / "kubectl"), f"--kubeconfig={home.kubeconfig}", "version", "--request-timeout=5s"]
    return layout.is_local(server) and subprocess.run(command, capture_output=True).returncode != 0


def retain_volumes(home: Home) -> None:
    """Have the cluster keep every volume's data when its claim goes; raises Problem with kubectl's complaint."""
    environment = os.environ | pulumi.environment(home)
    patch = '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'
    names = subprocess.run(["kubectl", "get", "persistentvolumes", "-o", "name"], env=environment, capture_output=True, text=True)
    for name in names.stdout.split():
        answer = subprocess.run(["kubectl", "patch", name, "-p", patch], env=environment, capture_output=True, text=True)
        if answer.returncode:
            raise Problem(f"{name} could not be kept: {answer.stderr.strip()}")


def main(
    keep_data: Annotated[bool, typer.Option("--keep-data", help="Keep the volumes: the next up finds them again.")] = False,
) -> None:
    """Destroy the stack, stop the local cluster and leave nothing of ours on this machine but caches."""
    progress = Progress()
    with guarded(progress.console, "./scripts/down"):
        home = Home.load()
        with exclusive(home, "./scripts/down"):
            take_down(home, progress, keep_data)
        progress.console.print("[green]The platform is down.[/green]" + (" Volumes were kept." if keep_data else ""))


if __name__ == "__main__":
    script.run(main, "./scripts/down")
