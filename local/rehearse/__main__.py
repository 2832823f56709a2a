"""`scripts/rehearse eks|gke`: preview, up, up again, a look and destroy of the whole stack, and a judgement of each."""

import shutil
import time
from enum import Enum
from statistics import median
from typing import Annotated

import typer
from rich.console import Console

from local import pulumi
from local.charts.prepare import prepare as prepare_charts
from local.cluster import layout, lifecycle
from local.home import Home
from local.lock import exclusive
from local.plugins.install import install_stand_ins
from local.plugins.rehearsal.store import Store
from local.progress import Problem, Progress, guarded
from local.rehearse import commands, engine, report, stage
from local.rehearse.api import Api
from local.rehearse.controllers import Controllers
from local.rehearse.order import disorder, unbound
from local.rehearse.report import Result
from local.toolchain import ensure, wheels
from local.up import FOR_A_SIMULATED_NODE, link_tools

DEFINITIONS = "prometheus-operator"
"""The tool whose module has the definitions of monitoring's kinds."""

PAIRS = 3
"""Measured in turn, so that what else the machine does falls on both sides."""


class Target(str, Enum):
    """The clouds."""

    EKS = "eks"
    GKE = "gke"


class Rehearsal:
    """One rehearsal: its home below the checkout's, its cluster, and what it has found so far."""

    def __init__(self, target: str, progress: Progress) -> None:
        checkout = Home.load()
        self.target, self.progress = target, progress
        self.home = Home(checkout.state / "rehearsal" / target, checkout.cache, f"{checkout.cluster}-{target}")
        self.cluster = layout.locate(self.home, simulated=True)
        self.results: list[Result] = []

    def set_stage(self) -> None:
        """Have tools, a simulated cluster furnished as the cloud's, the rehearsal's plugin, and an empty stack."""
        tools = ensure((*FOR_A_SIMULATED_NODE, DEFINITIONS), self.home, self.progress)
        pulumi.prepare(self.home)
        link_tools(tools, self.home)
        prepare_charts(self.home, tools)
        lifecycle.up(self.cluster, self.home, tools, [], self.progress)
        shutil.copy(self.cluster.admin_kubeconfig, self.home.kubeconfig)
        self.api = Api(self.cluster.api, self.cluster.certificates)
        stage.furnish(self.api, self.target, self.cluster)
        install_stand_ins(self.home)
        with self.progress.step(f"SDK of {report.CLOUD[self.target]}") as step:
            wheel = wheels.download(stage.sdk(stage.PACKAGES[self.target]), self.home, step.update)
        folder = stage.prepare(self.home, self.target, self.cluster, wheel)
        self.environment = engine.environment(self.home, folder, self.cluster.certificates / "ca.crt")
        self.store = Store(folder / "things.json")
        self._ensure_stack(self.target)

    def play(self, keep: bool) -> None:
        """Preview, up, up again, a look, and unless `keep` destroy; raises Problem where one is not as it should be."""
        self._preview()
        with Controllers(self.api, self.store):
            self._up()
            self._again()
            self._look()
            if not keep:
                self._destroy()

    def strike(self) -> None:
        """Leave nothing of the rehearsal."""
        lifecycle.delete(self.cluster)
        shutil.rmtree(self.home.state, ignore_errors=True)

    def benchmark(self) -> None:
        """What a preview of this stack costs against one of minikube, neither having anything yet."""
        self._ensure_stack("minikube")
        with self.progress.step(f"benchmark: {PAIRS} previews of {self.target} and of minikube, in turn"):
            pairs = [
                [engine.preview(self.environment, stack).processor_seconds for stack in (self.target, "minikube")] for _ in range(PAIRS)
            ]
        here, minikube = (median(side) for side in zip(*pairs, strict=True))
        ratio = median(one / other for one, other in pairs)
        self.results.append(
            Result("benchmark", f"a preview takes {here:.1f} s of processor, minikube's {minikube:.1f}: {ratio:.2f} times as much")
        )
        if ratio > 2:
            raise Problem(f"a preview of {self.target} costs {ratio:.2f} times one of minikube; at most 2 is allowed")

    def _ensure_stack(self, stack: str) -> None:
        with pulumi.unsalted(engine.stack_file(stack)):
            engine.command(self.environment, "stack", "select", "--create", stack)

    def _preview(self) -> None:
        with self.progress.step("pulumi preview"):
            run = engine.preview(self.environment, self.target)
        self.results.append(Result("preview", f"{run.changes.get('create', 0)} to create"))

    def _up(self) -> None:
        with self.progress.step("pulumi up") as step:
            run = engine.update(self.environment, "up", self.target, step.update)
        clouds = sum(item.type.startswith(("aws:", "gcp:")) for item in run.steps)
        inside = sum(item.type.startswith("kubernetes:") for item in run.steps)
        self.results.append(Result("up", f"{run.changes.get('create', 0)} created; now {clouds} of the cloud, {inside} in the cluster"))

    def _again(self) -> None:
        with self.progress.step("pulumi up again") as step:
            run = engine.update(self.environment, "up", self.target, step.update)
        if run.changed:
            names = [f"{item.operation} {item.urn}" for item in run.steps if item.operation != "same"]
            raise Problem(f"a second up changes {run.changed} resources, first {', '.join(names[:5])}")
        self.results.append(Result("up again", f"no change, {run.changes.get('same', 0)} the same"))

    def _look(self) -> None:
        with self.progress.step("causeway status, urls, secrets"):
            found = commands.ask(self.environment, self.home.state, self.target)
        self.results.append(Result("causeway", found))

    def _destroy(self) -> None:
        if loose := unbound(engine.needs(self.environment, self.target)):
            raise Problem("\n".join(loose))
        with self.progress.step("pulumi destroy") as step:
            run = engine.update(self.environment, "destroy", self.target, step.update)
        if wrong := disorder(run.steps):
            raise Problem("\n".join(wrong))
        if left := self.store.all():
            raise Problem(f"the destroy left {', '.join(f'{thing.token} {thing.id}' for thing in left)}")
        self.results.append(Result("destroy", f"{run.changes.get('delete', 0)} deleted, in order, nothing left"))


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    target: Annotated[Target, typer.Argument(help="The cloud's stack to rehearse.")],
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything up, to look at; a later run goes on from there.")] = False,
    benchmark: Annotated[bool, typer.Option("--benchmark", help="Measure the preview against minikube's as well.")] = False,
) -> None:
    """Run a cloud's whole stack through the real engine, with nothing made at any cloud. Safe to repeat."""
    progress = Progress()
    started = time.monotonic()
    with guarded(progress.console, f"./scripts/rehearse {target.value}"):
        rehearsal = Rehearsal(target.value, progress)
        with exclusive(rehearsal.home, f"./scripts/rehearse {target.value}"):
            try:
                rehearsal.set_stage()
                if benchmark:
                    rehearsal.benchmark()
                rehearsal.play(keep)
            finally:
                if not keep:
                    rehearsal.strike()
        report.show(Console(highlight=False), target.value, rehearsal.results)
        progress.console.print(f"[green]The rehearsal of {target.value} went well[/green] after {time.monotonic() - started:.0f} s.")
        if keep:
            where = f"CAUSEWAY_HOME={rehearsal.home.state} CAUSEWAY_STACK={target.value}"
            progress.console.print(f"Look at it: {where} {rehearsal.home.bin}/causeway status; the next run without --keep ends it.")


if __name__ == "__main__":
    app(prog_name="./scripts/rehearse")
