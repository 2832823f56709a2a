"""The engine's gRPC stubs, taken from the installed SDK without running the SDK."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from types import ModuleType

PARENT_CHECK_SECONDS = 1.0
STUB_PACKAGES = ("pulumi", "pulumi.runtime", "pulumi.runtime.proto")


def site_packages(executable: str = sys.executable) -> Path:
    """The library directory of the virtual environment that `executable` belongs to."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return Path(executable).parent.parent / "lib" / version / "site-packages"


def sdk_version(site: Path) -> str:
    """The version of the Pulumi SDK in a library directory; 0.0.0 where there is none."""
    names = (path.name.removesuffix(".dist-info") for path in site.glob("pulumi-[0-9]*.dist-info"))
    return next((name.removeprefix("pulumi-") for name in names), "0.0.0")


def use_stubs() -> None:
    """Make `pulumi.runtime.proto.*` importable in 50 ms.

    `import pulumi` would take 400 ms; a module with a `__path__` is a package to the import system,
    so an empty one in place of each parent spares running its `__init__`.
    """
    site = site_packages()
    if str(site) not in sys.path:
        sys.path.append(str(site))
    for name in STUB_PACKAGES:
        if name not in sys.modules:
            package = ModuleType(name)
            package.__path__ = [str(site.joinpath(*name.split(".")))]
            sys.modules[name] = package


def hear_signals() -> asyncio.Event:
    """An event that the signals set with which the engine stops its plugins; call it before telling the port."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def until_told_to_stop(stop: asyncio.Event) -> None:
    """Wait for a signal, or for the death of the engine that started us: nobody else would end us then."""
    parent = os.getppid()
    while not stop.is_set() and os.getppid() == parent:
        try:
            await asyncio.wait_for(stop.wait(), PARENT_CHECK_SECONDS)
        except TimeoutError:
            continue
