"""The commands from outside: what they print, how they end, and that docs/cli.md says the same."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import status
from cli.app import Target, app
from cli.doctor import gather
from stack.section import Target as SettingsTarget
from tests.cli.conftest import FakePlatform
from tests.cli.facts import FACTS, MACHINE
from tests.cli.objects import pod, replicated
from workspace.home import REPOSITORY

COMMANDS = ("doctor", "status", "urls", "secrets")


@pytest.fixture
def facts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have doctor find nothing wrong."""
    monkeypatch.setattr(gather, "look", lambda target, _: replace(FACTS, target=target))


def test_status(platform: FakePlatform) -> None:
    """A healthy workload is a row with all that a reader asks for, and the exit code is 0."""
    platform.has(replicated(), pod(restarts=1))
    result = platform.run("status")

    assert 0 == result.exit_code
    assert ["web", "stateless", "Deployment", "shop", "2/2", "1"] == result.stdout.splitlines()[1].split()[:6]


def test_status_lists_exceptions(platform: FakePlatform) -> None:
    """Issue 21, 11: a line below the table for each rule that a workload may break."""
    excepted = replicated()
    excepted["metadata"]["annotations"] = {"causeway.dev/allow-root-user": "its image knows no other"}
    platform.has(excepted)

    assert "exception: shop/web may break root-user: its image knows no other" == platform.run("status").stdout.splitlines()[-1]


def test_status_of_an_unhealthy_workload(platform: FakePlatform) -> None:
    """One workload that is not healthy gives exit code 1."""
    platform.has(replicated(readyReplicas=1))

    assert 1 == platform.run("status").exit_code


