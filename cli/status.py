"""`causeway status`: every workload of the stack, and how it is."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.text import Text

from cli import output, platform, workloads
from cli.platform import Outputs
from cli.workloads import Workload
from workspace.cluster import chosen
from workspace.home import Home
from workspace.progress import Progress

POLL_SECONDS = 1.0


def run(wait: int, as_json: bool) -> int:
    """Print the workloads and return the exit code: 1 when one is not healthy, or there is none."""
    home = Home.load()
    found = settle(home, platform.outputs(home), wait)
    healthy = all(workload.healthy for workload in found)
    if as_json:
        output.print_json({"healthy": healthy, "workloads": [workloads.as_json(workload) for workload in found]})
    else:
        print_workloads(output.console(), found)
    return 0 if healthy else 1


def settle(home: Home, outputs: Outputs, wait: float) -> list[Workload]:
    """The workloads once all are healthy, or as they are after `wait` seconds."""
    found = read(home, outputs)
    if not wait or all(workload.healthy for workload in found):
        return found
    deadline = time.monotonic() + wait
    with Progress().step("waiting for every workload") as step:
        while time.monotonic() < deadline and not all(workload.healthy for workload in found):
            step.update(f"{sum(workload.healthy for workload in found)} of {len(found)} healthy")
            time.sleep(POLL_SECONDS)
            found = read(home, outputs)
        step.update(f"{sum(workload.healthy for workload in found)} of {len(found)} healthy")
    return found


def read(home: Home, outputs: Outputs) -> list[Workload]:
    """Every workload, with one call to the API server for each namespace."""
    now = datetime.now(UTC)
    found: list[Workload] = []
    for namespace in sorted({one["namespace"] for one in outputs.workloads.values()}):
        inside = {name: one for name, one in outputs.workloads.items() if one["namespace"] == namespace}
        objects = chosen(home).objects(workloads.kinds_to_get(inside.values()), namespace, managed_fields=True)
        found += [workloads.read(name, one, objects, outputs.urls.get(name), now) for name, one in inside.items()]
    return found


def print_workloads(target: Console, found: Sequence[Workload]) -> None:
    """The table; a narrow terminal does without the pattern, and has the URL below the state."""
    if not found:
        output.print_line(target, "The stack has no workloads.")
        return
    header = ["name", "pattern", "kind", "namespace", "ready", "restarts", "age", "state", "url"]
    rows = [_row(workload) for workload in found]
    if output.is_narrow(target):
        header = [title for title in header if title not in ("pattern", "url")]
        rows = [[row[0], *row[2:7], _below(row[7], workload.url)] for row, workload in zip(rows, found, strict=True)]
    output.print_table(target, header, rows, wrap=["state"])
    for workload in found:
        for rule, reason in workload.exceptions.items():
            output.print_line(target, f"exception: {workload.namespace}/{workload.name} may break {rule}: {reason}")


def _below(state: output.Cell, url: str | None) -> Text:
    return Text.assemble(state, f"\n{url}" if url else "")


def _row(workload: Workload) -> list[output.Cell]:
    ready = "-" if workload.desired is None else f"{workload.ready}/{workload.desired}"
    age = "-" if workload.age is None else workloads.duration(workload.age)
    state = Text(workload.state, style="green" if workload.healthy else "red")
    names = [workload.name, workload.pattern, workload.kind, workload.namespace]
    return [*names, ready, str(workload.restarts), age, state, workload.url or "-"]
