"""Which cluster a run uses, and why: a named context, minikube, or the local cluster."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from workspace import files, web
from workspace.cluster import CouldNotAsk, Kubectl
from workspace.home import Home
from workspace.progress import Problem

OUR_IMAGE = "causeway/kubernetes:"
REACH_SECONDS = 4.5


class ClusterKind(str, Enum):
    """What `--cluster` takes; `auto` is the first of the others that this machine has."""

    AUTO = "auto"
    MINIKUBE = "minikube"
    LOCAL = "local"
    CONTEXT = "context"


@dataclass(frozen=True)
class Choice:
    """The cluster to use: its kind, the context in the user's kubeconfig (none for the local cluster), and the reason."""

    kind: ClusterKind
    reason: str
    context: str | None = None
    simulated: bool = False
    borrowed: bool = False
    """Whether the context's cluster is a local one of another checkout: what stands in there stands in here."""

    @property
    def name(self) -> str:
        """As local/stand_ins.py calls it: the kind, `simulated` or `borrowed`."""
        return "simulated" if self.simulated else "borrowed" if self.borrowed else self.kind.value


@dataclass(frozen=True)
class Machine:
    """What decides the choice, asked lazily so that nothing runs which does not matter."""

    reaches: Callable[[str], bool]
    is_local: Callable[[str], bool]
    has_minikube: Callable[[], bool]
    is_linux: bool
    is_root: bool

    @classmethod
    def look(cls) -> "Machine":
        return cls(reachable, has_our_images, lambda: startable() is None, sys.platform == "linux", os.geteuid() == 0)


def choose(kind: ClusterKind, context: str | None, simulated: bool, machine: Machine) -> Choice:
    """The cluster that `kind` and `context` mean on `machine`; raises Problem where it cannot be had.

    A context is used only when it is named, or is called `minikube`: never just because it is the current one.
    """
    _refuse_contradiction(kind, context, simulated)
    if simulated:
        return Choice(ClusterKind.LOCAL, "--simulate: KWOK plays the node, pods only seem to run", simulated=True)
    if context or kind is ClusterKind.CONTEXT:
        if not context:
            raise Problem("--cluster context needs --context NAME, the name of a context in your kubeconfig")
        if not machine.reaches(context):
            raise Problem(f"--context {context}: the cluster does not answer `kubectl --context {context} version`")
        borrowed = machine.is_local(context)
        told = f"--context {context} was given and answers" + (": a local cluster of another checkout" if borrowed else "")
        return Choice(ClusterKind.CONTEXT, told, context, borrowed=borrowed)
    if kind in (ClusterKind.AUTO, ClusterKind.MINIKUBE) and machine.reaches("minikube"):
        return Choice(ClusterKind.MINIKUBE, "a minikube cluster is running", "minikube")
    if kind is ClusterKind.MINIKUBE and not machine.has_minikube():
        raise Problem("--cluster minikube: minikube is not installed, or `minikube start --dry-run` fails")
    if kind is ClusterKind.MINIKUBE or (kind is ClusterKind.AUTO and machine.has_minikube()):
        return Choice(ClusterKind.MINIKUBE, "minikube is installed and can start", "minikube")
    if not machine.is_linux:
        raise Problem("the local cluster needs Linux: install minikube, or use --simulate")
    if not machine.is_root:
        raise Problem("the local cluster needs root: run as root (sudo -E ./scripts/up), install minikube, or use --simulate")
    reason = "--cluster local was given" if kind is ClusterKind.LOCAL else "no context `minikube` answers, no minikube that can start"
    return Choice(ClusterKind.LOCAL, reason)


def _refuse_contradiction(kind: ClusterKind, context: str | None, simulated: bool) -> None:
    """Raise Problem where two options name two clusters: neither is ignored."""
    if simulated and (context or kind not in (ClusterKind.AUTO, ClusterKind.LOCAL)):
        other = f"--context {context}" if context else f"--cluster {kind.value}"
        raise Problem(f"--simulate with {other}: give one of the two; --simulate makes a local cluster of its own")
    if context and kind not in (ClusterKind.AUTO, ClusterKind.CONTEXT):
        raise Problem(f"--cluster {kind.value} with --context {context}: give one of the two; --context alone uses that cluster")


def reachable(context: str) -> bool:
    """Whether the user's kubeconfig has `context` and its cluster answers within five seconds."""
    try:
        return "serverVersion" in in_context(context).read("version", seconds=REACH_SECONDS)
    except CouldNotAsk:
        return False


def in_context(context: str) -> Kubectl:
    """kubectl for a context of the user's own kubeconfig."""
    return Kubectl((f"--context={context}",), surroundings(), hint="")


def surroundings() -> dict[str, str]:
    """The user's own environment: after `scripts/env` KUBECONFIG is this checkout's, in which no other context is."""
    ours = ("KUBECONFIG", str(Home.load().kubeconfig))
    return {name: value for name, value in os.environ.items() if (name, value) != ours} | web.variables()


def has_our_images(context: str) -> bool:
    """Whether a node of `context` has the image that the local cluster's nodes run on, and nobody else's: it is in no registry.

    Raises CouldNotAsk where the cluster does not say: on somebody's cluster the stand-ins' images would be missing.
    """
    return OUR_IMAGE in in_context(context).run("get", "nodes", "--output=jsonpath={.items[*].status.images[*].names}")


def startable() -> str | None:
    """None where `minikube start` would work; else why not."""
    if not shutil.which("minikube"):
        return "minikube is not installed"
    answer = subprocess.run(["minikube", "start", "--dry-run"], env=surroundings(), capture_output=True, text=True)
    return None if answer.returncode == 0 else (answer.stderr.strip().splitlines() or ["minikube cannot start"])[-1]


def write_kubeconfig(choice: Choice, home: Home) -> None:
    """Write the chosen context of the user's kubeconfig, and nothing else, as `causeway` to this checkout's kubeconfig."""
    try:
        view = in_context(str(choice.context)).read("config", "view", "--minify", "--flatten", "--raw")
    except CouldNotAsk as problem:
        raise Problem(f"context {choice.context}: {problem.reason}") from None
    view["contexts"][0]["name"] = view["current-context"] = "causeway"
    files.write(home.kubeconfig, json.dumps(view, indent=1))
