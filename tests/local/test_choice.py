"""Which cluster a run uses."""

import pytest

from local import parts, up
from local.choice import Choice, ClusterKind, Machine, choose
from local.progress import Problem

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
