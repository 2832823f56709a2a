"""`causeway secrets ledger`: every Secret of the platform, from metadata alone; a value is never asked for."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from cli import output
from components.secrets import keeping, ledger
from components.secrets.ledger import Entry
from components.secrets.levels import CloudStore
from workspace.cluster import chosen
from workspace.home import Home

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "CronJob")
RIGHTS = ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")
OURS = "app.kubernetes.io/managed-by=causeway"
METADATA = '{range .items[*]}{.metadata}{"\\n"}{end}'
HEADER = ("secret", "owner", "consumers", "environments", "level", "state", "class", "age", "period", "last rotation", "blast radius")


def run(as_json: bool) -> int:
    """Print the ledger; the exit code is 1 when a Secret is overdue or something is refused."""
    home = Home.load()
    found, down, problems = read(home, datetime.now(UTC))
    if as_json:
        output.print_json({"secrets": [_as_json(entry) for entry in found], "down": down, "problems": problems})
    else:
        print_ledger(output.console(), found, down, problems)
    return 1 if problems or any(entry.overdue for entry in found) else 0


def read(home: Home, now: datetime) -> tuple[list[Entry], list[str], list[str]]:
    """The rows, what brings them and is down, and what is refused."""
    kubectl = chosen(home)
    answer = kubectl.run("get", "secrets", "--all-namespaces", f"--selector={OURS}", f"--output=jsonpath={METADATA}")
    secrets = [json.loads(line) for line in answer.splitlines() if line]
    workloads = kubectl.objects(WORKLOADS)
    rights = kubectl.objects(RIGHTS)
    levels = sorted({ledger.level_of(metadata) for metadata in secrets})
    references = kubectl.objects(keeping.REFERENCES[level] for level in levels if level in keeping.REFERENCES)
    brings = keeping.keeping(levels, references, workloads)
    found = ledger.entries(secrets, workloads, cloud(home), now, brings)
    roles = [item for item in rights if not item["kind"].endswith("Binding")]
    return found, brings.lines, ledger.problems(found, roles, [item for item in rights if item["kind"].endswith("Binding")])


def cloud(home: Home) -> CloudStore:
    """The store that a cloud's nodes speak of: an EKS node bears Amazon's label, a GKE node Google's."""
    labels = chosen(home).run("get", "nodes", "--output=jsonpath={.items[*].spec.providerID}")
    return CloudStore.AWS if "aws://" in labels else CloudStore.GOOGLE if "gce://" in labels else CloudStore.NONE


def print_ledger(target: Console, found: Sequence[Entry], down: Sequence[str], problems: Sequence[str]) -> None:
    """The table, where secret zero is for each level in it, what is down, and what is refused."""
    rows = [
        (
            f"{entry.namespace}/{entry.secret}",
            entry.owner,
            ", ".join(entry.consumers) or "-",
            ", ".join(entry.environments),
            entry.level.value,
            Text(entry.state.value, style="" if entry.state is keeping.State.KEPT else "bold red"),
            entry.rotation_class,
            Text(f"{entry.age:.0f} d{' OVERDUE' if entry.overdue else ''}", style="bold red" if entry.overdue else ""),
            f"{entry.period} d",
            entry.last_rotation,
            str(entry.blast_radius),
        )
        for entry in found
    ]
    output.print_table(target, HEADER, rows, wrap=("consumers",))
    for level, where in sorted({(entry.level.value, entry.secret_zero) for entry in found}):
        output.print_line(target, f"secret zero of level {level}: {where}")
    for line in down:
        output.print_line(target, Text(f"down: {line}", style="bold red"))
    for problem in problems:
        output.print_line(target, Text(f"refused: {problem}", style="bold red"))


def _as_json(entry: Entry) -> dict[str, Any]:
    return {
        "namespace": entry.namespace,
        "secret": entry.secret,
        "owner": entry.owner,
        "consumers": list(entry.consumers),
        "environments": list(entry.environments),
        "level": entry.level.value,
        "state": entry.state.value,
        "copies": list(entry.copies),
        "secretZero": entry.secret_zero,
        "class": entry.rotation_class,
        "ageDays": round(entry.age, 1),
        "periodDays": entry.period,
        "lastRotation": entry.last_rotation,
        "overdue": entry.overdue,
        "blastRadius": entry.blast_radius,
    }
