"""`scripts/rehearse eks|gke`: preview, up, up again, a look and destroy of the whole stack, and a judgement of each."""

import shutil
import time
from enum import Enum
from pathlib import Path
from statistics import median
from typing import Annotated

import typer
from rich.console import Console

from cli.lifecycle.up import FOR_A_SIMULATED_NODE, link_tools
from cli.secrets import sealing_key
from local.cluster import layout, lifecycle
from local.toolchain import ensure, wheels
from stand_ins.charts.prepare import prepare as prepare_charts
from stand_ins.plugins.install import install_stand_ins
from stand_ins.plugins.rehearsal.store import Store
from stand_ins.rehearse import commands, engine, report, stage
from stand_ins.rehearse.api import Api
from stand_ins.rehearse.argo import ArgoCd
from stand_ins.rehearse.controllers import LOAD_BALANCER, VOLUME, Controllers
from stand_ins.rehearse.order import disorder, unbound
from stand_ins.rehearse.report import Result
from stand_ins.rehearse.secret_programs import SecretPrograms
from stand_ins.rehearse.stack import copied, is_managed, shipped
from stand_ins.rehearse.stack import tools as definitions
from workspace import pulumi, script
from workspace.home import Home
from workspace.lock import exclusive
from workspace.progress import Problem, Progress, guarded

PAIRS = 3
"""Measured in turn, so that what else the machine does falls on both sides."""


class Target(str, Enum):
    """The clouds."""

    EKS = "eks"
    GKE = "gke"


class Rehearsal:
    """One rehearsal: its home below the checkout's, its cluster, and what it has found so far."""

    def __init__(self, target: str, file: Path, progress: Progress) -> None:
        checkout = Home.load()
        self.target, self.file, self.progress = target, file, progress
        self.home = Home(checkout.state / "rehearsal" / target, checkout.cache, f"{checkout.cluster}-{target}")
        self.cluster = layout.locate(self.home, simulated=True)
        self.results: list[Result] = []

    def set_stage(self, *others: Path) -> None:
        """Have tools, a simulated cluster furnished as the cloud's, the rehearsal's plugin, and an empty stack.

        `others` are stack files whose charts are wanted too.
        """
        charts = dict.fromkeys(tool for file in (self.file, *others) for tool in definitions(file))
        tools = ensure((*FOR_A_SIMULATED_NODE, *charts), self.home, self.progress)
        pulumi.prepare(self.home)
        link_tools(tools, self.home)
        prepare_charts(self.home, tools)
        lifecycle.up(self.cluster, self.home, tools, [], self.progress)
        shutil.copy(self.cluster.admin_kubeconfig, self.home.kubeconfig)
        self.api = Api(self.cluster.api, self.cluster.certificates)
        stage.furnish(self.api, self.target, self.cluster, is_managed=is_managed(self.file))
        install_stand_ins(self.home)
        with self.progress.step(f"SDK of {report.CLOUD[self.target]}") as step:
            wheel = wheels.download(stage.sdk(stage.PACKAGES[self.target]), self.home, step.update)
        folder = stage.prepare(self.home, self.target, self.cluster, wheel)
        self.environment = engine.environment(self.home, folder, self.cluster.certificates / "ca.crt")
        self.store = Store(folder / "things.json")
        self.stack, left_out = copied(self.target, self.file, folder)
        for name in left_out:
            self.results.append(Result("settings", f"{name} is encrypted, and so not used: the rehearsal has secrets of its own"))
        if not sealing_key.path(self.home).exists():
            sealing_key.add(self.home)
        engine.ensure_stack(self.environment, self.target)

    def play(self, keep: bool) -> None:
        """Preview, up, up again, a look, and unless `keep` destroy; raises Problem where one is not as it should be."""
        self._preview()
        programs = (ArgoCd(self.api, self.home.bin / "helm").tick, *SecretPrograms(self.api, self.store).rounds)
        with Controllers(self.api, self.store, programs) as controllers:
            self._up(controllers)
            self._again()
            self._look()
            if not keep:
                self._lift_protection()
                self._destroy(controllers)

    def strike(self) -> None:
        """Leave nothing of the rehearsal."""
        lifecycle.delete(self.cluster)
        shutil.rmtree(self.home.state, ignore_errors=True)

    def benchmark(self) -> None:
        """What a preview of this stack costs against one of minikube, neither having anything yet."""
        engine.ensure_stack(self.environment, "minikube")
        minikube, _ = copied("minikube", shipped("minikube"), self.stack.config.parent)
        with self.progress.step(f"benchmark: {PAIRS} previews of {self.target} and of minikube, in turn"):
            pairs = [[engine.preview(self.environment, stack).processor_seconds for stack in (self.stack, minikube)] for _ in range(PAIRS)]
        here, there = (median(side) for side in zip(*pairs, strict=True))
        ratio = median(one / other for one, other in pairs)
        self.results.append(
            Result("benchmark", f"a preview takes {here:.1f} s of processor, minikube's {there:.1f}: {ratio:.2f} times as much")
        )
        if ratio > 2:
            raise Problem(f"a preview of {self.target} costs {ratio:.2f} times one of minikube; at most 2 is allowed")

    def _preview(self) -> None:
        with self.progress.step("pulumi preview"):
            run = engine.preview(self.environment, self.stack)
        self.results.append(Result("preview", f"{run.changes.get('create', 0)} to create"))

    def _up(self, controllers: Controllers) -> None:
        with self.progress.step("pulumi up") as step:
            try:
                run = engine.update(self.environment, "up", self.stack, step.update)
            except Problem as problem:
                raise Problem("\n".join([str(problem), *controllers.complaints])) from None
        clouds = sum(item.type.startswith(("aws:", "gcp:")) for item in run.steps)
        inside = sum(item.type.startswith("kubernetes:") for item in run.steps)
        self.results.append(Result("up", f"{run.changes.get('create', 0)} created; now {clouds} of the cloud, {inside} in the cluster"))

    def _again(self) -> None:
        with self.progress.step("pulumi up again") as step:
            run = engine.update(self.environment, "up", self.stack, step.update)
        if run.changed:
            names = [f"{item.operation} {item.urn}" for item in run.steps if item.operation not in ("same", "read")]
            raise Problem(f"a second up changes {run.changed} resources, first {', '.join(names[:5])}")
        self.results.append(Result("up again", f"no change, {run.changes.get('same', 0)} the same"))

    def _look(self) -> None:
        with self.progress.step("causeway status, urls, secrets"):
            found = commands.ask(self.environment, self.home.state, self.target)
        self.results.append(Result("causeway", found))

    def _lift_protection(self) -> None:
        """Where the cluster is protected: a destroy is refused before anything is deleted, and one setting allows it."""
        if not any(thing.inputs.get("deletionProtection") for thing in self.store.all()):
            return
        there = engine.needs(self.environment, self.target).keys()
        with self.progress.step("pulumi destroy, which its own preview is to refuse"):
            said = engine.destroy_as_a_user(self.environment, self.stack)
        if "protect" not in said:
            raise Problem(f"the cluster is protected, and a destroy was not refused for that: {said.strip()[-500:]}")
        if gone := there - engine.needs(self.environment, self.target).keys():
            raise Problem(f"the cluster is protected, and yet a destroy deleted {len(gone)} resources, among them {min(gone)}")
        self.stack.set(f"causeway:{self.target}", "deletionProtection", False)
        with self.progress.step("pulumi up without protection") as step:
            run = engine.update(self.environment, "up", self.stack, step.update)
        self.results.append(Result("protection", f"a destroy was refused with nothing deleted; {run.changed} resource changed to allow it"))

    def _destroy(self, controllers: Controllers) -> None:
        if loose := unbound(engine.needs(self.environment, self.target)):
            raise Problem("\n".join(loose))
        with self.progress.step("pulumi destroy") as step:
            run = engine.update(self.environment, "destroy", self.stack, step.update, controllers.removed)
        if wrong := disorder(run.steps):
            raise Problem("\n".join(wrong))
        if left := self.store.all():
            raise Problem(f"the destroy left {', '.join(f'{thing.token} {thing.id}' for thing in left)}")
        played = sum(item.type in (LOAD_BALANCER, VOLUME) for item in controllers.removed)
        what = f"{run.changes.get('delete', 0)} deleted, and {played} load balancers and volumes before their namespace"
        self.results.append(Result("destroy", f"{what}, in order, nothing left"))


