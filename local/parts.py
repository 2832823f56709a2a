"""What a stack wants besides the default parts, and which tools, images and doubles of charts each of these needs on the local cluster."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from local.home import REPOSITORY
from local.pulumi import STACK
from local.stand_ins import GITOPS, SEALED_SECRETS, VAULT, Row


@dataclass(frozen=True)
class Part:
    """One part of the platform that is not there by default."""

    tools: tuple[str, ...]
    images: tuple[str, ...]
    rows: tuple[Row, ...]


PARTS: MappingProxyType[str, Part] = MappingProxyType(
    {
        "gitops": Part(tools=("argo-cd",), images=("argo-cd", "redis", "git-server"), rows=GITOPS),
        "sealed": Part(tools=("sealed-secrets",), images=("sealed-secrets",), rows=(SEALED_SECRETS,)),
        "vault": Part(tools=("vault",), images=("vault",), rows=(VAULT,)),
    }
)
"""Name of the part: GitOps, or a level of the secrets ladder."""


def wanted(stack_file: Path = REPOSITORY / f"Pulumi.{STACK}.yaml") -> tuple[Part, ...]:
    """The parts that a stack file asks for. What is wrong in it is the program's to say."""
    config: Mapping[str, Any] = (yaml.safe_load(stack_file.read_text()) or {}).get("config") or {}
    secrets = config.get("causeway:secrets") or {}
    levels = [secrets.get(key) for key in ("level", "candidate", "previous")] if isinstance(secrets, Mapping) else []
    gitops = config.get("causeway:gitops") or {}
    switched = ["gitops"] if isinstance(gitops, Mapping) and gitops.get("enabled") is True else []
    return tuple(part for name in dict.fromkeys([*levels, *switched]) if (part := PARTS.get(str(name))))


def tools(parts: Iterable[Part]) -> tuple[str, ...]:
    return tuple(name for part in parts for name in part.tools)


def images(parts: Iterable[Part]) -> tuple[str, ...]:
    return tuple(name for part in parts for name in part.images)


def rows(parts: Iterable[Part]) -> tuple[Row, ...]:
    return tuple(row for part in parts for row in part.rows)
