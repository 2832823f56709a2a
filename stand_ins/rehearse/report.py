"""What a rehearsal says at its end: what was real, what was played, and what each step found."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape

from local.stand_ins import Row

CLOUD = {"eks": "AWS", "gke": "Google Cloud"}


@dataclass(frozen=True)
class Result:
    """One step of the rehearsal and what it found."""

    step: str
    found: str


PROGRAMS = {
    "argo-cd": Row("Argo CD", "stand_ins/rehearse/argo.py", False, "brings what gitops/ deploys, by the real Helm; asks no repository"),
    "sealed-secrets": Row(
        "Sealed Secrets", "stand_ins/rehearse/secret_programs.py", False, "opens each text with the cluster's keys, for real"
    ),
    "external-secrets": Row(
        "External Secrets",
        "stand_ins/rehearse/secret_programs.py",
        False,
        "asks the cloud, or Vault, by identity and policies; a mark for each value",
    ),
}
"""What would run in pods, by the tool that its chart's definitions come from (stand_ins/rehearse/stack.py)."""


def parts(target: str, tools: Sequence[str] = ()) -> tuple[Row, ...]:
    """Every part of the run, and whether it is the real thing; `tools` are those of the stack's own charts."""
    cloud = CLOUD[target]
    login = {"eks": "aws eks get-token", "gke": "gke-gcloud-auth-plugin"}[target]
    return (
        Row("program and stack file", f"__main__.py, Pulumi.{target}.yaml", True, "the same files that a real run uses"),
        Row("Pulumi engine", "pulumi, with checkpoints", True, "preview, up and destroy as in a real run"),
        Row("Kubernetes API", "API server, controllers, scheduler, etcd", True, "a simulated cluster of its own"),
        Row(f"{cloud} provider", "stand_ins/plugins/rehearsal", False, f"checks every input, makes nothing at {cloud}"),
        Row("Kubernetes provider", "stand_ins/plugins/kubernetes", False, "our own, as on the local cluster"),
        Row("charts", "stand_ins/charts", False, "doubles with the same names and value keys"),
        Row(login, "stand_ins/rehearse/login.py", False, "gives a token to whoever asks as the kubeconfig says"),
        Row("nodes and pods", "KWOK", False, "pods seem to run, and nothing does"),
        Row("load balancers, volumes", "stand_ins/rehearse/controllers.py", False, "an address and a volume appear; no traffic, no disk"),
        *(PROGRAMS[tool] for tool in tools if tool in PROGRAMS),
    )


def show(console: Console, target: str, results: Sequence[Result], tools: Sequence[str]) -> None:
    """Print what each step found, then each part of the run; a line is one line, however narrow the terminal."""
    for result in results:
        console.print(f"{result.step:<11}{escape(result.found)}", soft_wrap=True)
    console.print(f"\nThis was a [bold]rehearsal[/bold] of {target}: nothing was made at {CLOUD[target]}.", soft_wrap=True)
    rows = parts(target, tools)
    width = max(len(row.part) for row in rows) + 2
    for row in rows:
        mark = "[green]real      [/green]" if row.real else "[yellow]rehearsed [/yellow]"
        console.print(f"  {mark} {row.part:<{width}}{escape(f'{row.what}: {row.why}')}", soft_wrap=True)
    console.print(f"What only a cloud can show is listed in docs/clouds/{target}.md.", soft_wrap=True)
