"""Pulumi as this checkout uses it: its environment, its secrets at rest, its stack, and a run with live progress."""

import contextlib
import json
import os
import secrets
import signal
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from workspace import files, lock, web
from workspace.home import REPOSITORY, Home
from workspace.processes import end_with_parent
from workspace.progress import Problem, Progress, Step

PROJECT, STACK = "causeway", "minikube"
PARALLEL = 64
"""Operations under way at once; the engine's own default is 4 a processor, and waiting takes none of one."""

LOCKED = "the stack is currently locked"
"""What the engine says when another run took the stack after we had looked."""

STOP_SECONDS = 10.0
"""How long an interrupted engine may take to a safe point; what it was doing then is done again by the next run."""


def backend(home: Home, environment: Mapping[str, str] = os.environ) -> str | None:
    """The address of our own file backend, or None where the user already keeps state elsewhere."""
    if environment.get("PULUMI_ACCESS_TOKEN"):
        return None
    if chosen := environment.get("PULUMI_BACKEND_URL"):
        return chosen
    # Without a home directory nobody has logged in from it.
    with contextlib.suppress(OSError, ValueError, RuntimeError):
        credentials = Path(environment.get("PULUMI_CREDENTIALS_PATH") or Path.home() / ".pulumi") / "credentials.json"
        if json.loads(credentials.read_text()).get("current"):
            return None
    return f"file://{home.backend}"


def environment(home: Home) -> dict[str, str]:
    """What `scripts/env` exports, so that pulumi, kubectl, helm and causeway work on this checkout's platform."""
    path = os.environ.get("PATH", "/usr/bin:/bin").split(":")
    ours = [str(home.bin), str(REPOSITORY / ".venv" / "bin")]
    variables = {
        "PATH": ":".join([*ours, *(folder for folder in path if folder not in ours)]),
        "CAUSEWAY_HOME": str(home.state),
        "CAUSEWAY_CACHE": str(home.cache),
        "CAUSEWAY_CLUSTER": home.cluster,
        "CAUSEWAY_CHARTS": str(home.charts),
        "CAUSEWAY_SIMULATED": str(home.is_simulated).lower(),
        "KUBECONFIG": str(home.kubeconfig),
        "PULUMI_HOME": str(home.pulumi_home),
        "PULUMI_PARALLEL": str(PARALLEL),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_SUPPRESS_NEO_LINK": "true",
    }
    variables |= web.variables()
    where = backend(home)
    if where is None:
        variables["PULUMI_CREDENTIALS_PATH"] = os.environ.get("PULUMI_CREDENTIALS_PATH") or str(Path.home() / ".pulumi")
        return variables
    return variables | {
        "PULUMI_BACKEND_URL": where,
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(home.passphrase),
        "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
        # Safe on this stack alone: docs/adr/0002-state-without-checkpoints.md says why, settings.py refuses it elsewhere.
        "PULUMI_SKIP_CHECKPOINTS": "true",
    }


def prepare(home: Home) -> None:
    """Make the project's state: folders, passphrase and seed, each made once and readable by its owner alone."""
    for folder in (home.state, home.bin, home.backend, home.pulumi_home):
        folder.mkdir(parents=True, exist_ok=True)
    for file in (home.passphrase, home.seed):
        files.make_once(file, secrets.token_hex(32))


def run(home: Home, *arguments: str) -> str:
    """The output of one short pulumi command; raises Problem with what it complained about."""
    try:
        answer = subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=REPOSITORY, env=os.environ | environment(home), capture_output=True, text=True,
        )  # fmt: skip
    except FileNotFoundError:
        raise Problem(f"{home.state}: holds no platform yet; fix: ./scripts/up") from None
    if answer.returncode:
        raise Problem(f"pulumi {arguments[0]}: {_complaint(answer.stderr or answer.stdout)}")
    return answer.stdout


def has_stack(home: Home) -> bool:
    names = {entry["name"].rsplit("/", 1)[-1] for entry in json.loads(run(home, "stack", "ls", "--json"))}
    return STACK in names


def namespaces(home: Home) -> set[str]:
    """The namespaces that the state names."""
    file = home.backend / ".pulumi" / "stacks" / PROJECT / f"{STACK}.json"
    if backend(home) == f"file://{home.backend}":
        # Asking the engine takes ten times as long.
        state = json.loads(file.read_text())["checkpoint"]["latest"] if file.exists() else {}
    else:
        state = json.loads(run(home, "stack", "export", "--stack", STACK))["deployment"]
    return {item["id"] for item in (state or {}).get("resources") or [] if item["type"] == "kubernetes:core/v1:Namespace" and "id" in item}


def ensure_stack(home: Home) -> None:
    """Have the stack."""
    if not has_stack(home):
        with unsalted():
            run(home, "stack", "init", STACK)


def remove_stack(home: Home) -> None:
    """Forget the stack, whatever its state still names; raises Problem where somebody is at work on it."""
    lock.free(home.backend, STACK)
    run(home, "stack", "rm", STACK, "--yes", "--force", "--preserve-config")


