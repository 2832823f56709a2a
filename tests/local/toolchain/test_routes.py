"""Which way a tool is got: what is here already, then the quickest that works."""

from pathlib import Path

import pytest

from local.toolchain import official, tools
from local.toolchain.cache import MARKER, directory
from local.toolchain.pins import GoModule, Official, Pin, Wheel
from local.toolchain.tools import Route, plan
from workspace.home import Home

PIN = Pin(
    "tiny",
    "1.10.0",
    minimum="1.9.2",
    official=Official("https://vendor.example/tiny", "https://sums.example/tiny"),
    wheel=Wheel("tiny", "1.10.0", "0" * 64),
    go=GoModule("tiny", {}),
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "state", tmp_path / "cache", "test")


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without a program on PATH, and without a way to the vendor."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setattr(official, "answers", lambda _: False)
    return folder


def has(machine: Path, said: str) -> None:
    program = machine / "tiny"
    program.write_text(f"#!/bin/sh\n{said}\n")
    program.chmod(0o755)


@pytest.mark.parametrize(
    ("said", "route"),
    [
        ("echo 'tiny v1.10.0 (linux)'", Route.PATH),
        ("echo 1.9.2", Route.PATH),
        ("echo v1.9.1", Route.WHEEL),
        ("echo 'no number'", Route.WHEEL),
        ("exit 1", Route.WHEEL),
    ],
)
def test_program_on_path_is_used_from_its_lowest_version_on(home: Home, machine: Path, said: str, route: Route) -> None:
    """Item 1: what is on PATH is taken at a good version, compared by number; else the next way is."""
    has(machine, said)

    assert route is plan(PIN, home)


def test_cached_tool_comes_before_all(home: Home, machine: Path) -> None:
    """Item 1: what was made once is used, and used again without a question to anybody."""
    has(machine, "echo 1.10.0")
    made = directory(PIN, home)
    made.mkdir(parents=True)
    (made / MARKER).write_text(Route.GO.value)
    installed = tools._ensure(PIN, home, None)  # type: ignore[arg-type]

    assert (Route.CACHE, Route.GO, made) == (plan(PIN, home), installed.route, installed.directory)


def test_tool_on_path_stays_where_it_is(home: Home, machine: Path) -> None:
    """Item 1: a program on PATH is used from its own folder, at the version that it has."""
    has(machine, "echo 1.11.3")
    installed = tools._ensure(PIN, home, None)  # type: ignore[arg-type]

    assert (Route.PATH, "1.11.3", machine / "tiny") == (installed.route, installed.version, installed.program())


@pytest.mark.parametrize(("silent", "route"), [(None, Route.OFFICIAL), ("vendor.example", Route.WHEEL), ("sums.example", Route.WHEEL)])
def test_vendors_download_needs_its_sums(home: Home, monkeypatch: pytest.MonkeyPatch, silent: str | None, route: Route) -> None:
    """Item 1: the official download is tried where both the archive and its published sums can be had."""
    monkeypatch.setattr(official, "answers", lambda host: host != silent)

    assert route is plan(PIN, home)
