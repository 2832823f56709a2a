"""`scripts/up`: from a bare machine to a running platform. Every step is skipped where its result is there already."""

import os
import shutil
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cli import platform
from cli.lifecycle.explain import explain
from cli.secrets.escrow import escrowed
from cli.summary import show_summary
from cli.urls import wait_for_all
from local import parts
from local.choice import Choice, ClusterKind, Machine, choose, write_kubeconfig
from local.cluster import layout, lifecycle
from local.images import LOCAL_IMAGES, Image, build_all
from local.minikube import bring_images, start
from local.stand_ins import rows
from local.toolchain import Installed, ensure
from stand_ins.charts.prepare import prepare as prepare_charts
from stand_ins.plugins.install import install_stand_ins
from stand_ins.plugins.official import fetch_official
from workspace import files, pulumi, script
from workspace.holding import finish
from workspace.home import REPOSITORY, Home
from workspace.lock import exclusive, refuse_held
from workspace.progress import Progress, guarded

EVERYWHERE = ("pulumi", "kubectl", "helm")
FOR_A_SIMULATED_NODE = (*EVERYWHERE, "kubernetes")
MONITORING = ("prometheus-operator", "prometheus", "kube-state-metrics")
FOR_THE_LOCAL_CLUSTER = (*FOR_A_SIMULATED_NODE, "local-path-provisioner", "container-runtime", *MONITORING)
ARGO_CD = "argo-cd"
"""One program is all of Argo CD; called `argocd` it is the command line."""
OUR_IMAGES = ("shop", "alert-sink")
"""What no registry has, for a cluster that pulls the rest."""


def tool_names(choice: Choice) -> tuple[str, ...]:
    """The tools that a run on the chosen cluster needs."""
    if choice.kind is not ClusterKind.LOCAL:
        return (*EVERYWHERE, *parts.tools(parts.chosen(choice)))
    always = FOR_A_SIMULATED_NODE if choice.simulated else FOR_THE_LOCAL_CLUSTER
    return (*always, *parts.tools(parts.chosen(choice)))


def bring_up(choice: Choice, home: Home, progress: Progress) -> tuple[dict[str, Installed], frozenset[str]]:
    """Do all that `scripts/up` promises on the chosen cluster; the tools it used, and which plugins are Pulumi's own."""
    progress.say(f"cluster: {choice.kind.value} ({choice.reason})")
    refuse_held(home.backend, pulumi.STACK)
    tools = ensure(tool_names(choice), home, progress)
    pulumi.prepare(home)
    home.mark_simulated(choice.simulated)
    link_tools(tools, home)
    if choice.kind is ClusterKind.LOCAL:
        cluster = layout.reserve(home, choice.simulated)
        lifecycle.up(cluster, home, tools, [] if choice.simulated else local_images(home, progress), progress)
        files.write(home.kubeconfig, cluster.admin_kubeconfig.read_bytes())
    else:
        if choice.kind is ClusterKind.MINIKUBE:
            start(progress)
            bring_images(build_all(home, progress, (*OUR_IMAGES, *parts.ours(parts.wanted()))), progress)
        write_kubeconfig(choice, home)
    if choice.kind is ClusterKind.LOCAL or choice.borrowed:
        prepare_charts(home, tools)
    else:
        # What an earlier run put there has images that only a local cluster holds.
        shutil.rmtree(home.charts, ignore_errors=True)
    official = fetch_official(home, tools, progress)
    install_stand_ins(home, official)
    pulumi.ensure_stack(home)
    # What was deleted behind the state's back is made again only where the engine looks.
    look = ["--refresh"] if finish(home, progress) else []
    with escrowed(home):
        pulumi.update(home, "up", progress, *look)
    return tools, official


def bring_parts(home: Home, progress: Progress) -> None:
    """Have what the stack's parts need on the local cluster, where that is what runs; nothing elsewhere."""
    cluster = layout.made(home)
    if not cluster or not lifecycle.is_running(cluster):
        return
    tools = ensure((*FOR_THE_LOCAL_CLUSTER, *parts.tools(parts.wanted())), home, progress)
    lifecycle.up(cluster, home, tools, local_images(home, progress), progress)
    prepare_charts(home, tools)


def local_images(home: Home, progress: Progress) -> list[Image]:
    """The images that the local cluster runs, built where they are not yet."""
    return build_all(home, progress, (*LOCAL_IMAGES, *parts.images(parts.wanted())))


def link_tools(tools: dict[str, Installed], home: Home) -> None:
    """Put the programs that a person uses, and `causeway`, into this checkout's `bin`."""
    for name in EVERYWHERE:
        _link(tools[name].program(), home.bin / name)
    if ARGO_CD in tools:
        _link(tools[ARGO_CD].program(), home.bin / "argocd")
    launcher = home.bin / "causeway"
    text = f'#!/bin/sh\nPYTHONPATH="{REPOSITORY}" exec "{REPOSITORY}/.venv/bin/python" -m cli "$@"\n'
    if not launcher.exists() or launcher.read_text() != text:
        launcher.write_text(text)
        launcher.chmod(0o755)


def _link(program: Path, link: Path) -> None:
    """A hard link where the file system allows: the engine looks for its language host beside its own file."""
    if link.exists() and link.samefile(program):
        return
    link.unlink(missing_ok=True)
    try:
        os.link(program, link)
    except OSError:
        link.symlink_to(program)


def main(
    cluster: Annotated[ClusterKind, typer.Option(help="Which cluster to use.")] = ClusterKind.AUTO,
    context: Annotated[str | None, typer.Option(help="A context of your kubeconfig to use as the cluster.")] = None,
    simulate: Annotated[bool, typer.Option("--simulate", help="KWOK plays the node: no root, no containers.")] = False,
    explain_only: Annotated[bool, typer.Option("--explain", help="Say what would be done and why; change nothing.")] = False,
) -> None:
    """Bring the platform up, from whatever this machine has. Safe to repeat, and to interrupt."""
    progress = Progress()
    with guarded(progress.console, "./scripts/up"):
        home = Home.load()
        choice = choose(cluster, context, simulate, Machine.look())
        if explain_only:
            explain(choice, tool_names(choice), home, Console(soft_wrap=True))
            return
        started = time.monotonic()
        with exclusive(home, "./scripts/up"):
            tools, official = bring_up(choice, home, progress)
        found = platform.outputs(home)
        if choice.kind is ClusterKind.LOCAL and not choice.simulated:
            wait_for_all(found.urls, progress)
        show_summary(Console(), home, found, tools, (*rows(choice.name, official), *parts.rows(parts.chosen(choice))))
        progress.console.print(f"[green]The platform is up[/green] after {time.monotonic() - started:.0f} s.")


if __name__ == "__main__":
    script.run(main, "./scripts/up")
