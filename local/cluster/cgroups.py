"""The cluster's own branch in every cgroup hierarchy (version 1, version 2 or both): what is in it is ours to end."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from local.cluster.layout import Cluster

ROOT = Path("/sys/fs/cgroup")
KILL_SECONDS = 20.0


def is_unified() -> bool:
    """Whether this machine has cgroup version 2 alone."""
    return (ROOT / "cgroup.controllers").exists()


def hierarchies() -> list[Path]:
    """Every mounted hierarchy, symbolic links (`cpu` -> `cpu,cpuacct`) left out."""
    if is_unified():
        return [ROOT]
    return [folder for folder in sorted(ROOT.iterdir()) if folder.is_dir() and not folder.is_symlink()]


def create(cluster: Cluster) -> None:
    """Make `/causeway-NAME/system` everywhere, with all processors and memory nodes, and the controllers delegated."""
    for hierarchy in hierarchies():
        branch = hierarchy / cluster.namespace
        leaf = branch / "system"
        leaf.mkdir(parents=True, exist_ok=True)
        for folder in (branch, leaf):
            for file in ("cpuset.cpus", "cpuset.mems"):
                if (folder / file).exists() and not is_unified():
                    (folder / file).write_text((folder.parent / file).read_text())
        if is_unified():
            for folder in (hierarchy, branch):
                _delegate(folder)


def _delegate(folder: Path) -> None:
    for controller in (folder / "cgroup.controllers").read_text().split():
        try:
            (folder / "cgroup.subtree_control").write_text(f"+{controller}")
        except OSError:
            continue


def join(cluster: Cluster) -> None:
    """Move the calling process, and so its later children, into the cluster's branch."""
    for hierarchy in hierarchies():
        (hierarchy / cluster.namespace / "system" / "cgroup.procs").write_text(str(os.getpid()))


def processes(cluster: Cluster) -> set[int]:
    """Every process in the cluster's branch of any hierarchy."""
    found: set[int] = set()
    for folder in _folders(cluster):
        try:
            found.update(map(int, (folder / "cgroup.procs").read_text().split()))
        except OSError:
            continue
    return found - {os.getpid()}


def kill(cluster: Cluster) -> None:
    """End every process of the cluster and wait until none is left, at most 20 s."""
    deadline = time.monotonic() + KILL_SECONDS
    while (left := processes(cluster)) and time.monotonic() < deadline:
        for process in left:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.05)


def delete(cluster: Cluster) -> None:
    """Remove the cluster's branch from every hierarchy, deepest folder first."""
    for folder in sorted(_folders(cluster), key=lambda path: len(path.parts), reverse=True):
        for _ in range(100):
            try:
                folder.rmdir()
                break
            except FileNotFoundError:
                break
            except OSError:
                time.sleep(0.02)


def _folders(cluster: Cluster) -> Iterator[Path]:
    for hierarchy in hierarchies():
        for folder, _, _ in os.walk(hierarchy / cluster.namespace):
            yield Path(folder)
