"""Versions, read from components/versions.json: the only place where one is written."""

import json
from typing import Any

from stack.section import Target
from stack.state import REPOSITORY


def images() -> dict[str, str]:
    """Image references by short name."""
    return dict(_versions()["images"])


def charts() -> dict[str, Any]:
    """Version and repository of each chart by name."""
    return dict(_versions()["charts"])


def plugin(package: str) -> str:
    """The version of a provider's plugin."""
    return str(_versions()["plugins"][package])


def kubernetes(target: Target) -> str:
    """The Kubernetes version of a cloud that has to be told one."""
    return str(_versions()["clouds"][target.value])


def _versions() -> dict[str, Any]:
    return dict(json.loads((REPOSITORY / "components" / "versions.json").read_text()))