def test_status_waits(platform: FakePlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    """With --wait, status asks again until the workload is healthy."""
    monkeypatch.setattr(status, "POLL_SECONDS", 0.01)
    platform.has(replicated(readyReplicas=1))
    platform.will_have(replicated())

    assert 0 == platform.run("status", "--wait", "60").exit_code
    assert 2 == len(platform.calls("kubectl"))


def test_status_stops_waiting(platform: FakePlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    """With --wait, status gives up after that time and tells how things are."""
    monkeypatch.setattr(status, "POLL_SECONDS", 0.01)
    platform.has(replicated(readyReplicas=1))
    result = platform.run("status", "--wait", "1")

    assert (1, True) == (result.exit_code, "starting: 1 of 2 ready" in result.stdout)


def test_one_call_for_a_namespace(platform: FakePlatform) -> None:
    """However many workloads a namespace has, the API server is asked once."""
    one = {"kind": "Deployment", "namespace": "shop", "pattern": "worker"}
    platform.answers("pulumi", {"workloads": {f"worker-{number}": one for number in range(20)}})
    platform.run("status")

    assert 1 == len(platform.calls("kubectl"))


def test_own_cluster_is_asked(platform: FakePlatform) -> None:
    """Whatever the user's current context is, kubectl is told this checkout's kubeconfig and context."""
    platform.run("status")

    assert f"--kubeconfig={platform.home}/kubeconfig --context=causeway" in platform.calls("kubectl")[0]


def test_urls(platform: FakePlatform) -> None:
    """A URL that does not answer is told with its reason, and gives exit code 1."""
    result = platform.run("urls")

    assert (1, True) == (result.exit_code, "does not answer (Connection refused)" in result.stdout)


def test_urls_without_asking(platform: FakePlatform) -> None:
    """With --no-check nothing is asked, and the exit code is 0."""
    result = platform.run("urls", "--no-check")

    assert (0, True) == (result.exit_code, "http://127.0.0.1:1/" in result.stdout)


def test_secrets(platform: FakePlatform) -> None:
    """secrets gives the command that reads a value, and asks the cluster for none."""
    result = platform.run("secrets")

    assert "get secret shop-database -n shop -o jsonpath='{.data.password}' | base64 -d" in result.stdout
    assert not (platform.home / "kubectl.calls").exists()


@pytest.mark.usefixtures("facts")
def test_doctor(platform: FakePlatform) -> None:
    """doctor lists the checks under their groups, ends with the count, and with exit code 0 where none fails."""
    result = platform.run("doctor")

    assert (0, "25 pass, 0 warn, 0 fail") == (result.exit_code, result.stdout.splitlines()[-1])
    assert "  pass  root " in result.stdout


def test_doctor_finds_a_failure(platform: FakePlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that fails is followed by its fix, and gives exit code 1."""
    spoiled = replace(FACTS, machine=replace(MACHINE, filesystems=frozenset()))
    monkeypatch.setattr(gather, "look", lambda *_: spoiled)
    result = platform.run("doctor")

    assert (1, True) == (result.exit_code, "        fix: modprobe overlay" in result.stdout.splitlines())


def keys(value: Any) -> Any:
    """The shape of a JSON document: its keys at every depth."""
    if isinstance(value, dict):
        return {key: keys(inner) for key, inner in value.items()}
    return [keys(value[0])] if isinstance(value, list) else None


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize("command", COMMANDS)
def test_json_as_documented(platform: FakePlatform, command: str) -> None:
    """The JSON of every command has the keys that docs/cli.md shows, in that order."""
    platform.has(replicated())
    text = (REPOSITORY / "docs" / "cli.md").read_text()
    example = re.search(rf"## {command}\n.*?```json\n(.*?)```", text, re.DOTALL)

    assert example
    assert json.dumps(keys(json.loads(example.group(1)))) == json.dumps(keys(platform.json([command])))


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize("command", COMMANDS)
def test_plain_text(platform: FakePlatform, command: str) -> None:
    """Without a terminal, output is plain text: no escape sequence, no box, no line that ends in blanks."""
    platform.has(replicated())
    output = platform.run(command).stdout

    assert output.isascii()
    assert "\x1b" not in output
    assert [line.rstrip() for line in output.splitlines()] == output.splitlines()


@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)], ids=["colour", "NO_COLOR"])
def test_colour(platform: FakePlatform, variables: dict[str, str], coloured: bool) -> None:
    """A terminal gets colour, and NO_COLOR switches it off."""
    platform.has(replicated())
    output = platform.run("status", environment={"FORCE_COLOR": "1", "TERM": "xterm-256color", **variables}).stdout

    assert coloured is ("\x1b[32m" in output)


def test_narrow_terminal(platform: FakePlatform) -> None:
    """At 80 columns no word is cut: the pattern is left out and the URL stands below the state."""
    platform.answers("pulumi", {"workloads": {"database-of-orders": {"kind": "StatefulSet", "namespace": "shop", "pattern": "stateful"}}})
    output = platform.run("status", environment={"FORCE_COLOR": "1", "TERM": "xterm", "NO_COLOR": "1", "COLUMNS": "80"}).stdout

    assert "database-of-orders  StatefulSet" in output
    assert "…" not in output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(
            ["statsu"],
            "error: No such command 'statsu'. Did you mean 'status'; allowed: alerts, dashboards, doctor, gitops, ",
            id="command",
        ),
        pytest.param(["status", "--wiat", "3"], "error: No such option: --wiat", id="option"),
        pytest.param(["doctor", "--target", "aks"], "'aks' is not one of 'minikube', 'eks', 'gke'", id="target"),
        pytest.param(["status", "--wait", "soon"], "error: Invalid value for '--wait'", id="seconds"),
        pytest.param(["status", "--wait", "-1"], "error: Invalid value for '--wait'", id="negative seconds"),
        pytest.param(["urls", "shop"], "error: Got unexpected extra argument", id="argument"),
    ],
)
def test_wrong_usage(platform: FakePlatform, words: list[str], message: str) -> None:
    """Wrong usage is one line that names what was given, and exit code 2."""
    result = platform.run(*words)

    assert (2, "", 1) == (result.exit_code, result.stdout, len(result.stderr.splitlines()))
    assert message in result.stderr


def refuse_pulumi(platform: FakePlatform) -> None:
    platform.refuses("pulumi", "error: no stack named 'minikube' found")


def refuse_kubectl(platform: FakePlatform) -> None:
    platform.refuses("kubectl", "The connection to the server was refused")


def no_kubeconfig(platform: FakePlatform) -> None:
    (platform.home / "kubeconfig").unlink()


def no_home(platform: FakePlatform) -> None:
    (platform.home / "pulumi").rmdir()


def damaged_pulumi(platform: FakePlatform) -> None:
    platform.program("pulumi", "half a download")


def no_outputs(platform: FakePlatform) -> None:
    platform.answers("pulumi", {})


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        pytest.param(refuse_pulumi, "no stack named 'minikube' found; fix: ./scripts/up", id="no stack"),
        pytest.param(refuse_kubectl, "The connection to the server was refused; fix: ./scripts/up", id="cluster is gone"),
        pytest.param(no_kubeconfig, "kubeconfig is missing: no cluster was chosen yet; fix: ./scripts/up", id="no kubeconfig"),
        pytest.param(no_home, "holds no platform yet; fix: ./scripts/up", id="nothing brought up yet"),
        pytest.param(damaged_pulumi, "pulumi: Exec format error", id="program that cannot be run"),
        pytest.param(no_outputs, "the stack minikube has no outputs yet; fix: ./scripts/up", id="no outputs"),
    ],
)
def test_problem(platform: FakePlatform, spoil: Any, message: str) -> None:
    """What a user can mend is one line and exit code 1, and with --json a document with the same words."""
    spoil(platform)
    result = platform.run("status", "--json")

    assert (1, 1) == (result.exit_code, len(result.stderr.splitlines()))
    assert message in result.stderr
    assert f"error: {json.loads(result.stdout)['error']}" == result.stderr.strip()


def test_no_command(platform: FakePlatform) -> None:
    """Without a command the help is shown, with exit code 2."""
    result = platform.run()

    assert (2, True) == (result.exit_code, "status" in result.stderr)


def test_targets() -> None:
    """doctor takes the targets that the program's settings take."""
    assert [target.value for target in SettingsTarget] == [target.value for target in Target]


@pytest.mark.process
def test_help_is_at_once_there() -> None:
    """Help takes less than 0.4 s of a processor: no command's own imports are paid for."""

    def seconds() -> float:
        before = os.times()
        subprocess.run([sys.executable, "-m", "cli", "--help"], cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system

    assert min(seconds() for _ in range(3)) < 0.4


SECRET = {
    "namespace": "shop",
    "name": "shop-database",
    "creationTimestamp": "2020-01-01T00:00:00Z",
    "labels": {"causeway.dev/team": "orders"},
    "annotations": {"causeway.dev/secrets-level": "sealed"},
}


def test_ledger(platform: FakePlatform) -> None:
    """Issue 7, 6: the ledger asks for metadata alone, shows a store that is down, and an overdue Secret gives exit code 1."""
    (platform.home / "kubectl.answer").write_text(json.dumps(SECRET) + "\n")
    (platform.home / "kubectl.next").write_text(json.dumps({"items": []}))
    result = platform.run("secrets", "ledger")

    assert (1, True) == (result.exit_code, "OVERDUE" in result.stdout)
    assert "down: Deployment sealed-secrets-controller is not there: every Secret of level sealed keeps its last value" in result.stdout
    assert "  last value  " in result.stdout
    assert "jsonpath={range .items[*]}{.metadata}" in platform.calls("kubectl")[0]


def test_decide() -> None:
    """4.01: decide prints the level first, and JSON as docs/cli.md shows it."""
    words = ["secrets", "decide", "--compliance", "--clusters", "2"]
    lines = CliRunner().invoke(app, words).stdout.splitlines()
    shown = re.search(r"## secrets decide\n.*?```json\n(.*?)```", (REPOSITORY / "docs" / "cli.md").read_text(), re.DOTALL)

    assert "level vault" == lines[0]
    assert {"Why", "Why not", "Secret zero", "Operational cost", "Next step", "Warnings"} <= set(lines)
    assert shown
    assert json.loads(shown.group(1)) == json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)


def test_decide_refuses_a_number_that_cannot_be() -> None:
    """A wrong number is one line that names the option, and exit code 2."""
    result = CliRunner().invoke(app, ["secrets", "decide", "--clusters", "0"])

    assert (2, "error: --clusters: given 0; allowed: a whole number from 1\n") == (result.exit_code, result.stderr)
