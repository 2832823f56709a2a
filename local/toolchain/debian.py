"""Programs from Debian packages, unpacked into the cache: nothing is installed on the host."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from local.home import Home
from local.progress import Problem
from local.toolchain.pins import Pin


def fetch(pin: Pin, target: Path, home: Home, show: Callable[[str], None]) -> None:
    """Unpack the packages of `pin` below `target`; apt checks each against its signed index."""
    download(pin.debian, home.cache / "downloads", show)
    for package in pin.debian:
        show(f"unpacking {package}")
        for archive in sorted((home.cache / "downloads").glob(f"{package}_*.deb"))[-1:]:
            _run("dpkg-deb", "-x", archive, target)


def download(packages: tuple[str, ...], folder: Path, show: Callable[[str], None]) -> None:
    """Have the archive of each package in `folder`, refreshing apt's lists once if they are missing or stale."""
    if not shutil.which("apt-get"):
        raise Problem("apt-get is not here: the local cluster needs Debian or Ubuntu (or use --cluster minikube)")
    folder.mkdir(parents=True, exist_ok=True)
    for package in packages:
        show(package)
        try:
            _run("apt-get", "-qq", "download", package, cwd=folder)
        except Problem:
            show("refreshing the package lists")
            _run("apt-get", "-qq", "update")
            _run("apt-get", "-qq", "download", package, cwd=folder)


def _run(*command: str | Path, cwd: Path | None = None) -> None:
    answer = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    if answer.returncode:
        message = (answer.stderr.strip().splitlines() or ["no message"])[-1]
        raise Problem(f"{command[0]} failed: {message}")
