"""What a rehearsal says at its end: what was real, what was played, and what each step found."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from local.stand_ins import Row

CLOUD = {"eks": "AWS", "gke": "Google Cloud"}


@dataclass(frozen=True)
class Result:
    """One step of the rehearsal and what it found."""

    step: str
    found: str


def parts(target: str) -> tuple[Row, ...]:
    """Every part of the run, and whether it is the real thing."""
    cloud = CLOUD[target]
    login = {"eks": "aws eks get-token", "gke": "gke-gcloud-auth-plugin"}[target]
    return (
        Row("program and stack file", f"__main__.py, Pulumi.{target}.yaml", True, "the same files that a real run uses"),
        Row("Pulumi engine", "pulumi, with checkpoints", True, "preview, up and destroy as a real run"),
        Row(
            f"{cloud} provider",
            "local/plugins/rehearsal",
            False,
            f"checks every input against the SDK's classes; nothing is made at {cloud}",
        ),
        Row(login, "local/rehearse/login.py", False, "gives a token of the local cluster to whoever asks as the kubeconfig says"),
        Row("Kubernetes API", "API server, controllers, scheduler, etcd", True, "a simulated cluster of its own"),
        Row("nodes and pods", "KWOK", False, "pods seem to run, and nothing does"),
        Row("load balancers and volumes", "local/rehearse/controllers.py", False, "an address and a volume appear; no traffic, no disk"),
    )


def show(console: Console, target: str, results: Sequence[Result]) -> None:
    """Print the steps and the parts."""
    steps = Table("step", "found", box=None, pad_edge=False)
    for result in results:
        steps.add_row(result.step, result.found)
    console.print(steps)
    console.print(f"\nThis was a [bold]rehearsal[/bold] of {target}: nothing was made at {CLOUD[target]}.")
    table = Table("part", "what ran here", "real", "what that means", box=None, pad_edge=False)
    for row in parts(target):
        table.add_row(row.part, row.what, "yes" if row.real else "rehearsed", row.why)
    console.print(table)
    console.print(f"What only a cloud can show is listed in docs/clouds/{target}.md.")
