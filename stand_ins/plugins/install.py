"""Puts the stand-ins where the engine looks for plugins."""

import json
import shlex
import shutil
import sys
from collections.abc import Collection
from pathlib import Path

from local.stand_ins import LANGUAGE_HOST, PROVIDER
from stand_ins.plugins.protocol import sdk_version, site_packages
from workspace.home import REPOSITORY, Home

PLUGINS = Path(__file__).parent
EXECUTABLE = 0o755


def install_stand_ins(home: Home, official: Collection[str] = ()) -> None:
    """Write the launchers of the language host and the Kubernetes provider, but for those parts that are `official`.

    Launchers that are already right stay untouched.
    """
    site = site_packages(str(interpreter()))
    plugins = home.pulumi_home / "plugins"
    provider = plugins / f"resource-kubernetes-v{plugin_version(site)}" / "pulumi-resource-kubernetes"
    if PROVIDER not in official:
        write(provider, launcher(PLUGINS / "kubernetes" / "__main__.py"))
    # In the plugin cache and not on PATH: the engine warns at each run of a language host that it finds there, and
    # prefers an official host beside its own executable to both.
    host = plugins / f"language-python-v{sdk_version(site)}" / "pulumi-language-python"
    if LANGUAGE_HOST not in official:
        write(host, launcher(PLUGINS / "language_python.py"))
    switch_off_engine_log(home.pulumi_home / "logs")


def interpreter() -> Path:
    """The repository's environment; the running one where there is none (a check-out under test)."""
    own = REPOSITORY / ".venv" / "bin" / "python"
    return own if own.exists() else Path(sys.executable)


def plugin_version(site: Path) -> str:
    """The plugin version that the installed SDK asks for."""
    manifest = json.loads((site / "pulumi_kubernetes" / "pulumi-plugin.json").read_text())
    return str(manifest["version"])


def launcher(program: Path, *words: str) -> str:
    """A script that starts `program`, with `words` before the engine's own arguments."""
    # Isolated and without `site`: saves 10 ms per start and keeps the user's PYTHON* variables out.
    return f'#!/bin/sh\nexec {shlex.join([str(interpreter()), "-I", "-S", str(program), *words])} "$@"\n'


def write(path: Path, content: str) -> None:
    if path.is_file() and path.read_text() == content and path.stat().st_mode & EXECUTABLE == EXECUTABLE:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # Renamed into place: a run that is under way must never start half a script.
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(content)
    temporary.chmod(EXECUTABLE)
    temporary.replace(path)


def switch_off_engine_log(path: Path) -> None:
    """The engine writes every property map to this directory, most of a run's CPU time; a plain file stops it."""
    if path.is_dir():
        shutil.rmtree(path)
    if not path.exists():
        path.write_text("A file in place of the engine's log directory switches its automatic log off.\n")
