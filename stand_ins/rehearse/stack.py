"""The stack to rehearse: its file as the run has it, without what only its owner can read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from workspace.documents import read_config
from workspace.home import REPOSITORY
from workspace.progress import Problem

Config = dict[str, Any]


@dataclass(frozen=True)
class Stack:
    """A stack by the engine's name of it, and the file that the engine is told to read."""

    name: str
    config: Path

    @property
    def words(self) -> tuple[str, ...]:
        """What every command of the engine on it needs."""
        return "--stack", self.name, "--config-file", str(self.config)

    @property
    def settings(self) -> Config:
        """The settings as they stand in the file."""
        return read_config(self.config)

    def set(self, section: str, key: str, value: Any) -> None:
        """Change one setting, as its owner would."""
        config = self.settings
        config[section] = {**(config.get(section) or {}), key: value}
        self.config.write_text(yaml.safe_dump({"config": config}))


def shipped(target: str) -> Path:
    """The stack file of a target."""
    return REPOSITORY / f"Pulumi.{target}.yaml"


def tools(file: Path) -> list[str]:
    """The tools whose modules have the definitions of what the stack's charts bring, by its settings; raises Problem."""
    config = _settings(file)
    ladder = _section(config, "secrets")
    levels = {str(ladder.get(key)) for key in ("level", "candidate", "previous")}
    wanted = {
        "prometheus-operator": True,
        "argo-cd": _section(config, "gitops").get("enabled", config.get("causeway:platform") == "minikube"),
        "sealed-secrets": "sealed" in levels,
        "external-secrets": bool(levels & {"external", "vault"}),
    }
    return [tool for tool, is_wanted in wanted.items() if is_wanted]


def is_managed(file: Path) -> bool:
    """Whether the cloud alone puts anything into kube-system: GKE's Autopilot, which is what a file gets that names no mode."""
    config = _settings(file)
    return bool(config.get("causeway:platform") == "gke" and _section(config, "gke").get("mode", "autopilot") == "autopilot")


def copied(target: str, file: Path, folder: Path) -> tuple[Stack, list[str]]:
    """A copy of a stack file for the rehearsal, and the names of the encrypted settings that it leaves out; raises Problem."""
    config, left_out = readable(_settings(file))
    if (named := config.get("causeway:platform")) != target:
        raise Problem(f"{file}: causeway:platform is {named!r}, and {target!r} is to be rehearsed")
    copy = folder / f"Pulumi.{target}.yaml"
    copy.write_text(yaml.safe_dump({"config": config}))
    return Stack(target, copy), left_out


def readable(config: Config) -> tuple[Config, list[str]]:
    """A stack file's settings without the encrypted ones, and the names of those."""
    left_out: list[str] = []
    return _without(config, "", left_out), left_out


def _section(config: Config, name: str) -> Config:
    """A section of the settings; what is no mapping is the program's to refuse."""
    found = config.get(f"causeway:{name}")
    return found if isinstance(found, dict) else {}


def _settings(file: Path) -> Config:
    config = read_config(file)
    if not config:
        raise Problem(f"{file}: has no settings; a stack file has them below config, as Pulumi.eks.yaml does")
    return config


def _without(given: Config, path: str, left_out: list[str]) -> Config:
    """`given` without what is encrypted, at any depth."""
    kept = {}
    for key, value in given.items():
        name = f"{path}.{key}" if path else key
        if isinstance(value, dict) and value.keys() == {"secure"}:
            left_out.append(name)
        else:
            kept[key] = _without(value, name, left_out) if isinstance(value, dict) else value
    return kept
