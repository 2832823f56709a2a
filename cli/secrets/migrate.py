"""`causeway secrets migrate --to LEVEL`: the whole plan first, then step by step; each may be interrupted and repeated."""

import json
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from cli import output, platform
from cli.refusal import Refused
from cli.secrets import rotate, sealing_key, stage
from cli.secrets.rotate import Rotation
from components.secrets.levels import SecretsLevel
from components.secrets.migration import Action, Stage, Step, differences, plan
from components.secrets.model import CANDIDATE
from stack import levels
from workspace import files
from workspace.home import Home
from workspace.progress import Progress


def run(target: SecretsLevel, yes: bool, plan_only: bool) -> int:
    """Show the plan, ask, and follow it; the exit code is 0 when the stack is at `target`."""
    home = Home.load()
    given = stage.settings(home)
    check(target, given)
    now = stage.stage(given)
    steps = planned(now, target, home, bool(given.get("causeway:escrow")))
    if not steps:
        output.print_line(output.console(), f"The stack is at level {target.value}: nothing to do.")
        return 0
    pending = rotate.unfinished(home)
    for number, line in enumerate([*_first(pending), *(f"{step.action.value}: {step.text}" for step in steps)], 1):
        output.print_line(output.console(), f"{number}. {line}")
    if plan_only:
        return 0
    if not yes:
        _ask()
    for rotation in pending:
        rotation.follow()
    migration = Migration(home)
    if pending or not now.previous:
        migration.forget()
    migration.follow(steps)
    output.print_line(output.console(), f"The stack is at level {target.value}.")
    return 0


def check(target: SecretsLevel, given: Mapping[str, Any]) -> None:
    """Refuse a level whose back end is not ready on the stack's target, before anything is changed."""
    name = str(given.get("causeway:platform", "minikube"))
    if reason := levels.refusal(target, name, given.get(f"causeway:{name}") or {}):
        raise Refused(f"--to: {reason}")


def planned(now: Stage, target: SecretsLevel, home: Home, escrow_in_settings: bool) -> list[Step]:
    """The plan; raises Refused where another migration is under way."""
    try:
        return plan(now, target, escrow_in_settings or sealing_key.path(home).exists())
    except ValueError as wrong:
        raise Refused(f"--to: given {target.value}: {wrong}") from None


def _first(pending: list[Rotation]) -> list[str]:
    """The plan's beginning: a rotation that was interrupted, for its new value would not be the one that the levels are compared by."""
    return [f"finish the rotation of {one.secret} to version {one.version}, which was interrupted" for one in pending]


def _ask() -> None:
    if not sys.stdin.isatty():
        raise Refused("nobody can be asked here: give --yes to follow the plan, or --plan to see it")
    typer.confirm("Follow this plan?", abort=True, err=True)


class Migration:
    """One migration of the stack; what it remembers are salted digests, in a file that only its owner can read."""

    def __init__(self, home: Home) -> None:
        self.home, self.progress = home, Progress()
        self.file: Path = home.state / "migration.json"

    def follow(self, steps: list[Step]) -> None:
        """Take every step in its order."""
        for step in steps:
            self._take(step)
        self.file.unlink(missing_ok=True)

    def forget(self) -> None:
        """Drop what an interrupted run remembered: before the cut the Secrets in use are right as they are now."""
        self.file.unlink(missing_ok=True)

    def _take(self, step: Step) -> None:
        if step.action is Action.ESCROW:
            sealing_key.add(self.home)
        if step.action is Action.MAKE and not self.file.exists():
            self._remember()
        if step.stage:
            level, candidate, previous = (one.value if one else None for one in step.stage)
            stage.write(self.home, {"level": level, "candidate": candidate, "previous": previous})
            stage.up(self.home, self.progress)
        if step.action is Action.COMPARE:
            self._same(CANDIDATE, "comparing both levels by digest")
        if step.action is Action.CONFIRM:
            self._same("", "confirming the Secrets by digest")

    def _remember(self) -> None:
        salt = secrets.token_hex(32)
        known = stage.read_digests(self.home, salt, self._places())
        files.write(self.file, json.dumps({"salt": salt, "digests": known}))

    def _same(self, suffix: str, what: str) -> None:
        if not self.file.exists():
            self._remember()
        kept: dict[str, Any] = json.loads(self.file.read_text())
        wanted = self._places()
        stage.wait(lambda: differences(kept["digests"], stage.read_digests(self.home, kept["salt"], wanted, suffix)), what, self.progress)

    def _places(self) -> list[tuple[str, str]]:
        return stage.places(platform.outputs(self.home))
