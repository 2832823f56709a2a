"""Pulumi's own plugins, used wherever they can be had."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from local.stand_ins import LANGUAGE_HOST, PROVIDER
from local.toolchain import Installed
from local.toolchain.official import answers
from stand_ins.plugins.install import interpreter, plugin_version
from stand_ins.plugins.protocol import site_packages
from workspace import pulumi
from workspace.home import Home
from workspace.progress import Progress

HOST = "github.com"
"""Where the engine downloads released plugins from."""

LANGUAGE_FILES = ("pulumi-language-python", "pulumi-language-python-exec")


def fetch_official(home: Home, tools: Mapping[str, Installed], progress: Progress) -> frozenset[str]:
    """The parts for which Pulumi's own plugin is in place, downloaded now if that is possible.

    What was stood in once stays so until the checkout's `.causeway/pulumi` is removed, so that a second run asks nobody.
    """
    found = set()
    if link_language_host(tools["pulumi"].directory, home.bin):
        found.add(LANGUAGE_HOST)
    version = plugin_version(site_packages(str(interpreter())))
    program = home.pulumi_home / "plugins" / f"resource-kubernetes-v{version}" / "pulumi-resource-kubernetes"
    if is_official(program) or (not program.exists() and answers(HOST) and _install(version, home, progress)):
        found.add(PROVIDER)
    return frozenset(found)


def link_language_host(source: Path, target: Path) -> bool:
    """Link the language host that came with the CLI beside the engine in `target`; False where none came with it."""
    if not all((source / name).exists() for name in LANGUAGE_FILES):
        return False
    for name in LANGUAGE_FILES:
        (target / name).unlink(missing_ok=True)
        (target / name).symlink_to(source / name)
    return True


def is_official(program: Path) -> bool:
    """Whether `program` is a compiled plugin: a stand-in's launcher is a script."""
    if not program.exists():
        return False
    with program.open("rb") as file:
        return file.read(2) != b"#!"


def _install(version: str, home: Home, progress: Progress) -> bool:
    command = ["pulumi", "plugin", "install", "resource", "kubernetes", version]
    with progress.step(f"Kubernetes provider {version}: official download"):
        answer = subprocess.run(command, env=os.environ | pulumi.environment(home), capture_output=True)
    return answer.returncode == 0
