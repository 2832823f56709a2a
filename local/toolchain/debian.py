"""Programs from Debian packages, unpacked into the cache: nothing is installed on the host."""

from collections.abc import Callable
from pathlib import Path

from local import debian
from local.toolchain.pins import Pin
from workspace.home import Home


def fetch(pin: Pin, target: Path, home: Home, show: Callable[[str], None]) -> None:
    """Unpack the packages that `pin` names, and none of what else they depend on, below `target`."""
    folder = home.cache / "downloads"
    packages = [package for package in debian.closure(pin.debian, show) if package.name in pin.debian]
    debian.download(packages, folder, show)
    for package in packages:
        show(f"unpacking {package.name} {package.version}")
        debian.unpack(folder / package.file, target)
