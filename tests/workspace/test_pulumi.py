"""Pulumi as this checkout calls it, the engine played by a script: what is shown, what is an error, and what stays as it was."""

import json
import os
import socket
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from workspace import pulumi
from workspace.home import Home
from workspace.progress import Problem, Progress, Step

Engine = Callable[..., None]
NO_PROCESS = 2**22 + 1
"""Above the kernel's largest process id."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "state", tmp_path / "cache", "test")
    pulumi.prepare(made)
    return made


@pytest.fixture
def engine(home: Home) -> Engine:
    """Have `pulumi` print lines (events as objects) and end with a code; its words are in `calls`."""

    def plays(*lines: Any, code: int = 0) -> None:
        (home.state / "said").write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
        program = home.bin / "pulumi"
        program.write_text(f'#!/bin/sh\necho "$*" >> {home.state}/calls\ncat {home.state}/said\nexit {code}\n')
        program.chmod(0o755)

    return plays


def asked(home: Home) -> str:
    return (home.state / "calls").read_text()


def diagnostic(severity: str, message: str) -> dict[str, object]:
    return {"diagnosticEvent": {"severity": severity, "message": message}}


def test_errors_of_a_run_are_told_once(home: Home, engine: Engine) -> None:
    """Item 9: a failed run ends in the engine's errors, each once, in order; neither notes nor warnings are among them."""
    bad = diagnostic("error", "first\n")
    engine(
        "error: no such stack",
        diagnostic("info#err", "note"),
        bad,
        diagnostic("warning", "careful"),
        bad,
        diagnostic("error", "second"),
        code=1,
    )

    with pytest.raises(Problem) as failed:
        pulumi.update(home, "up", Progress())

    assert ["no such stack", "first", "second"] == str(failed.value).splitlines()


def test_run_that_fails_without_a_word_has_its_code(home: Home, engine: Engine) -> None:
    """Item 9: there is always a line."""
    engine(code=255)

    progress = Progress(Console(file=StringIO()))
    with pytest.raises(Problem, match=r"^pulumi destroy ended with code 255$"):
        pulumi.update(home, "destroy", progress)

    assert progress.console.file.getvalue().startswith("✗ pulumi destroy")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"create": 3, "same": 2, "delete": 0}, "3 created, 2 unchanged"),
        ({"replace": 1, "refresh": 4}, "1 replaced, 4 refresh"),
        ({}, "no change"),
        (None, "no change"),
    ],
)
def test_run_ends_with_what_it_changed(home: Home, engine: Engine, monkeypatch: pytest.MonkeyPatch, changes: Any, words: str) -> None:
    """Item 1: live progress names each object that changes, and at last how many did."""
    seen: list[str] = []
    monkeypatch.setattr(Step, "update", lambda _, detail: seen.append(detail))
    urn = "urn:pulumi:minikube::causeway::kubernetes:apps/v1:Deployment::"
    events = [
        {"resourcePreEvent": {"metadata": {"op": operation, "urn": urn + name}}} for operation, name in (("same", "a"), ("create", "b"))
    ]
    engine(*events, {"summaryEvent": {"resourceChanges": changes}})
    pulumi.update(home, "up", Progress())

    assert ["create b", words] == seen


def test_run_shows_what_all_wait_for_and_why(home: Home, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 13, 7: a message names its object, a reason is shown, and what is over gives way to what has waited for longest."""
    seen: list[str] = []
    monkeypatch.setattr(Step, "update", lambda _, detail: seen.append(detail))
    urn = "urn:pulumi:minikube::causeway::kubernetes:apps/v1:Deployment::"

    def about(name: str, **event: Any) -> dict[str, Any]:
        return {key: {"urn": urn + name, **value} if key == "diagnosticEvent" else value for key, value in event.items()}

    def metadata(name: str) -> dict[str, Any]:
        return {"metadata": {"op": "create", "urn": urn + name}}

    whole = [f"urn:pulumi:minikube::causeway::{kind}::one" for kind in ("pulumi:pulumi:Stack", "causeway:index:Shop")]
    engine(
        *({"resourcePreEvent": {"metadata": {"op": "create", "urn": one}}} for one in whole),
        {"resourcePreEvent": metadata("web")},
        about("web", diagnosticEvent={"severity": "warning", "message": "[Pod web-1]: ImagePullBackOff\nmore"}),
        {"resourcePreEvent": metadata("worker")},
        {"resOutputsEvent": metadata("worker")},
        {"resourcePreEvent": metadata("late")},
        {"resOpFailedEvent": metadata("late")},
        about("unknown", diagnosticEvent={"severity": "info", "message": "a word"}),
    )
    pulumi.update(home, "up", Progress())

    waiting = "web: [Pod web-1]: ImagePullBackOff"
    assert ["create web", waiting, "create worker", waiting, "create late", waiting, "a word", "no change"] == seen


def lock(home: Home, process: int, host: str = "") -> Path:
    file = home.backend / ".pulumi" / "locks" / "organization" / "causeway" / "minikube" / f"{process}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"pid": process, "hostname": host or socket.gethostname()}))
    return file


def test_killed_run_is_followed_by_a_look(home: Home, engine: Engine) -> None:
    """Item 10: the lock of a run that was killed goes, and its successor looks at what is there; those after it need not."""
    left = lock(home, NO_PROCESS)
    engine({})
    pulumi.update(home, "up", Progress())
    pulumi.update(home, "up", Progress())
    first, second = asked(home).splitlines()

    assert (True, False, False) == ("--refresh" in first, "--refresh" in second, left.exists())


@pytest.mark.parametrize("holder", ["this process", "another machine's"])
def test_lock_that_is_held_stays(home: Home, engine: Engine, holder: str) -> None:
    """Item 6: nobody's lock is taken away but that of a process that has ended on this machine."""
    held = lock(home, os.getpid()) if holder == "this process" else lock(home, NO_PROCESS, "elsewhere")
    engine({})
    with pytest.raises(Problem, match=r"^the stack minikube is in use by "):
        pulumi.update(home, "up", Progress())

    assert held.exists()
    assert not (home.state / "calls").exists()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("encryptionsalt: v1:x\nconfig:\n  causeway:team: a\n", "config:\n  causeway:team: a\n"),
        ("encryptionsalt: v1:x\nconfig:\n  causeway:seed:\n    secure: v1:y\n", None),
        ("config: {}\n", None),
    ],
    ids=["salt alone", "encrypted values", "no salt"],
)
def test_stack_file_stays_as_it_is_in_git(tmp_path: Path, text: str, kept: str | None) -> None:
    """Item 5: the engine's salt does not stay in the stack file, however the run ends, unless a value there needs it.

    Nor does one of another checkout's passphrase, which somebody has committed, stop the run.
    """
    file = tmp_path / "Pulumi.minikube.yaml"
    file.write_text(text)
    seen: list[str] = []

    def end() -> None:
        seen.append(file.read_text())
        file.write_text(text)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), pulumi.unsalted(file):
        end()

    assert [kept or text] * 2 == [*seen, file.read_text()]


