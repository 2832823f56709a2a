"""`causeway secrets rotate SECRET`: two versions overlap, consumers roll, the old one is ended and then refused."""

import json
import secrets as chance
import sys
from pathlib import Path
from typing import Any

import typer

from cli import output, platform
from cli.refusal import Refused
from cli.secrets import stage
from components.secrets.derive import derive
from components.secrets.ledger import ROTATED
from components.secrets.migration import Stage, differences
from components.secrets.values import DEFAULT_LENGTH
from components.shop import DATABASE_SECRET
from components.shop import credentials as database
from workspace import files, pulumi
from workspace.cluster import chosen
from workspace.home import Home
from workspace.progress import Problem, Progress

POD = "database-0"


def run(secret: str, yes: bool, plan_only: bool) -> int:
    """Show the plan, ask, and follow it."""
    home = Home.load()
    known = places(home)
    if secret not in known:
        raise Refused(f"SECRET: given {secret}; allowed: {', '.join(sorted(known))}")
    rotation = Rotation(home, known[secret], secret)
    _not_amid_a_cut(stage.stage(stage.settings(home)))
    for number, text in enumerate(rotation.plan(), 1):
        output.print_line(output.console(), f"{number}. {text}")
    if plan_only:
        return 0
    if not yes and not sys.stdin.isatty():
        raise Refused("nobody can be asked here: give --yes to follow the plan, or --plan to see it")
    if not yes:
        typer.confirm("Follow this plan?", abort=True, err=True)
    rotation.follow()
    output.print_line(output.console(), f"{secret} is at version {rotation.version}.")
    return 0


def places(home: Home) -> dict[str, str]:
    """The namespace of each Secret of the stack, by its name."""
    return {name: namespace for namespace, name in stage.places(platform.outputs(home))}


def unfinished(home: Home) -> list["Rotation"]:
    """The rotations of this checkout that were interrupted: until they are over, settings and Secrets are of two versions."""
    names = sorted(file.stem.removeprefix("rotation-") for file in home.state.glob("rotation-*.json"))
    known = places(home) if names else {}
    return [Rotation(home, known[name], name) for name in names if name in known]


def _not_amid_a_cut(now: Stage) -> None:
    """After its cut a migration confirms that values are what they were; a new value in between would look like a wrong one."""
    if now.previous:
        reason = f"a migration from {now.previous.value} to {now.level.value} is under way: finish it with causeway secrets migrate"
        raise Refused(f"SECRET: {reason} --to {now.level.value}")


class Rotation:
    """One rotation; an interrupted one is found again by its file and goes on where it stopped."""

    def __init__(self, home: Home, namespace: str, secret: str) -> None:
        self.home, self.namespace, self.secret, self.progress = home, namespace, secret, Progress()
        self.file: Path = home.state / f"rotation-{secret}.json"
        given = stage.settings(home)
        rotations = (given.get(stage.SECTION) or {}).get("rotations") or {}
        at = int((rotations.get(secret) or {}).get("version", 1))
        self.kept: dict[str, Any] = json.loads(self.file.read_text()) if self.file.exists() else {"version": at + 1}
        self.version = int(self.kept["version"])
        self.is_database = secret == DATABASE_SECRET

    def plan(self) -> list[str]:
        """What will be done, a line for each step."""
        old, new = self.version - 1, self.version
        overlap = [f"admit the database's user of version {new} beside that of version {old}: both are valid"] if self.is_database else []
        ended = [f"wait until nobody uses version {old}, end it, and see that it is refused"] if self.is_database else []
        return [*overlap, f"give Secret {self.namespace}/{self.secret} version {new}", "roll its consumers", *ended]

    def follow(self) -> None:
        """Take every step; each may be repeated."""
        self._remember()
        if self.is_database:
            self._admit()
        self._renew()
        stage.up(self.home, self.progress)
        if self.is_database:
            self._end()
        self.file.unlink()

    def _remember(self) -> None:
        """The digests of what is there now, to see when the Secret has changed; kept for the case of an interruption."""
        if self.file.exists():
            return
        salt = chance.token_hex(32)
        before = stage.read_digests(self.home, salt, [(self.namespace, self.secret)])
        self.kept = {"version": self.version, "rotated": stage.now(), "salt": salt, "before": before}
        files.write(self.file, json.dumps(self.kept))

    def _renew(self) -> None:
        """The new version in settings and Secret; its consumers not yet, for at some levels a Secret follows a moment later."""
        prefix = f"rotations.{self.secret}"
        stage.write_rotation(self.home, prefix, self.version, str(self.kept["rotated"]))
        stage.up(self.home, self.progress, [f"**::{self.secret}-*"])
        stage.wait(self._not_renewed, f"waiting for Secret {self.namespace}/{self.secret}", self.progress)

    def _not_renewed(self) -> list[str]:
        path = f"--output=jsonpath={{.metadata.annotations.{ROTATED.replace('.', chr(92) + '.')}}}"
        rotated = chosen(self.home).run("get", "secret", self.secret, f"--namespace={self.namespace}", path)
        after = stage.read_digests(self.home, self.kept["salt"], [(self.namespace, self.secret)])
        changed = differences(self.kept["before"], after)
        return [] if rotated == self.kept["rotated"] and changed else [f"{self.namespace}/{self.secret}"]

    def _admit(self) -> None:
        with self.progress.step(f"database: admitting version {self.version}"):
            proof = database.verifier(self._password(self.version), chance.token_bytes(16))
            self._in_pod(database.admit(self.version, proof))

    def _end(self) -> None:
        old = self.version - 1
        in_use = database.sessions(old)
        stage.wait(lambda: self._users(in_use), f"database: waiting until nobody uses version {old}", self.progress)
        self._in_pod(database.end(old))
        for version, wanted in ((old, database.REFUSED), (self.version, database.ACCEPTED)):
            found = self._in_pod(database.try_password(version, self._password(version))).strip()
            if found != wanted:
                raise Problem(f"database: the password of version {version} is {found}, should be {wanted}; run the command again")

    def _users(self, script: str) -> list[str]:
        return [f"sessions: {line}" for line in self._in_pod(script).splitlines() if line]

    def _in_pod(self, script: str) -> str:
        words = ("exec", "--stdin", POD, f"--namespace={self.namespace}", "--", "sh", "-s")
        return chosen(self.home).run(*words, given=script)

    def _password(self, version: int) -> str:
        """What the program derives for a version; it goes nowhere but into a script's standard input."""
        return derive(self._seed(), namespace=self.namespace, name=self.secret, key="password", version=version, length=DEFAULT_LENGTH)

    def _seed(self) -> str:
        if self.home.seed.exists():
            return self.home.seed.read_text().strip()
        return pulumi.run(self.home, "config", "get", "causeway:seed", "--stack", platform.stack()).strip()
