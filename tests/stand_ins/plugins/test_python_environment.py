"""What a program's virtual environment holds."""

import json
import sys
from pathlib import Path

import pytest
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import language_pb2

from stand_ins.plugins import protocol, python_environment


def program(root: Path, virtualenv: str = "") -> language_pb2.ProgramInfo:
    options = Struct()
    if virtualenv:
        options.update({"virtualenv": virtualenv})
    return language_pb2.ProgramInfo(root_directory=str(root), program_directory=str(root), entry_point=".", options=options)


def test_the_programs_own_interpreter_runs_it(tmp_path: Path) -> None:
    """The virtualenv option names the environment, relative to the project; without one ours is taken."""
    assert tmp_path / ".venv" / "bin" / "python" == python_environment.interpreter(program(tmp_path, ".venv"))
    assert Path(sys.executable) == python_environment.interpreter(program(tmp_path))


def test_only_plugins_that_are_here_are_required(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package whose plugin is not on this machine is not named: the engine would try to download it at each run."""
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    for name in ("here", "away"):
        (tmp_path / f"pulumi_{name}").mkdir()
        manifest = {"resource": True, "name": name, "version": "1.0.0"}
        (tmp_path / f"pulumi_{name}" / "pulumi-plugin.json").write_text(json.dumps(manifest))
    (tmp_path / "home" / "plugins" / "resource-here-v1.0.0").mkdir(parents=True)

    assert ["here"] == [package["name"] for package in python_environment.installed_plugins(tmp_path)]


def test_dependencies() -> None:
    """All distributions are listed on request; otherwise only those that no other one requires."""
    site = protocol.site_packages()
    every = dict(python_environment.packages(site, transitive=True))
    top = dict(python_environment.packages(site, transitive=False))

    assert "grpcio" in every
    assert "grpcio" not in top
    assert "pulumi_kubernetes" in top


def test_install_commands(tmp_path: Path) -> None:
    """A missing environment is made first, then filled from requirements.txt."""
    (tmp_path / "requirements.txt").write_text("")

    make, fill = python_environment.install_commands(program(tmp_path, "venv"), tmp_path)

    assert ["-m", "venv", str(tmp_path / "venv")] == make[1:]
    assert str(tmp_path / "venv" / "bin" / "python") == fill[0]
    assert str(tmp_path / "requirements.txt") == fill[-1]


def test_the_sdk_version_is_that_of_the_engines_protocol() -> None:
    """The version is read from the installed distribution."""
    assert "3." == protocol.sdk_version(protocol.site_packages())[:2]
    assert "0.0.0" == protocol.sdk_version(Path("/no/such/directory"))
