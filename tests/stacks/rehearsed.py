"""A cloud's stack with the rehearsal's own rules and answers, but without an engine: quick enough for every profile.

The program registers as always; each resource of a cloud is judged by the value rules and made by the rehearsed cloud, so
ids and ARNs are those of a rehearsal. `scripts/rehearse` adds the engine, the SDK's classes and the cluster.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from pulumi.runtime.mocks import MockResourceArgs

from stand_ins.plugins.rehearsal.cloud import Cloud
from stand_ins.plugins.rehearsal.sdk import Sdk
from stand_ins.plugins.rehearsal.shapes import Refusal
from stand_ins.plugins.rehearsal.store import Store, Thing
from tests.conftest import SEED
from tests.recorder import Recording, run
from tests.stacks.program import FRONT_DOOR, REPOSITORY, _program, stack_config

EXAMPLES = REPOSITORY / "docs/clouds"
PROFILES: Mapping[str, tuple[Path, Mapping[str, Mapping[str, Any]]]] = {
    "eks": (REPOSITORY / "Pulumi.eks.yaml", {}),
    "eks-production": (EXAMPLES / "Pulumi.eks-production.example.yaml", {}),
    "gke": (REPOSITORY / "Pulumi.gke.yaml", {}),
    "gke-production": (EXAMPLES / "Pulumi.gke-production.example.yaml", {}),
    "gke-standard": (EXAMPLES / "Pulumi.gke-standard.example.yaml", {}),
}
"""The stack files that we ship: the file, and what is changed in it."""

KUBERNETES = {"server": "https://127.0.0.1:6443", "authority": "eA=="}


@dataclass(frozen=True)
class Rehearsed:
    """What a profile makes: everything registered, the clouds' things, and what the rules refused, by URN."""

    recording: Recording
    things: list[Thing]
    refused: dict[str, list[Refusal]]


class _Cloud:
    """Answers for one cloud's resources; region and account come from the stack's provider, as in the plugin."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "things.json")
        self.clouds = {name: Cloud(name, Sdk(folder / "no.whl", name), self.store, KUBERNETES) for name in ("aws", "gcp")}
        self.refused: dict[str, list[Refusal]] = {}

    def answer(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]] | None:
        if args.typ.startswith("pulumi:providers:"):
            self._configure(args.typ.rpartition(":")[2], args.inputs)
        package = args.typ.partition(":")[0]
        if package not in self.clouds:
            return None
        cloud, urn = self.clouds[package], f"{args.typ}::{args.name}"
        if wrong := list(cloud.judge(args.typ, urn, args.inputs)):
            self.refused[urn] = wrong
        return cloud.create(args.typ, urn, args.inputs)

    def _configure(self, package: str, inputs: Mapping[str, Any]) -> None:
        if package in self.clouds:
            accounts = json.loads(inputs.get("allowedAccountIds", "[]"))
            self.clouds[package].region = inputs["region"]
            self.clouds[package].account = accounts[0] if accounts else inputs["project"]


class Kept(Store):
    """A store that is only read: the things of a rehearsal that is over."""

    def __init__(self, things: list[Thing]) -> None:
        self.things = {f"{thing.token}|{thing.id}": thing for thing in things}

    def _read(self) -> dict[str, Thing]:
        return self.things


@cache
def rehearsed(profile: str) -> Rehearsed:
    """What a profile makes; run once however many tests look at it."""
    return rehearse(profile)


def rehearse(profile: str, changes: Mapping[str, Mapping[str, Any]] | None = None) -> Rehearsed:
    """Run the program on a profile; `changes` go over the stack file, section by section."""
    file, over = PROFILES[profile]
    config = stack_config(file)
    for section, values in (*over.items(), *(changes or {}).items()):
        config[section] = json.dumps({**json.loads(config[section]), **values})
    with TemporaryDirectory() as home, patch.dict(os.environ, CAUSEWAY_HOME=home):
        (Path(home) / "seed").write_text(f"{SEED}\n")
        cloud = _Cloud(Path(home))
        recording = run(_program, config=config, states=FRONT_DOOR, stack=profile, answer=cloud.answer)
        return Rehearsed(recording, cloud.store.all(), cloud.refused)