def main(
    target: Annotated[Target, typer.Argument(help="The cloud's stack to rehearse.")],
    config: Annotated[Path | None, typer.Option("--config", help="Stack file to rehearse. Default: the one of the target.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything up, to look at; a later run goes on from there.")] = False,
    benchmark: Annotated[bool, typer.Option("--benchmark", help="Measure the preview against minikube's as well.")] = False,
) -> None:
    """Run a cloud's whole stack through the real engine, with nothing made at any cloud. Safe to repeat."""
    progress = Progress()
    started = time.monotonic()
    with guarded(progress.console, f"./scripts/rehearse {target.value}"):
        rehearsal = Rehearsal(target.value, config or shipped(target.value), progress)
        with exclusive(rehearsal.home, f"./scripts/rehearse {target.value}"):
            try:
                rehearsal.set_stage(*([shipped("minikube")] if benchmark else []))
                if benchmark:
                    rehearsal.benchmark()
                rehearsal.play(keep)
            finally:
                if not keep:
                    rehearsal.strike()
        report.show(Console(highlight=False), target.value, rehearsal.results, definitions(rehearsal.file))
        progress.console.print(f"[green]The rehearsal of {target.value} went well[/green] after {time.monotonic() - started:.0f} s.")
        if keep:
            where = f"CAUSEWAY_HOME={rehearsal.home.state} CAUSEWAY_STACK={target.value}"
            progress.console.print(f"Look at it: {where} {rehearsal.home.bin}/causeway status; the next run without --keep ends it.")


if __name__ == "__main__":
    script.run(main, "./scripts/rehearse")
