"""Running the whole program as a stack, as the engine would."""

import json
import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.recorder import Recording, run

REPOSITORY = Path(__file__).resolve().parents[2]
_PUBLISHED = {"status": {"loadBalancer": {"ingress": [{"ip": "198.51.100.7"}]}}}
FRONT_DOOR = {"web-ingress": _PUBLISHED, "monitoring-ingress": _PUBLISHED, "argocd-ingress": _PUBLISHED}


def stack_config(stack_file: Path) -> dict[str, str]:
    """A stack file over the defaults that Pulumi.yaml declares, as the engine hands it over."""
    declared = yaml.safe_load((REPOSITORY / "Pulumi.yaml").read_text())["config"]
    given = (yaml.safe_load(stack_file.read_text()) or {}).get("config", {})
    values = {key: entry["default"] for key, entry in declared.items()} | given
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}


ALONE = {"causeway:gitops": '{"enabled": false}'}
"""Configuration of a stack whose shop is the program's alone."""


def run_stack(stack: str, states: Mapping[str, Mapping[str, Any]] = FRONT_DOOR, preview: bool = False, **changes: str) -> Recording:
    """Run `__main__.py` with the configuration of `Pulumi.<stack>.yaml`, and the `changes` to it."""
    config = stack_config(REPOSITORY / f"Pulumi.{stack}.yaml") | changes
    return run(_program, config=config, states=states, stack=stack, preview=preview)


def _program() -> None:
    runpy.run_path(str(REPOSITORY / "__main__.py"))
