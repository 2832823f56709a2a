"""Where a tool lies in the cache: a directory named for its version and for a digest of its recipe."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from local.toolchain.pins import Pin
from workspace.home import REPOSITORY, Home

FORMAT = 1
"""Raised when the way of making tools changes, so that nothing made the old way is used."""

MARKER = ".route"
"""The file that a whole tool's directory has: how the tool was got."""

BEFORE_DIGESTS = {
    "pulumi": "3a18d3953f8e",
    "kubectl": "7e625749c91c",
    "helm": "9141d24a5170",
    "kubernetes": "98dfbfa8a75c",
    "container-runtime": "a8383cfd5f19",
    "promtool": "f5a5334d3318",
    "amtool": "f05652ffbe50",
}
"""Recipes, by tool, of the directories from the time when a version alone named them: they need not be made again."""


def digest(pin: Pin) -> str:
    """A digest over all that decides what a tool is: what versions.json says of it, and its module's files."""
    said = {name: value for name, value in _said(asdict(pin)).items() if name != "minimum"}
    module = REPOSITORY / "local" / "build" / pin.name
    files = {
        str(path.relative_to(module)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(module.rglob("*")) if path.is_file()
    }
    return hashlib.sha256(json.dumps([FORMAT, said, files], sort_keys=True).encode()).hexdigest()[:12]


def _said(entry: dict[str, Any]) -> dict[str, Any]:
    """`entry` without what it leaves empty, so that a new kind of entry changes only the recipes that have it."""
    return {name: _said(value) if isinstance(value, dict) else value for name, value in entry.items() if value}


def directory(pin: Pin, home: Home) -> Path:
    """Where the tool is, or will be once it is made."""
    name, recipe = f"{pin.name}-{pin.version}", digest(pin)
    named = home.cache / "tools" / f"{name}-{recipe}"
    before = home.cache / "tools" / name
    is_whole_before = BEFORE_DIGESTS.get(pin.name) == recipe and (before / MARKER).exists()
    return before if is_whole_before and not named.exists() else named