@contextlib.contextmanager
def unsalted(file: Path = REPOSITORY / f"Pulumi.{STACK}.yaml") -> Iterator[None]:
    """Keep the stack file as it is in Git: the engine writes its salt there, though the state has it as well.

    A file with encrypted values keeps its salt: they cannot be read without it. One that was committed after a plain `pulumi up`
    is of another checkout's passphrase, and would be refused by the engine, so it goes before the block too.
    """
    _drop_salt(file)
    try:
        yield
    finally:
        _drop_salt(file)


def _drop_salt(file: Path) -> None:
    text = file.read_text()
    kept = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("encryptionsalt:"))
    if kept != text and "secure:" not in text:
        file.write_text(kept)


def update(home: Home, operation: str, progress: Progress, *arguments: str, stack: str = STACK) -> None:
    """Run `up` or `destroy` on `stack`, showing each object as it changes; raises Problem with the engine's errors.

    An interruption is handed on to the engine, which then stops at a safe point; the next run goes on from there. A run that was
    killed has written no state: its lock tells, and what the state names is looked at first, for it may be gone.
    """
    refresh = ["--refresh"] if lock.free(home.backend, stack) else []
    command = ["pulumi", operation, "--yes", "--skip-preview", "--json", "--non-interactive", "--stack", stack, *refresh, *arguments]
    with progress.step(f"pulumi {operation}") as step, unsalted():
        events = Events(step)
        with subprocess.Popen(
            command, cwd=REPOSITORY, env=os.environ | environment(home), stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, start_new_session=True, preexec_fn=end_with_parent,
        ) as process:  # fmt: skip
            assert process.stdout
            try:
                for line in process.stdout:
                    events.take(line)
            except KeyboardInterrupt:
                step.update("interrupted: stopping at a safe point")
                _stop(process)
                raise
        step.update(_summary(events.changes))
        if process.returncode:
            if any(LOCKED in error for error in events.errors):
                lock.free(home.backend, stack)
            raise Problem("\n".join(dict.fromkeys(events.errors)) or f"pulumi {operation} ended with code {process.returncode}")


def _stop(process: "subprocess.Popen[str]") -> None:
    """Have the engine stop at a safe point; a second interruption, or too long a wait, ends it at once."""
    process.send_signal(signal.SIGINT)
    try:
        process.communicate(timeout=STOP_SECONDS)
    except (KeyboardInterrupt, subprocess.TimeoutExpired):
        process.kill()
        process.communicate()


class Events:
    """What the engine's event stream tells of a run: what is under way, and since when; what changed; what went wrong."""

    def __init__(self, step: Step) -> None:
        self.step = step
        self.changes: dict[str, int] = {}
        self.errors: list[str] = []
        self._waits: dict[str, str] = {}
        """What is under way by URN, the longest first: what it does or waits for."""

    def take(self, line: str) -> None:
        """Take one line; a line that is no event is a complaint from before the run."""
        try:
            event = json.loads(line)
        except ValueError:
            if line.startswith("error:"):
                self.errors.append(line.removeprefix("error:").strip())
            return
        if started := event.get("resourcePreEvent"):
            metadata = started["metadata"]
            if metadata["op"] != "same" and not _is_whole(metadata["urn"]):
                self._waits[metadata["urn"]] = f"{metadata['op']} {_name(metadata['urn'])}"
                self._show(metadata["urn"])
        elif ended := event.get("resOutputsEvent") or event.get("resOpFailedEvent"):
            self._waits.pop(ended["metadata"]["urn"], None)
            self._show()
        elif message := event.get("diagnosticEvent"):
            self._hear(message.get("urn", ""), message["severity"], message["message"].strip())
        elif summary := event.get("summaryEvent"):
            self.changes.update(summary.get("resourceChanges") or {})

    def _hear(self, urn: str, severity: str, text: str) -> None:
        if severity == "error":
            self.errors.append(text)
        elif text and severity.startswith(("info", "warning")):
            line = text.splitlines()[0]
            if urn in self._waits:
                self._waits[urn] = line = f"{_name(urn)}: {line}"
            self.step.update(line)

    def _show(self, urn: str = "") -> None:
        """The newest piece of work, or what has been under way for the longest once one is over: in the end that is what all wait for."""
        if self._waits:
            self.step.update(self._waits[urn] if urn else next(iter(self._waits.values())))


def _is_whole(urn: str) -> bool:
    """Whether it is the stack, or a component: under way as long as their parts are, of which there is more to tell."""
    return urn.split("::")[2].rsplit("$", 1)[-1].startswith(("pulumi:pulumi:", "causeway:"))


def _name(urn: str) -> str:
    return urn.rsplit("::", 1)[-1]


def _summary(changes: dict[str, int]) -> str:
    words = {"same": "unchanged", "create": "created", "update": "updated", "delete": "deleted", "replace": "replaced"}
    return ", ".join(f"{count} {words.get(name, name)}" for name, count in changes.items() if count) or "no change"


def _complaint(text: str) -> str:
    lines = [line.removeprefix("error:").strip() for line in text.splitlines() if line.startswith("error:")]
    return " ".join(lines) or (text.strip().splitlines() or ["no message"])[-1]
