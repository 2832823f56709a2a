"""`causeway gitops init`: write the layout for some workloads, the shop's where none are given."""

from pathlib import Path
from typing import Any

import pulumi

from cli.gitops import tree
from cli.output import console, print_json, print_line
from cli.refusal import Refused
from cli.workload import documents
from components.gitops.layout import Service, environment_files, generated
from components.gitops.layout_check import problems
from components.gitops.projects import PLATFORM
from components.shop import delegable
from stack import pins


def run(directory: Path | None, workloads: str | None, as_json: bool) -> int:
    """Write what follows from the workloads anew, and environment files only where there are none yet.

    Raises Refused where the result would not pass `check`; then nothing is written.
    """
    home = tree.place(directory)
    wanted = _given(workloads) if workloads else shop()
    before = tree.read(home) if home.is_dir() else {}
    try:
        made = {**before, **generated(wanted)}
        made = {**environment_files(wanted), **made}
    except pulumi.InputPropertiesError as refused:
        raise Refused(refused.message) from None
    if found := problems(made):
        raise Refused(tree.lines(found))
    written = tree.write(home, made)
    if as_json:
        print_json({"directory": str(home), "written": written})
        return 0
    for name in written:
        print_line(console(), f"wrote {home / name}")
    print_line(console(), f"{home}: {len(made)} files, {len(written)} written; next: causeway gitops check, then commit")
    return 0


def shop() -> list[Service]:
    """The services of the shop that hold no data."""
    images = pins.images()
    return [Service(name, inputs) for name, inputs in delegable("shop", images["shop"]).items()]


def _given(file: str) -> list[Service]:
    found: list[tuple[str, dict[str, Any]]] = documents.read_workloads(documents.read_text(file), file)
    nobody = [name for name, inputs in found if inputs.get("team") in (None, PLATFORM)]
    if nobody:
        raise Refused("\n".join(f"workload '{name}': team: is required: it names the project that holds the workload" for name in nobody))
    return [Service(name, inputs) for name, inputs in found]
