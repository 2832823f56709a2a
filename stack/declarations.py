"""`scripts/render`: writes the declarations of all settings into Pulumi.yaml; `--check` only says whether they would change."""

import sys
from collections.abc import Mapping
from typing import Any

import yaml
from pydantic.alias_generators import to_camel

from stack.parts import PARTS
from stack.refusals import NAMESPACE
from stack.state import REPOSITORY

FILE = REPOSITORY / "Pulumi.yaml"
COMMENT = """\
  # ./scripts/render writes these from stack/. The engine asks for a value of every key,
  # so one that may stay unset has an empty default.
"""
COMMON: Mapping[str, tuple[str, str]] = {
    "platform": ("minikube", "Target: minikube, eks or gke."),
    "environment": ("development", "What the platform is for: development, staging or production."),
    "team": ("platform", "Team that owns what the program makes."),
    "domain": ("", "Domain below which hosts are named; empty for any host."),
    "kubeconfig": ("", "Path of the kubeconfig, relative to the project; empty for the one that scripts/up writes."),
    "context": ("causeway", "Context in the kubeconfig; never the current one."),
}
"""Settings of the whole stack to default and description."""
CLOUDS: dict[str, str] = {
    "eks": "On EKS: account, region, zones, publicAccessCidrs, adminRoles; and cidr, nat, deletionProtection, secrets.",
    "gke": "On GKE: project, projectNumber, region, kmsKey; and mode, channel, cidr, deletionProtection, secrets.",
}


def declared() -> dict[str, dict[str, Any]]:
    """Setting to its declaration; the engine and editors read it."""
    texts = dict(COMMON)
    texts |= {to_camel(name): ("", one.description) for part in PARTS for name, one in part.credentials.items()}
    sections = {part.name: part.description for part in PARTS} | CLOUDS
    made: dict[str, dict[str, Any]] = {
        name: {"type": "string", "description": description, "default": default} for name, (default, description) in texts.items()
    }
    made |= {name: {"type": "object", "description": description, "default": {}} for name, description in sections.items()}
    return {f"{NAMESPACE}:{name}": declaration for name, declaration in made.items()}


def text() -> str:
    """Pulumi.yaml with today's declarations."""
    head = FILE.read_text().partition("config:\n")[0]
    body = yaml.safe_dump({"config": declared()}, sort_keys=False, width=1000, default_flow_style=False)
    return head + body.replace("config:\n", "config:\n" + COMMENT, 1)


def main(check: bool) -> int:
    """Write the file, or say that it differs; 1 if `check` found a difference."""
    wanted = text()
    if wanted == FILE.read_text():
        return 0
    print(f"{FILE.name}: {'differs from the settings in stack/' if check else 'written'}")
    if not check:
        FILE.write_text(wanted)
    return int(check)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] == ["--check"]))
