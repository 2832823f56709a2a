"""Tools whose download was damaged, whose build was killed, or whose run was: found out, and had again."""

import hashlib
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from local.toolchain import golang, tools
from local.toolchain.cache import directory
from local.toolchain.pins import GoModule, Pin, Wheel
from workspace.home import REPOSITORY, Home
from workspace.progress import Problem, Progress

pytestmark = pytest.mark.process

METADATA = "Metadata-Version: 2.1\nName: tinytool\nVersion: 1.0.0\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
PROGRAM = b"#!/bin/sh\necho tiny\n" * 200


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "state", tmp_path / "cache", "test")


@pytest.fixture
def pin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pin:
    """A tool in a wheel, which pip finds in a folder: no test here needs a network."""
    registry = tmp_path / "registry"
    registry.mkdir()
    file = registry / "tinytool-1.0.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("tinytool/tiny", PROGRAM)
        for name, text in {"METADATA": METADATA, "WHEEL": WHEEL, "RECORD": ""}.items():
            archive.writestr(f"tinytool-1.0.0.dist-info/{name}", text)
    for name, value in {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(registry), "PIP_CONFIG_FILE": os.devnull}.items():
        monkeypatch.setenv(name, value)
    wheel = Wheel("tinytool", "1.0.0", hashlib.sha256(file.read_bytes()).hexdigest(), {"tiny": "tinytool/tiny"})
    made = Pin("tiny", "1.0.0", wheel=wheel)
    monkeypatch.setattr(tools, "pins", lambda: {"tiny": made})
    return made


def have(home: Home) -> Path:
    return tools.ensure(["tiny"], home, Progress())["tiny"].program()


def forget(home: Home) -> Path:
    """Take the unpacked tool away, so that its download is used again; the download's path."""
    next((home.cache / "tools").glob("tiny-1.0.0-*")).rename(home.cache / "tools" / "away")
    return next((home.cache / "downloads").glob("*.whl"))


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:100])


def clear(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.usefixtures("pin")
@pytest.mark.parametrize("damage", [flip, cut, clear])
def test_damaged_download_is_fetched_again(home: Home, damage: Callable[[Path], None]) -> None:
    """Item 9: a cached download with a flipped byte or a lost end is found by its sum, and fetched again."""
    have(home)
    damage(forget(home))

    assert PROGRAM == have(home).read_bytes()


def test_damaged_registry_is_refused(home: Home, pin: Pin, tmp_path: Path) -> None:
    """A package that is not what versions.json pins is refused by name, and not kept."""
    file = tmp_path / "registry" / "tinytool-1.0.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("tinytool/more", b"changed")

    with pytest.raises(Problem, match=r"tiny 1\.0\.0 cannot be had.*SHA-256 is .*, versions\.json pins"):
        have(home)

    assert pin.wheel
    assert not list((home.cache / "downloads").glob("*.whl"))
    assert not list((home.cache / "tools").iterdir())


def test_tool_that_nobody_has_is_named_with_what_was_tried(home: Home, pin: Pin, tmp_path: Path) -> None:
    """No registry: one line with the tool, its version and the way that failed."""
    assert pin.wheel
    (tmp_path / "registry" / "tinytool-1.0.0-py3-none-any.whl").unlink()

    with pytest.raises(Problem, match=r"^tiny 1\.0\.0 cannot be had on this machine\. package registry \(wheel\): pip could not"):
        have(home)


@pytest.mark.usefixtures("pin")
def test_leftovers_of_killed_runs_are_swept(home: Home) -> None:
    """What a killed run left half made goes with the next run; what a live one is making stays."""
    tool_folder = home.cache / "tools"
    name = directory(tools.pins()["tiny"], home).name
    dead, alive = tool_folder / f"{name}.4194305.partial", tool_folder / f"{name}.1.partial"
    for folder in (dead, alive):
        folder.mkdir(parents=True)

    have(home)

    assert (False, True) == (dead.exists(), alive.exists())


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pin:
    """A tiny Go module in a repository of its own, built with the user's build cache."""
    source = tmp_path / "repository" / "local" / "build" / "tiny"
    source.mkdir(parents=True)
    (source / "go.mod").write_text("module tiny\n\ngo 1.21\n")
    (source / "main.go").write_text('package main\n\nfunc main() { println("tiny") }\n')
    monkeypatch.setattr(golang, "REPOSITORY", tmp_path / "repository")
    made = Pin("tiny", "1.0.0", go=GoModule("tiny", {}))
    monkeypatch.setattr(tools, "pins", lambda: {"tiny": made})
    return made


@pytest.mark.usefixtures("module")
def test_killed_compiler_is_one_line_and_the_next_run_builds(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 9: a compiler killed by the kernel is named as that, nothing half made stays, and a repeat works."""
    real = golang.compiler
    stub = tmp_path / "go"
    stub.write_text("#!/bin/sh\nkill -9 $$\n")
    stub.chmod(0o755)
    monkeypatch.setattr(golang, "compiler", lambda *_: stub)
    with pytest.raises(Problem, match="ended by signal 9: run again"):
        have(home)
    left = list((home.cache / "tools").iterdir())
    monkeypatch.setattr(golang, "compiler", real)

    answer = subprocess.run([have(home)], capture_output=True, text=True)

    assert not left
    assert "tiny\n" == answer.stderr


def test_killed_run_of_a_build_is_repeated(module: Pin, home: Home, tmp_path: Path) -> None:
    """Item 9: `kill -9` of the run that builds: the next one builds the tool and sweeps what was left."""
    assert module.go
    script = (
        "import sys; from pathlib import Path; from workspace.home import Home; from workspace.progress import Progress\n"
        "from local.toolchain import golang, tools; from local.toolchain.pins import GoModule, Pin\n"
        f"golang.REPOSITORY = Path({str(tmp_path / 'repository')!r})\n"
        "tools.pins = lambda: {'tiny': Pin('tiny', '1.0.0', go=GoModule('tiny', {}))}\n"
        f"tools.ensure(['tiny'], Home(Path(), Path({str(home.cache)!r}), 'test'), Progress())"
    )
    run = subprocess.Popen([sys.executable, "-c", script], cwd=REPOSITORY, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while not list(home.cache.glob("tools/*.partial/source")) and time.monotonic() < deadline:
        time.sleep(0.01)
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert list(home.cache.glob("tools/*.partial"))

    assert have(home).exists()
    assert [directory(module, home)] == list(home.cache.glob("tools/*"))


@pytest.mark.usefixtures("module")
def test_error_of_the_compiler_is_not_buried(home: Home, tmp_path: Path) -> None:
    """Item 9: what the compiler complained about is in the line, not the names of what it compiled after that."""
    (tmp_path / "repository" / "local" / "build" / "tiny" / "main.go").write_text("package main\n\nfunc main() { nowhere() }\n")

    with pytest.raises(Problem, match="undefined: nowhere"):
        have(home)
