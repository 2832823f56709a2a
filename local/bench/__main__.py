"""`scripts/bench`: brings a simulated cluster up, measures both sides in turn, and prints ratios."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cli.lifecycle.up import EVERYWHERE, link_tools
from local.bench import imports, mocked
from local.bench.figures import Figure, table
from local.bench.gitops import measure_gitops
from local.bench.monitoring import MonitoringBench
from local.bench.rounds import PREVIEWED, measure, measure_stack, previewed
from local.bench.sides import Bench
from local.cluster import layout, lifecycle
from local.toolchain import ensure
from stand_ins.charts.prepare import prepare as prepare_charts
from stand_ins.plugins.install import install_stand_ins
from workspace import pulumi, script
from workspace.home import Home
from workspace.lock import exclusive
from workspace.progress import Problem, Progress, guarded

IMPORT_PAIRS = 7
TABLE_WIDTH = 150


@contextmanager
def cluster(home: Home, progress: Progress) -> Iterator[None]:
    """A simulated cluster and a Pulumi state, both new and both gone afterwards."""
    clear(home)
    made = layout.locate(home, simulated=True)
    try:
        tools = ensure((*EVERYWHERE, "kubernetes", "prometheus-operator"), home, progress)
        pulumi.prepare(home)
        prepare_charts(home, tools)
        link_tools(tools, home)
        lifecycle.up(made, home, tools, [], progress)
        shutil.copy(made.admin_kubeconfig, home.kubeconfig)
        install_stand_ins(home)
        yield
    finally:
        clear(home)


def clear(home: Home) -> None:
    """End what this run, or one that was killed, has left; the lock's file stays."""
    lifecycle.delete(layout.locate(home, simulated=True))
    for path in home.state.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "lock":
            path.unlink()


def sizes(text: str) -> list[int]:
    """Numbers of workloads from `10,100`; raises Problem for anything else."""
    try:
        found = [int(part) for part in text.split(",")]
    except ValueError:
        found = []
    if not found or min(found) < 1:
        raise Problem(f"--workloads: given {text!r}, allowed: whole numbers from 1, such as 10,100")
    return found


def show(figures: list[Figure], file: Path | None) -> None:
    """The table and the JSON lines to standard output; the lines also to `file`."""
    console = Console()
    console.width = max(console.width, TABLE_WIDTH)
    console.print(table(figures))
    lines = "".join(f"{figure.line()}\n" for figure in figures)
    print(lines, end="", flush=True)
    if file:
        file.write_text(lines)


def main(
    workloads: Annotated[str, typer.Option(help="Numbers of workloads, with commas between.")] = "10,100",
    pairs: Annotated[int, typer.Option(min=1, help="How often each side is measured.")] = 3,
    json_file: Annotated[Path | None, typer.Option("--json", help="A file for the JSON lines.")] = None,
    program_only: Annotated[bool, typer.Option("--program-only", help="Measure the program alone: no cluster, a minute.")] = False,
    gitops: Annotated[bool, typer.Option("--gitops", help="Measure Argo CD alone, on this checkout's running platform.")] = False,
    preview: Annotated[int, typer.Option(min=0, help="Workloads of a large preview; 0 leaves it out.")] = PREVIEWED,
) -> None:
    """Print what our up, no-op up and destroy take beside kubectl with the very same objects, and what the program costs."""
    progress = Progress()
    with guarded(progress.console, "./scripts/bench"):
        base = Home.load()
        home = Home(base.state / "bench", base.cache, "bench")
        numbers = sizes(workloads)
        if gitops:
            with exclusive(base, "./scripts/bench"):
                show(measure_gitops(base, numbers, pairs, progress), json_file)
            return
        figures: list[Figure] = []
        try:
            with exclusive(home, "./scripts/bench"):
                figures += imports.measure(IMPORT_PAIRS, progress)
                figures += mocked.measure(pairs, progress)
                if not program_only:
                    measure_all(home, numbers, pairs, preview, figures, progress)
        finally:
            # What took minutes to measure is not lost with an interruption.
            if figures:
                show(figures, json_file)


def measure_all(home: Home, numbers: list[int], pairs: int, preview: int, figures: list[Figure], progress: Progress) -> None:
    """Add to `figures` all that needs a cluster, each as soon as it is measured."""
    with cluster(home, progress):
        for number in numbers:
            figures += measure(Bench(home, number), pairs, progress)
        figures += measure_stack(MonitoringBench(home, 0), pairs, progress)
        if preview:
            figures += previewed(home, preview, progress)


if __name__ == "__main__":
    script.run(main, "./scripts/bench")
