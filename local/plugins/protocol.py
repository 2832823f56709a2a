"""The engine's gRPC stubs, taken from the installed SDK without running the SDK."""

import sys
from pathlib import Path
from types import ModuleType

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
