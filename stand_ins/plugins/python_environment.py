"""What a program's virtual environment holds, read from its files: no `pip`, no import of the program's packages."""

import json
import os
import re
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from stand_ins.plugins import protocol


def interpreter(info: Any) -> Path:
    """The Python that runs a program: that of the `virtualenv` runtime option, else our own."""
    name = info.options["virtualenv"] if info.HasField("options") and "virtualenv" in info.options else ""
    return Path(info.root_directory, str(name)) / "bin" / "python" if name else Path(sys.executable)


def library(info: Any) -> Path:
    return protocol.site_packages(str(interpreter(info)))


def installed_plugins(site: Path) -> list[dict[str, str]]:
    """Packages with a resource plugin that is on this machine.

    The official host names every such package and the engine downloads the missing ones; without a way to download,
    naming them would only make each run wait for a failing connection.
    """
    found = []
    for manifest in sorted(site.glob("*/pulumi-plugin.json")):
        content = json.loads(manifest.read_text())
        name = content.get("name") or manifest.parent.name.removeprefix("pulumi_").replace("_", "-")
        version = content.get("version", "")
        if content.get("resource") and (pulumi_home() / "plugins" / f"resource-{name}-v{version}").exists():
            found.append({"name": name, "version": f"v{version}", "server": content.get("server", "")})
    return found


def pulumi_home() -> Path:
    return Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")


def packages(site: Path, transitive: bool) -> list[tuple[str, str]]:
    """Installed distributions; unless `transitive`, only those that no other one requires."""
    found = {normal(item.metadata["Name"]): item for item in metadata.distributions(path=[str(site)])}
    required: set[str] = set()
    if not transitive:
        for item in found.values():
            required.update(normal(re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0]) for line in item.requires or [])
    return sorted((item.metadata["Name"], item.version) for name, item in found.items() if name not in required)


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def install_commands(info: Any, directory: Path) -> list[list[str]]:
    """Commands that bring a program's environment up to its requirements.txt; `pulumi install` runs them."""
    python = interpreter(info)
    commands = []
    if not python.exists():
        commands.append([sys.executable, "-m", "venv", str(python.parent.parent)])
    requirements = directory / "requirements.txt"
    if requirements.exists():
        commands.append([str(python), "-m", "pip", "install", "--disable-pip-version-check", "-r", str(requirements)])
    return commands
