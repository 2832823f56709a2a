"""The scripts' command lines: what is wrong with the words, or with the machine, is one line and no traceback."""

import os
import shutil
import subprocess
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from cli.lifecycle import down, env, up
from local import parts
from stand_ins.rehearse import __main__ as rehearse
from workspace import script
from workspace.home import REPOSITORY
from workspace.progress import Problem, guarded


@pytest.mark.parametrize(
    ("main", "words", "message"),
    [
        (up.main, ["--bogus"], "No such option: --bogus"),
        (up.main, ["--cluster", "mini"], "'mini' is not one of 'auto', 'minikube', 'local', 'context'"),
        (up.main, ["minikube"], "unexpected extra argument"),
        (down.main, ["--keepdata"], "No such option: --keepdata (Possible options: --keep-data)"),
        (env.main, ["zsh"], "unexpected extra argument"),
        (rehearse.main, ["aks"], "'aks' is not one of 'eks', 'gke'"),
    ],
)
def test_wrong_usage_is_one_line(main: Callable[..., None], words: list[str], message: str) -> None:
    """Item 9: a wrong word is one line that names it, where to read on, and exit code 2; nothing is done."""
    result = CliRunner().invoke(script.command_line(main), words, prog_name="./scripts/it")

    assert (2, "", 1) == (result.exit_code, result.stdout, len(result.stderr.splitlines()))
    assert message in result.stderr
    assert result.stderr.startswith("error: ")
    assert result.stderr.endswith("; see ./scripts/it --help\n")


def test_contradiction_ends_up_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 1: options that contradict each other end `up` with exit code 1, and nothing is written."""
    monkeypatch.setenv("CAUSEWAY_HOME", str(tmp_path / "home"))
    result = CliRunner().invoke(script.command_line(up.main), ["--simulate", "--cluster", "minikube"])

    assert 1 == result.exit_code
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (PermissionError(13, "Permission denied", "/etc/x"), "error: /etc/x: Permission denied: mend this, then run it again\n"),
        (OSError(28, "No space left on device", "/x"), "error: the disk is full (/x): free some room, then run it again\n"),
        (TimeoutError("timed out"), "error: TimeoutError: timed out: mend this, then run it again\n"),
        (Problem("one\ntwo"), "error: one\nerror: two\n"),
    ],
)
def test_what_the_system_refuses_is_one_line(error: Exception, line: str) -> None:
    """Item 9: a folder that cannot be written, or a disk that is full, is said without a traceback."""
    said = StringIO()
    with pytest.raises(SystemExit) as ended, guarded(Console(file=said, soft_wrap=True), "it"):
        raise error

    assert (1, line) == (ended.value.code, said.getvalue())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"config: [1\n", "line 2: is not YAML: did not find expected"),
        (b"\tx\n", "line 1: is not YAML: found character"),
        (b"\xff\xfe", "is UTF-16: save it as UTF-8"),
        (b"- a\n", "expects a mapping, got list"),
        (None, "is missing; fix: git checkout Pulumi.minikube.yaml"),
    ],
    ids=["broken", "tab", "no text", "list", "missing"],
)
def test_stack_file_that_cannot_be_read(tmp_path: Path, content: bytes | None, message: str) -> None:
    """Item 9: before the engine runs, `up` and `--explain` say which file cannot be read, and where in it."""
    file = tmp_path / "Pulumi.minikube.yaml"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(Problem) as refused:
        parts.wanted(file)

    assert str(refused.value).startswith(f"{file}: ")
    assert message in str(refused.value)
    assert 1 == len(str(refused.value).splitlines())


@pytest.mark.parametrize("content", ["", "config: []\n", "config:\n  causeway:secrets: external\n"])
def test_stack_file_of_another_form_is_the_programs_to_judge(tmp_path: Path, content: str) -> None:
    """What is YAML, and no stack file, is refused by settings and engine, by name: here it asks for nothing."""
    file = tmp_path / "Pulumi.minikube.yaml"
    file.write_text(content)

    assert (parts.PARTS["gitops"],) == parts.wanted(file)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The scripts alone, with the Python environment of this checkout."""
    root = tmp_path / "a checkout"
    for folder in ("scripts", "requirements"):
        shutil.copytree(REPOSITORY / folder, root / folder)
    shutil.copy(REPOSITORY / "pyproject.toml", root)
    (root / ".venv").symlink_to(REPOSITORY / ".venv")
    return root


def run(*command: object, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, env={"PATH": os.environ["PATH"], **variables})


@pytest.mark.process
def test_check_refuses_what_is_not_formatted(checkout: Path) -> None:
    """CONTRIBUTING: `./scripts/check` fails on a file that `--fix` would change, and names it."""
    (checkout / "code.py").write_text("value = [ 1 ]\n")
    answer = run(checkout / "scripts" / "check")

    assert 1 == answer.returncode, answer.stderr
    assert "code.py" in answer.stdout + answer.stderr
    assert "error: the files above are not formatted; fix: ./scripts/check --fix" in answer.stderr


PROBE = '#!/bin/sh\n. "$(dirname -- "$0")/bootstrap"\necho "$PWD $HOME"\n'
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
"""Another user than root, who may read every file and write none: the checkout is in root's own folder."""


@pytest.fixture
def probe(checkout: Path) -> Path:
    """A script that does nothing but have its environment."""
    path = checkout / "scripts" / "probe"
    path.write_text(PROBE)
    path.chmod(0o755)
    return path


@pytest.fixture
def ready(checkout: Path) -> Path:
    """A checkout that was set up."""
    (checkout / ".venv").unlink()
    (checkout / ".venv").mkdir()
    wanted = subprocess.run("cat requirements/*.txt | cksum", shell=True, cwd=checkout, capture_output=True, text=True, check=True).stdout
    (checkout / ".venv" / ".requirements").write_text(f"{wanted.strip()}-requirements/minikube.txt\n")
    return checkout


@pytest.mark.process
@pytest.mark.usefixtures("ready")
def test_ready_environment_writes_nothing(checkout: Path, probe: Path) -> None:
    """A checkout that was set up may be read-only: a script starts, from any folder, without HOME, and writes nothing."""
    before = sorted(path.name for path in checkout.iterdir())
    answer = run("sh", "-c", f'cd / && "{probe}"')

    assert (0, f"{checkout} {Path.home()}\n", "") == (answer.returncode, answer.stdout, answer.stderr)
    assert before == sorted(path.name for path in checkout.iterdir())


@pytest.mark.process
@pytest.mark.usefixtures("ready")
def test_apt_hears_of_a_proxy_in_capital_letters(probe: Path) -> None:
    """apt reads the small letters alone, also where it brings Python's venv, before any Python of ours runs."""
    probe.write_text(PROBE.replace("$PWD $HOME", "$http_proxy ${https_proxy:-}"))
    answer = run(probe, HTTP_PROXY="http://large.example", HTTPS_PROXY="http://large.example", https_proxy="http://small.example")

    assert "http://large.example http://small.example\n" == answer.stdout


@pytest.mark.process
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_checkout_that_cannot_be_written_is_one_line(checkout: Path, probe: Path) -> None:
    """Item 9: where the environment has first to be made, and cannot be, the line names the folder."""
    (checkout / ".venv").unlink()
    answer = run(*NOBODY, probe)

    assert 1 == answer.returncode
    assert [f"error: {checkout} cannot be written, and its Python environment"] == [
        line[: line.index(" lacks")] for line in answer.stderr.splitlines()
    ]
