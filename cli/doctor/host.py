"""Gathers the facts about the host; it reads files and changes nothing."""

import ipaddress
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from cli.doctor.facts import Disk, Machine, Network
from cli.doctor.machine import CONTROLLERS, PACKAGES
from local.cluster import cgroups
from workspace.home import Home, user_cache

CALL_SECONDS = 15


def look(home: Home) -> Machine:
    """The machine as it is now."""
    capabilities = _matches("/proc/self/status", r"^CapEff:\s*([0-9a-f]+)")
    return Machine(
        python=(sys.version_info.major, sys.version_info.minor, sys.version_info.micro),
        has_venv=bool(find_spec("venv") and find_spec("ensurepip")),
        system=platform.system(),
        architecture=platform.machine(),
        user=os.geteuid(),
        capabilities=int(capabilities[0], 16) if capabilities else 0,
        cgroup=_cgroup_version(),
        controllers=frozenset(filter(_writable, CONTROLLERS)),
        has_namespaces=Path("/proc/self/ns/net").exists(),
        missing=tuple(name for name in PACKAGES if not shutil.which(name)),
        filesystems=frozenset(_matches("/proc/filesystems", r"(\S+)$")),
        disks=_disks([home.state, home.cache, home.cluster_directory, _go_cache()]),
        memory=_available_memory(),
        processors=os.cpu_count() or 1,
        routes=_routes(),
        minikube=shutil.which("minikube"),
    )


def call(*command: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str] | None:
    """A program's answer, or None where it is missing or does not answer within fifteen seconds."""
    surroundings = {**os.environ, "LC_ALL": "C", **(environment or {})}
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=CALL_SECONDS, env=surroundings, cwd="/")
    except (OSError, subprocess.TimeoutExpired):
        return None


def _matches(path: str, pattern: str) -> list[str]:
    """The first group of `pattern` in every line of a file; nothing where the file is missing."""
    try:
        return re.findall(pattern, Path(path).read_text(), re.MULTILINE)
    except OSError:
        return []


def _cgroup_version() -> str:
    if cgroups.is_unified():
        return "2"
    return "1" if any((cgroups.ROOT / name).is_dir() for name in CONTROLLERS) else "none"


def _writable(controller: str) -> bool:
    """Version 2 keeps all controllers in one tree, version 1 has a tree for each."""
    if cgroups.is_unified():
        offered = (cgroups.ROOT / "cgroup.controllers").read_text().split()
        return controller in offered and os.access(cgroups.ROOT / "cgroup.subtree_control", os.W_OK)
    return os.access(cgroups.ROOT / controller / "cgroup.procs", os.W_OK)


def _available_memory() -> int:
    found = _matches("/proc/meminfo", r"^MemAvailable:\s+(\d+) kB")
    return int(found[0]) * 1024 if found else os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _go_cache() -> Path:
    return Path(os.environ.get("GOCACHE") or user_cache() / "go-build")


def _disks(paths: list[Path]) -> tuple[Disk, ...]:
    """One entry for each file system, asked at the nearest folder that exists already."""
    folders = {path: next(folder for folder in (path, *path.parents) if os.path.exists(folder)) for path in paths}
    by_device: dict[int, list[Path]] = {}
    for path, folder in folders.items():
        by_device.setdefault(folder.stat().st_dev, []).append(path)
    return tuple(Disk(tuple(map(str, ours)), shutil.disk_usage(folders[ours[0]]).free) for ours in by_device.values())


def _routes() -> tuple[Network, ...] | None:
    answer = call("ip", "-json", "-4", "route")
    if answer is None or answer.returncode:
        return None
    routes = (Network(route["dst"], route.get("dev", "no device")) for route in json.loads(answer.stdout or "[]"))
    return tuple(route for route in routes if _is_network(route.destination))


def _is_network(destination: str) -> bool:
    """The default route, and whatever else has no address, reaches no range in particular."""
    try:
        ipaddress.ip_network(destination, strict=False)
    except ValueError:
        return False
    return True