@pytest.mark.parametrize("kept_here", [True, False])
def test_state_names_its_namespaces(home: Home, monkeypatch: pytest.MonkeyPatch, kept_here: bool) -> None:
    """Issue 13, 1: read from our own backend's file, of another backend through the engine; a state of nothing has none."""
    resources = [{"type": "kubernetes:core/v1:Namespace", "id": "shop"}, {"type": "kubernetes:core/v1:Secret", "id": "shop/one"}]
    assert set() == pulumi.namespaces(home)
    if kept_here:
        file = home.backend / ".pulumi/stacks/causeway/minikube.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps({"checkpoint": {"latest": {"resources": resources}}}))
    else:
        monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://elsewhere")
        monkeypatch.setattr(pulumi, "run", lambda *_: json.dumps({"deployment": {"resources": resources}}))

    assert {"shop"} == pulumi.namespaces(home)


def test_stack_is_made_where_it_is_missing(home: Home, engine: Engine) -> None:
    """Item 5: a stack of that name is used, of whatever organisation; else it is made."""
    engine([{"name": "organization/causeway/minikube"}])
    pulumi.ensure_stack(home)
    engine([{"name": "organization/causeway/minikube-of-mine"}])
    pulumi.ensure_stack(home)

    assert ["stack ls", "stack ls", "stack init"] == [" ".join(line.split()[:2]) for line in asked(home).splitlines()]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("warning: x\nerror: one\nerror: two\n", "pulumi stack: one two"),
        ("nothing of ours\nlast line\n", "pulumi stack: last line"),
        ("", "pulumi stack: no message"),
    ],
)
def test_short_command_that_fails_is_one_line(home: Home, engine: Engine, said: str, message: str) -> None:
    """Item 9: the engine's own errors, or its last line where it names none."""
    engine(said.rstrip("\n"), code=1)

    with pytest.raises(Problem) as failed:
        pulumi.run(home, "stack", "ls")

    assert message == str(failed.value)


def test_without_an_engine_there_is_no_platform(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 9: before the first `up` a command that needs the stack says so."""
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(Problem, match=r"holds no platform yet; fix: \./scripts/up$"):
        pulumi.run(home, "stack", "ls")


LOGGED_IN = {"current": "https://api.example"}


@pytest.mark.parametrize(
    ("variables", "credentials", "address"),
    [
        ({}, None, "ours"),
        ({}, {"current": ""}, "ours"),
        ({}, LOGGED_IN, None),
        ({"PULUMI_ACCESS_TOKEN": "x"}, None, None),
        ({"PULUMI_BACKEND_URL": "s3://states"}, LOGGED_IN, "s3://states"),
    ],
)
def test_where_the_state_is(home: Home, tmp_path: Path, variables: dict[str, str], credentials: Any, address: str | None) -> None:
    """Item 5: in a file below the project, unless the user is logged in elsewhere or names a backend."""
    if credentials:
        (tmp_path / "credentials.json").write_text(json.dumps(credentials))
    found = pulumi.backend(home, {"PULUMI_CREDENTIALS_PATH": str(tmp_path), **variables})

    assert (f"file://{home.backend}" if address == "ours" else address) == found


def test_owner_that_came_in_between_is_named(home: Home, engine: Engine) -> None:
    """Issue 13, point 5: where another run takes the stack after we looked, it is named as it would have been before."""
    file = lock(home, os.getpid())
    hidden = file.rename(file.with_suffix(".later"))
    engine({}, code=1)
    program = home.bin / "pulumi"
    program.write_text(f"#!/bin/sh\nmv {hidden} {file}\necho 'error: the stack is currently locked by 1 lock(s).'\nexit 1\n")

    with pytest.raises(Problem, match=rf"^the stack minikube is in use by process {os.getpid()} of "):
        pulumi.update(home, "up", Progress())


def test_stack_in_use_is_not_forgotten(home: Home, engine: Engine) -> None:
    """Issue 13, point 5: `down` frees what a dead run left, and forgets no stack that somebody works on."""
    engine()
    left = lock(home, NO_PROCESS)
    pulumi.remove_stack(home)
    assert not left.exists()
    assert "stack rm minikube --yes --force --preserve-config --non-interactive" in asked(home)

    lock(home, os.getpid())
    with pytest.raises(Problem, match=r"^the stack minikube is in use by "):
        pulumi.remove_stack(home)
    assert 1 == len(asked(home).splitlines())
