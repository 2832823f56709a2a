"""Which cluster a run uses."""

import json
from pathlib import Path

import pytest

from cli.lifecycle import up
from local import parts
from local.choice import Choice, ClusterKind, Machine, choose, has_our_images, reachable, write_kubeconfig
from workspace.cluster import CouldNotAsk
from workspace.home import Home
from workspace.progress import Problem

BARE = Machine(reaches=lambda _: False, is_local=lambda _: False, has_minikube=lambda: False, is_linux=True, is_root=True)
THEIRS = Machine(reaches=lambda _: True, is_local=lambda _: False, has_minikube=lambda: False, is_linux=True, is_root=True)
SHARED = Machine(reaches=lambda _: True, is_local=lambda _: True, has_minikube=lambda: False, is_linux=True, is_root=True)


def test_simulated_platform_needs_nothing_of_the_machine() -> None:
    """`--simulate` goes before all else."""
    assert choose(ClusterKind.AUTO, None, True, BARE).name == "simulated"


@pytest.mark.parametrize(
    ("kind", "context", "simulated", "message"),
    [
        (ClusterKind.LOCAL, "theirs", False, "--cluster local with --context theirs"),
        (ClusterKind.MINIKUBE, "theirs", False, "--cluster minikube with --context theirs"),
        (ClusterKind.MINIKUBE, None, True, "--simulate with --cluster minikube"),
        (ClusterKind.AUTO, "theirs", True, "--simulate with --context theirs"),
    ],
)
def test_contradiction_is_refused(kind: ClusterKind, context: str | None, simulated: bool, message: str) -> None:
    """Item 1: what is asked for is used or refused; no option is ignored in favour of another."""
    with pytest.raises(Problem, match=f"^{message}: give one of the two"):
        choose(kind, context, simulated, THEIRS)


def test_context_that_does_not_answer_is_refused() -> None:
    """A context is named, and answers, or the run ends."""
    with pytest.raises(Problem, match="--context theirs: the cluster does not answer"):
        choose(ClusterKind.CONTEXT, "theirs", False, BARE)
    with pytest.raises(Problem, match="--cluster context needs --context NAME"):
        choose(ClusterKind.CONTEXT, None, False, THEIRS)


@pytest.mark.parametrize(
    ("machine", "name", "tools"), [(THEIRS, "context", set()), (SHARED, "borrowed", {"prometheus-operator", "argo-cd"})]
)
def test_context_has_the_stand_ins_only_where_their_images_are(machine: Machine, name: str, tools: set[str]) -> None:
    """On somebody's cluster the charts are the real ones; on a local cluster of another checkout they are the doubles, as there."""
    choice = choose(ClusterKind.AUTO, "theirs", False, machine)

    assert name == choice.name
    assert {*up.EVERYWHERE, *tools} == set(up.tool_names(choice))


def test_local_cluster_has_what_the_stack_asks_for() -> None:
    """The parts of a run are those of its cluster."""
    assert parts.chosen(Choice(ClusterKind.LOCAL, "asked for")) == parts.wanted()


def machine(minikube: str = "", *, linux: bool = True, root: bool = True) -> Machine:
    """A machine whose minikube is `running`, `startable`, or not there."""
    return Machine(
        reaches=lambda context: context == minikube_context(minikube),
        is_local=lambda _: False,
        has_minikube=lambda: minikube == "startable",
        is_linux=linux,
        is_root=root,
    )


def minikube_context(state: str) -> str:
    return "minikube" if state == "running" else "none"


@pytest.mark.parametrize(
    ("kind", "there", "chosen"),
    [
        (ClusterKind.AUTO, machine("running"), ("minikube", "minikube")),
        (ClusterKind.AUTO, machine("startable"), ("minikube", "minikube")),
        (ClusterKind.AUTO, machine(), ("local", None)),
        (ClusterKind.LOCAL, machine("running"), ("local", None)),
        (ClusterKind.MINIKUBE, machine("running"), ("minikube", "minikube")),
        (ClusterKind.MINIKUBE, machine("startable"), ("minikube", "minikube")),
    ],
)
def test_first_cluster_that_the_machine_has(kind: ClusterKind, there: Machine, chosen: tuple[str, str | None]) -> None:
    """Item 1: minikube where it runs or can start, else the local cluster; what was asked for comes before what is there."""
    choice = choose(kind, None, False, there)

    assert chosen == (choice.name, choice.context)


@pytest.mark.parametrize(
    ("kind", "there", "message"),
    [
        (ClusterKind.MINIKUBE, machine(), "^--cluster minikube: minikube is not installed, or"),
        (ClusterKind.AUTO, machine(linux=False), "^the local cluster needs Linux: .*--simulate"),
        (ClusterKind.LOCAL, machine("running", root=False), "^the local cluster needs root: .*sudo -E ./scripts/up"),
    ],
)
def test_cluster_that_cannot_be_had(kind: ClusterKind, there: Machine, message: str) -> None:
    """Item 9: what the machine lacks is said in one line, with the ways on."""
    with pytest.raises(Problem, match=message):
        choose(kind, None, False, there)


KUBECTL = """#!/bin/sh
case "$*" in
*"--context=here "*" version"*) echo '{"serverVersion": {}}' ;;
*"--context=silent "*" version"*) echo '{"clientVersion": {}}' ;;
*"--context=here "*" get nodes"*) echo 'causeway/kubernetes:1.36.2 other' ;;
*"--context=empty "*" get nodes"*) echo other ;;
*"--context=here "*"config view"*) echo '{"current-context": "here", "contexts": [{"name": "here"}], "users": [{"user": "TOKEN"}]}' ;;
*) echo "error: context does not exist" >&2; exit 1 ;;
esac
"""


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "kubectl"
    program.write_text(KUBECTL)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")


@pytest.mark.usefixtures("kubectl")
def test_context_is_asked() -> None:
    """A context counts where its API server answers, not where kubectl alone does; our image tells another checkout's cluster."""
    assert [True, False, False] == [reachable(context) for context in ("here", "silent", "none")]
    assert [True, False] == [has_our_images(context) for context in ("here", "empty")]
    with pytest.raises(CouldNotAsk, match=r"^kubectl get nodes: error: context does not exist$"):
        has_our_images("none")


@pytest.mark.usefixtures("kubectl")
def test_context_is_found_after_scripts_env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 5: in a shell that took `scripts/env`, the user's own contexts are still those that `--context` means."""
    (tmp_path / "kubectl").write_text(f'#!/bin/sh\n[ "$KUBECONFIG" != {tmp_path}/kubeconfig ] && echo \'{{"serverVersion": {{}}}}\'\n')
    monkeypatch.setenv("CAUSEWAY_HOME", str(tmp_path))
    monkeypatch.setenv("KUBECONFIG", f"{tmp_path}/kubeconfig")

    assert reachable("theirs")


@pytest.mark.usefixtures("kubectl")
def test_chosen_context_is_copied_alone(tmp_path: Path) -> None:
    """Item 5: this checkout's kubeconfig has the chosen context, under the one name, and its owner alone can read it."""
    home = Home(tmp_path, tmp_path, "test")
    write_kubeconfig(Choice(ClusterKind.CONTEXT, "", "here"), home)
    written = json.loads(home.kubeconfig.read_text())

    assert ("causeway", ["causeway"]) == (written["current-context"], [context["name"] for context in written["contexts"]])
    assert 0o600 == home.kubeconfig.stat().st_mode & 0o777
    with pytest.raises(Problem, match=r"^context none: kubectl config view: error: context does not exist"):
        write_kubeconfig(Choice(ClusterKind.CONTEXT, "", "none"), home)
