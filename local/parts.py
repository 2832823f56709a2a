"""What a stack wants besides the default parts, and which tools, images and doubles of charts each of these needs on the local cluster."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from local.choice import Choice, ClusterKind
from local.stand_ins import EXTERNAL_SECRETS, GITOPS, SEALED_SECRETS, SECRETS_MANAGER, UNWATCHED, VAULT, WATCHED_BY_NOTHING, Row
from workspace.documents import read_config
from workspace.home import REPOSITORY
from workspace.progress import Problem
from workspace.pulumi import STACK


@dataclass(frozen=True)
class Part:
    """One part of the platform that is not there by default."""

    tools: tuple[str, ...]
    images: tuple[str, ...]
    rows: tuple[Row, ...]
    ours: tuple[str, ...] = ()
    """Which of the images no registry has: a cluster that pulls the rest is given them."""


PARTS: MappingProxyType[str, Part] = MappingProxyType(
    {
        "gitops": Part(
            tools=("argo-cd",),
            images=("argo-cd", "redis", "git-server", "argocd-keeper"),
            rows=GITOPS,
            ours=("git-server", "argocd-keeper"),
        ),
        "sealed": Part(tools=("sealed-secrets",), images=("sealed-secrets",), rows=(SEALED_SECRETS,)),
        "external": Part(
            tools=("external-secrets",), images=("external-secrets", "moto"), rows=(EXTERNAL_SECRETS, SECRETS_MANAGER), ours=("moto",)
        ),
        "vault": Part(
            tools=("external-secrets", "vault"),
            images=("external-secrets", "vault", "vault-keeper"),
            rows=(EXTERNAL_SECRETS, VAULT),
            ours=("vault-keeper",),
        ),
    }
)
"""Name of the part: GitOps, or a level of the secrets ladder."""


STACK_FILE = REPOSITORY / f"Pulumi.{STACK}.yaml"
SIMULATED_MONITORING = {
    False: Part(tools=(), images=(), rows=(UNWATCHED,)),
    True: Part(tools=("prometheus-operator",), images=(), rows=(WATCHED_BY_NOTHING,)),
}
"""Monitoring where KWOK plays the node: not there unless the stack file asks for it, and then its kinds are needed."""
BORROWED = Part(tools=("prometheus-operator",), images=(), rows=())
"""What a local cluster of another checkout needs from here: the kinds of monitoring; it has the programs."""


def wanted(stack_file: Path = STACK_FILE) -> tuple[Part, ...]:
    """The parts that a stack file asks for, or does not leave out. What is wrong in it is the program's to say."""
    secrets = _section(stack_file, "secrets")
    levels = [secrets.get(key) for key in ("level", "candidate", "previous")]
    switched = [] if _section(stack_file, "gitops").get("enabled") is False else ["gitops"]
    return tuple(part for name in dict.fromkeys(map(str, [*levels, *switched])) if (part := PARTS.get(name)))


def chosen(choice: Choice, stack_file: Path = STACK_FILE) -> tuple[Part, ...]:
    """The parts that a stack file asks for and that are made or stood in for here: none on somebody's real cluster."""
    if choice.simulated:
        return (SIMULATED_MONITORING[_section(stack_file, "monitoring").get("enabled") is True],)
    if choice.borrowed:
        return (BORROWED, *wanted(stack_file))
    return wanted(stack_file) if choice.kind is ClusterKind.LOCAL else ()


def _section(stack_file: Path, name: str) -> Mapping[str, Any]:
    if not stack_file.exists():
        raise Problem(f"{stack_file}: is missing; fix: git checkout {stack_file.name}")
    return _mapping(read_config(stack_file).get(f"causeway:{name}"))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def tools(parts: Iterable[Part]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in parts for name in part.tools))


def images(parts: Iterable[Part]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in parts for name in part.images))


def ours(parts: Iterable[Part]) -> tuple[str, ...]:
    return tuple(name for part in parts for name in part.ours)


def rows(parts: Iterable[Part]) -> tuple[Row, ...]:
    return tuple(dict.fromkeys(row for part in parts for row in part.rows))
