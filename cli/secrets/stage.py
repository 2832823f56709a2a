"""The ladder in a stack's settings, and the Secrets that it makes: read, written, and waited for."""

import json
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from cli import platform
from cli.lifecycle.up import bring_parts
from cli.platform import Outputs
from cli.secrets.escrow import escrowed
from components.secrets.levels import SecretsLevel
from components.secrets.migration import Digests, Stage, digests
from workspace import pulumi
from workspace.cluster import chosen
from workspace.home import Home
from workspace.progress import Problem, Progress

SECTION = "causeway:secrets"
WAIT_SECONDS = 120.0
POLL_SECONDS = 0.5


def settings(home: Home) -> dict[str, Any]:
    """The stack's settings, decoded; an encrypted one stays hidden."""
    answer = json.loads(pulumi.run(home, "config", "--json", "--stack", platform.stack()))
    return {key: entry.get("objectValue", entry.get("value")) for key, entry in answer.items()}


def stage(given: dict[str, Any]) -> Stage:
    """Where the stack is on the ladder."""
    found = given.get(SECTION) or {}
    try:
        level, candidate, previous = (SecretsLevel(found[key]) if found.get(key) else None for key in ("level", "candidate", "previous"))
    except ValueError as wrong:
        raise Problem(f"{SECTION}: {wrong}; allowed: {', '.join(one.value for one in SecretsLevel)}") from None
    return Stage(level or SecretsLevel.NATIVE, candidate, previous)


def write(home: Home, changes: dict[str, str | None]) -> None:
    """Set keys below `causeway:secrets`, or remove those that are None."""
    with pulumi.unsalted():
        for key, value in changes.items():
            path = ["--path", f"{SECTION}.{key}", "--stack", platform.stack()]
            if value is None:
                pulumi.run(home, "config", "rm", *path)
            else:
                pulumi.run(home, "config", "set", *path, "--plaintext", value)


def write_rotation(home: Home, prefix: str, version: int, rotated: str) -> None:
    """Set version and time of a Secret's rotation."""
    with pulumi.unsalted():
        for key, value in (("version", str(version)), ("rotated", rotated)):
            words = ["--path", f"{SECTION}.{prefix}.{key}", "--stack", platform.stack(), "--plaintext", value]
            pulumi.run(home, "config", "set", *words)


def up(home: Home, progress: Progress, targets: Iterable[str] = ()) -> None:
    """Run the program, on the local cluster with what its parts need; `targets` are URNs, all where none is given."""
    bring_parts(home, progress)
    words = [word for target in targets for word in ("--target", target)]
    with escrowed(home):
        pulumi.update(home, "up", progress, *words, stack=platform.stack())


def places(outputs: Outputs) -> list[tuple[str, str]]:
    """Namespace and name of each Secret of the stack."""
    return sorted({(ref["namespace"], ref["secret"]) for ref in outputs.secret_refs.values()})


def read_digests(home: Home, salt: str, wanted: Iterable[tuple[str, str]], suffix: str = "") -> Digests:
    """The digests of the live Secrets, named without `suffix`; the values go no further than this function."""
    found: Digests = {}
    kubectl = chosen(home)
    for namespace, name in wanted:
        secret = kubectl.read("get", "secret", f"{name}{suffix}", f"--namespace={namespace}")
        found |= digests(salt, namespace, name, secret.get("data") or {})
    return found


def wait(look: Callable[[], list[str]], what: str, progress: Progress) -> None:
    """Until `look` finds nothing that lacks; raises Problem with what still does."""
    deadline = time.monotonic() + WAIT_SECONDS
    with progress.step(what) as step:
        while lacking := _lacking(look):
            if time.monotonic() > deadline:
                raise Problem(f"{what}: after {WAIT_SECONDS:.0f} s still: {', '.join(lacking)}; run the command again to go on")
            step.update(f"{len(lacking)} left")
            time.sleep(POLL_SECONDS)
        step.update("the same" if "compar" in what or "confirm" in what else "done")


def _lacking(look: Callable[[], list[str]]) -> list[str]:
    try:
        return look()
    except Problem as problem:
        return [str(problem).partition(";")[0]]


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
