"""Running the real engine on a cloud's stack: its environment, its event stream, and what a run cost."""

import json
import os
import resource
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stand_ins.rehearse.stack import Stack, shipped
from workspace import pulumi
from workspace.home import REPOSITORY, Home
from workspace.progress import Problem

FOLDER = "CAUSEWAY_REHEARSAL"
NEVER = ("PULUMI_SKIP_CHECKPOINTS", "PULUMI_ACCESS_TOKEN", "PULUMI_STACK")
"""A cloud's stack keeps its checkpoints, and a rehearsal keeps its state to itself, wherever the user is logged in."""


@dataclass(frozen=True)
class Step:
    """One operation of the engine on one resource, in the order in which they ended."""

    operation: str
    type: str
    urn: str


@dataclass
class Run:
    """What one run of the engine did."""

    steps: list[Step] = field(default_factory=list)
    changes: dict[str, int] = field(default_factory=dict)
    processor_seconds: float = 0.0

    @property
    def changed(self) -> int:
        """Resources that were not left as they were; one that is only read is another's."""
        return sum(count for name, count in self.changes.items() if name not in ("same", "read"))


def environment(home: Home, folder: Path, authority: Path) -> dict[str, str]:
    """What the engine and all that it starts find; only the authority of the local cluster is trusted."""
    given = {name: value for name, value in os.environ.items() if name not in NEVER}
    ours = {name: value for name, value in pulumi.environment(home).items() if name not in NEVER}
    kept = {
        "PULUMI_BACKEND_URL": f"file://{home.backend}",
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(home.passphrase),
        "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
        "SSL_CERT_FILE": str(authority),
        FOLDER: str(folder),
    }
    return {**given, **ours, **kept}


def ensure_stack(environment: Mapping[str, str], name: str) -> None:
    """Have the stack, with its file in the repository left as it is."""
    with pulumi.unsalted(shipped(name)):
        command(environment, "stack", "select", "--create", name)


def command(environment: Mapping[str, str], *words: str) -> str:
    """The output of one pulumi command; raises Problem with its complaint."""
    answer = subprocess.run(["pulumi", *words, "--non-interactive"], cwd=REPOSITORY, env=dict(environment), capture_output=True, text=True)
    if answer.returncode:
        raise Problem(f"pulumi {words[0]}: {(answer.stderr or answer.stdout).strip()}")
    return answer.stdout


def preview(environment: Mapping[str, str], stack: Stack) -> Run:
    """The engine's preview; raises Problem with its errors."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = ["pulumi", "preview", "--json", "--non-interactive", *stack.words]
    answer = subprocess.run(words, cwd=REPOSITORY, env=dict(environment), capture_output=True, text=True)
    try:
        plan = json.loads(answer.stdout)
    except ValueError:
        raise Problem(answer.stderr.strip() or answer.stdout.strip()) from None
    errors = [item["message"].strip() for item in plan.get("diagnostics") or [] if item["severity"] == "error"]
    if answer.returncode:
        raise Problem("\n".join(dict.fromkeys(errors)) or f"pulumi preview ended with code {answer.returncode}")
    return Run(changes=plan.get("changeSummary") or {}, processor_seconds=_since(before))


def update(
    environment: Mapping[str, str], operation: str, stack: Stack, show: Callable[[str], None], steps: list[Step] | None = None
) -> Run:
    """Run `up` or `destroy`, showing each resource; raises Problem with the engine's errors.

    Its steps go into `steps`, where others may write theirs meanwhile.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run, errors = Run(steps=[] if steps is None else steps), list[str]()
    words = ["pulumi", operation, "--yes", "--skip-preview", "--json", "--non-interactive", *stack.words]
    process = subprocess.Popen(words, cwd=REPOSITORY, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout
    with process:
        for line in process.stdout:
            _take(line, run, errors, show)
    run.processor_seconds = _since(before)
    if process.returncode:
        raise Problem("\n".join(dict.fromkeys(errors)) or f"pulumi {operation} ended with code {process.returncode}")
    return run


def destroy_as_a_user(environment: Mapping[str, str], stack: Stack) -> str:
    """What `pulumi destroy` says, its preview included, where it is refused; nothing where it goes through."""
    words = ["pulumi", "destroy", "--yes", "--non-interactive", *stack.words]
    answer = subprocess.run(words, cwd=REPOSITORY, env=dict(environment), capture_output=True, text=True)
    return answer.stdout + answer.stderr if answer.returncode else ""


def needs(environment: Mapping[str, str], stack: str) -> dict[str, set[str]]:
    """What each resource of the stack's state depends on, by URN: dependencies, provider and parent."""
    state = json.loads(command(environment, "stack", "export", "--stack", stack))
    resources = state["deployment"].get("resources", [])
    return {
        item["urn"]: {*item.get("dependencies", []), item.get("provider", "").rpartition("::")[0], item.get("parent", "")} - {""}
        for item in resources
    }


def _take(line: str, run: Run, errors: list[str], show: Callable[[str], None]) -> None:
    """Take one line of the event stream; a line that is no event is a complaint from before the run."""
    try:
        event: dict[str, Any] = json.loads(line)
    except ValueError:
        if line.startswith("error:"):
            errors.append(line.removeprefix("error:").strip())
        return
    if ended := event.get("resOutputsEvent"):
        metadata = ended["metadata"]
        run.steps.append(Step(metadata["op"], metadata["type"], metadata["urn"]))
        if metadata["op"] != "same":
            show(f"{metadata['op']} {metadata['urn'].rsplit('::', 1)[-1]}")
    elif message := event.get("diagnosticEvent"):
        if message["severity"] == "error":
            errors.append(message["message"].strip())
        elif message["message"].startswith("rehearsal:"):
            show(message["message"].strip())
    elif summary := event.get("summaryEvent"):
        run.changes.update(summary.get("resourceChanges") or {})


def _since(before: resource.struct_rusage) -> float:
    """Processor seconds of the programs that ended since then."""
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    return now.ru_utime + now.ru_stime - before.ru_utime - before.ru_stime
