"""`causeway secrets` by itself: where every secret is and how to read it."""

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.text import Text

from cli import output, platform
from workspace.home import Home


@dataclass(frozen=True)
class Secret:
    """A key of a Kubernetes Secret; `command` prints its value."""

    name: str
    namespace: str
    secret: str
    key: str
    command: str


def run(as_json: bool) -> int:
    """Print the secrets' places; the exit code is 0."""
    home = Home.load()
    found = read(platform.outputs(home).secret_refs, reader(home, os.environ))
    if as_json:
        output.print_json({"secrets": [_as_json(secret) for secret in found]})
    else:
        print_secrets(output.console(), found)
    return 0


def reader(home: Home, environment: Mapping[str, str]) -> str:
    """How kubectl is to be called in this shell: by its name alone after `eval "$(./scripts/env)"`, else in full."""
    if environment.get("KUBECONFIG") == str(home.kubeconfig):
        return "kubectl"
    program = home.bin / "kubectl"
    return f"{shlex.quote(str(program)) if program.exists() else 'kubectl'} --kubeconfig={shlex.quote(str(home.kubeconfig))}"


def read(refs: Mapping[str, Mapping[str, Any]], kubectl: str = "kubectl") -> list[Secret]:
    """A row for each stack output in `secretRefs`, but for what is public."""
    secret = sorted((name, ref) for name, ref in refs.items() if not ref.get("public"))
    return [Secret(name, ref["namespace"], ref["secret"], ref["key"], command(ref, kubectl)) for name, ref in secret]


def command(ref: Mapping[str, Any], kubectl: str) -> str:
    """The exact command that prints the value; a dot in a key would otherwise be read as a step down a path."""
    path = "{.data." + ref["key"].replace(".", r"\.") + "}"
    return f"{kubectl} get secret {ref['secret']} -n {ref['namespace']} -o jsonpath={shlex.quote(path)} | base64 -d"


def print_secrets(target: Console, found: list[Secret]) -> None:
    """Each secret's name, its place, and its command, which is never broken."""
    if not found:
        output.print_line(target, "The stack has no secrets.")
    for secret in found:
        output.print_line(target, Text(secret.name, style="bold"))
        output.print_line(target, f"  namespace {secret.namespace}, Secret {secret.secret}, key {secret.key}")
        output.print_line(target, f"  {secret.command}")


def _as_json(secret: Secret) -> dict[str, Any]:
    return {
        "name": secret.name,
        "namespace": secret.namespace,
        "secret": secret.secret,
        "key": secret.key,
        "command": secret.command,
    }
