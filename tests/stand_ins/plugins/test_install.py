"""Installing the stand-ins."""

import subprocess
from pathlib import Path

import pytest

from stand_ins.plugins.install import install_stand_ins
from workspace.home import Home


@pytest.fixture
def own_home(tmp_path: Path) -> Home:
    return Home(state=tmp_path / "state with space", cache=tmp_path / "cache", cluster="none")


def launchers(home: Home) -> list[Path]:
    return sorted(home.pulumi_home.glob("plugins/*/pulumi-*"))


def test_launchers_are_where_the_engine_looks(own_home: Home) -> None:
    """Both plugins are executables in the engine's plugin cache, named after the installed SDK's versions."""
    install_stand_ins(own_home)

    assert ["pulumi-language-python", "pulumi-resource-kubernetes"] == [path.name for path in launchers(own_home)]
    assert all(path.stat().st_mode & 0o111 for path in launchers(own_home))


def test_a_second_install_touches_nothing(own_home: Home) -> None:
    """What is right already is not written again."""
    install_stand_ins(own_home)
    before = [path.stat().st_mtime_ns for path in launchers(own_home)]
    install_stand_ins(own_home)

    assert before == [path.stat().st_mtime_ns for path in launchers(own_home)]


def test_a_damaged_launcher_is_mended(own_home: Home) -> None:
    """A launcher that was cut short or lost its mode is made anew."""
    install_stand_ins(own_home)
    first, second = launchers(own_home)
    content = first.read_text()
    first.write_text(content[:10])
    second.chmod(0o600)
    install_stand_ins(own_home)

    assert content == first.read_text()
    assert second.stat().st_mode & 0o111


def test_the_engines_log_is_off(own_home: Home) -> None:
    """A plain file in place of the log directory switches the log off, also where there were logs already."""
    logs = own_home.pulumi_home / "logs"
    (logs / "run").mkdir(parents=True)
    (logs / "run" / "old.json").write_text("{}")
    install_stand_ins(own_home)

    assert logs.is_file()


@pytest.mark.process
@pytest.mark.parametrize("index", [0, 1])
def test_a_plugin_tells_its_port_and_ends_quietly(own_home: Home, index: int) -> None:
    """Each plugin prints the port it listens on as its first line, and nothing when it is stopped."""
    install_stand_ins(own_home)
    with subprocess.Popen([launchers(own_home)[index], "127.0.0.1:1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as plugin:
        assert plugin.stdout
        port = plugin.stdout.readline()
        plugin.terminate()
        rest = plugin.communicate(timeout=10)

    assert port.strip().isdigit()
    assert ("", "") == rest
    assert 0 == plugin.returncode
