"""What `scripts/down` finds, and what it then leaves alone."""

import json
import os
import socket
from contextlib import nullcontext
from pathlib import Path

import pytest

from cli.lifecycle.down import FORCE, RETAIN, force_down, is_gone, retain_volumes, take_down
from local.cluster import layout
from local.cluster.layout import BLOCK, Cluster, is_local, simulated_ports
from workspace.home import Home
from workspace.progress import Problem, Progress

OURS = f"https://{BLOCK[2]}:6443"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "state", tmp_path / "cache", "test")
    made.bin.mkdir(parents=True)
    return made


def chosen(home: Home, server: str, answers: bool) -> None:
    """Have `up` chosen the cluster at `server`, which answers kubectl or does not."""
    home.kubeconfig.write_text(json.dumps({"clusters": [{"name": "causeway", "cluster": {"server": server}}]}))
    kubectl = home.bin / "kubectl"
    kubectl.write_text(f"#!/bin/sh\nexit {0 if answers else 1}\n")
    kubectl.chmod(0o755)


@pytest.mark.process
@pytest.mark.parametrize(
    ("server", "answers", "gone"),
    [(OURS, False, True), (OURS, True, False), ("https://cluster.example:6443", False, False)],
    ids=["ours, not there", "another checkout's", "somebody's, out of reach"],
)
def test_local_cluster_that_was_removed_by_hand_is_gone(home: Home, server: str, answers: bool, gone: bool) -> None:
    """A stack on a local cluster that is no more has nothing to destroy; one on a cluster that is out of reach keeps its state."""
    chosen(home, server, answers)

    assert gone is is_gone(home)


def test_nothing_is_gone_where_nothing_was_chosen(home: Home) -> None:
    """Without a kubeconfig there was no `up` yet."""
    assert not is_gone(home)


@pytest.mark.parametrize(
    ("server", "ours"),
    [
        (OURS, True),
        (f"https://127.0.0.1:{simulated_ports(7)[1]}", True),
        ("https://127.0.0.1:6443", False),
        ("https://192.168.49.2:8443", False),
        ("https://cluster.example", False),
    ],
)
def test_address_tells_a_local_cluster(server: str, ours: bool) -> None:
    """Only local clusters have addresses of the block, or ports of simulated nodes: minikube's and others' are left alone."""
    assert ours is is_local(server)


class Steps:
    """What `take_down` does, in order, on a checkout whose cluster, stack and engine are played."""

    def __init__(self, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home, self.done = home, list[str]()
        self.cluster: Cluster | None = None
        self.is_ready = self.has_stack = True
        self.is_missing = False
        patches: dict[str, object] = {
            "layout.made": lambda _, simulated=False, **__: None if simulated else self.cluster,
            "lifecycle.is_ready": lambda _: self.is_ready,
            "lifecycle.delete": lambda _, keep_data: self.done.append("delete, volumes kept" if keep_data else "delete"),
            "is_gone": lambda _: not self.is_ready,
            "retain_volumes": lambda _: self.done.append("retain"),
            "let_go": lambda *_: self.done.append("let go"),
            "finish": lambda *_: self.is_missing,
            "told": lambda *_: nullcontext(),
            "pulumi.has_stack": lambda _: self.has_stack,
            "pulumi.update": lambda _, operation, __, *words: self.done.append(" ".join((operation, *words))),
            "pulumi.run": lambda _, *words: self.done.append(" ".join(words[:2])),
        }
        for name, played in patches.items():
            monkeypatch.setattr(f"cli.lifecycle.down.{name}", played)
        (home.bin / "pulumi").touch()
        home.kubeconfig.touch()

    def made(self) -> None:
        self.cluster = layout.reserve(self.home, simulated=True)

    def choose(self, cluster: Cluster | None) -> None:
        """Have `up` chosen our own cluster."""
        assert cluster
        chosen(self.home, cluster.api, answers=True)


@pytest.fixture
def steps(home: Home, monkeypatch: pytest.MonkeyPatch) -> Steps:
    return Steps(home, monkeypatch)


@pytest.mark.parametrize(
    ("keep_data", "done"),
    [
        (False, ["let go", "destroy", "stack rm", "delete"]),
        (True, ["retain", "let go", "destroy", "stack rm", "delete, volumes kept"]),
    ],
)
def test_running_cluster_is_emptied_and_deleted(steps: Steps, keep_data: bool, done: list[str]) -> None:
    """Item 6: volumes are held before anything is destroyed, Argo CD lets go before the engine deletes, the cluster goes last."""
    steps.made()
    take_down(steps.home, Progress(), keep_data)

    assert done == steps.done
    assert not steps.home.kubeconfig.exists()


def test_namespace_that_somebody_deleted_is_looked_for(steps: Steps) -> None:
    """Issue 13, 1: where the state names more than there is the engine looks first: a release without its record cannot be uninstalled."""
    steps.is_missing = True
    take_down(steps.home, Progress(), keep_data=False)

    assert ["let go", "destroy --refresh", "stack rm"] == steps.done


def test_cluster_that_does_not_answer_is_deleted_with_its_stack(steps: Steps) -> None:
    """Item 6: where the API server is no more, `down` waits for nothing: the state goes, and what runs."""
    steps.made()
    steps.is_ready = False
    take_down(steps.home, Progress(), keep_data=False)

    assert ["stack rm", "delete"] == steps.done


def test_stack_that_is_in_use_is_left_alone(steps: Steps) -> None:
    """Issue 13, point 5: a run that is under way is named before anything is touched: no volume, no Application, no cluster."""
    steps.made()
    file = steps.home.backend / ".pulumi/locks/organization/causeway/minikube/a.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"pid": os.getpid(), "hostname": socket.gethostname()}))

    with pytest.raises(Problem, match=rf"^the stack minikube is in use by process {os.getpid()} of "):
        take_down(steps.home, Progress(), keep_data=True)
    assert [] == steps.done


def test_somebodys_cluster_is_emptied_and_stays(steps: Steps) -> None:
    """Item 6: on a context of the user's the stack is destroyed, and there is no cluster of ours to delete."""
    take_down(steps.home, Progress(), keep_data=False)

    assert ["let go", "destroy", "stack rm"] == steps.done


def test_what_holds_a_destroy_is_told_with_the_way_out(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 13, 2: on the local cluster alone the error names `--force` besides; the cluster and its state stay."""

    def held(*_: object) -> None:
        raise Problem("pods lost is held")

    monkeypatch.setattr("cli.lifecycle.down.pulumi.update", held)
    with pytest.raises(Problem, match=r"^pods lost is held$"):
        take_down(steps.home, Progress(), keep_data=False)
    steps.made()
    steps.choose(steps.cluster)
    with pytest.raises(Problem, match=rf"^pods lost is held; {FORCE}$"):
        take_down(steps.home, Progress(), keep_data=False)

    assert ["let go", "let go"] == steps.done


@pytest.mark.parametrize(("keep_data", "done"), [(False, "delete"), (True, "delete, volumes kept")])
@pytest.mark.parametrize("state", ["whole", "without a kubeconfig", "with half a kubeconfig", "without pulumi", "locked"])
def test_force_asks_nothing(steps: Steps, state: str, keep_data: bool, done: str) -> None:
    """Issue 13, 2: whatever state the local cluster is in, it is deleted with no question to it or the engine; volumes stay if asked."""
    steps.made()
    steps.choose(steps.cluster)
    if state == "without a kubeconfig":
        steps.home.kubeconfig.unlink()
    elif state == "with half a kubeconfig":
        steps.home.kubeconfig.write_text('{"clus')
    elif state == "without pulumi":
        (steps.home.bin / "pulumi").unlink()
    left = [
        steps.home.backend / ".pulumi" / name for name in ("stacks/causeway/minikube.json", "locks/organization/causeway/minikube/1.json")
    ]
    for file in left:
        file.parent.mkdir(parents=True)
        file.touch()

    force_down(steps.home, Progress(), keep_data)

    assert [done] == steps.done
    assert not [file for file in (*left, steps.home.kubeconfig) if file.exists()]


def test_force_never_touches_a_borrowed_cluster(steps: Steps) -> None:
    """Issue 13, 2: with the platform on a cluster of others, or with none, nothing is done, though a local cluster of ours is there too."""
    with pytest.raises(
        Problem, match=r"--force is for the local cluster of this checkout, and this checkout has none; fix: ./scripts/down"
    ):
        force_down(steps.home, Progress(), keep_data=False)
    steps.made()
    chosen(steps.home, "https://cluster.example:6443", answers=True)
    with pytest.raises(Problem, match=r"and the platform is on https://cluster.example:6443; fix: ./scripts/down"):
        force_down(steps.home, Progress(), keep_data=False)

    assert [] == steps.done
    assert steps.home.kubeconfig.exists()


@pytest.mark.parametrize("missing", ["stack", "pulumi", "kubeconfig"])
def test_half_made_platform_is_taken_down(steps: Steps, missing: str) -> None:
    """Item 6: an `up` that was interrupted early has no stack, no engine or no kubeconfig: what is there goes all the same."""
    steps.made()
    steps.has_stack = missing != "stack"
    for file in {"stack": [], "pulumi": [steps.home.bin / "pulumi"], "kubeconfig": [steps.home.kubeconfig]}[missing]:
        file.unlink()
    take_down(steps.home, Progress(), keep_data=False)

    assert ["delete"] == steps.done


def volume(name: str, namespace: str | None) -> dict[str, object]:
    return {"metadata": {"name": name}, "spec": {"claimRef": {"namespace": namespace, "name": "data"}} if namespace else {}}


VOLUMES = [volume("orders", "shop"), volume("theirs", "team-b"), volume("metrics", "monitoring"), volume("free", None)]
KUBECTL = """#!/bin/sh
echo "$*" >> {calls}
case "$*" in
*" {refused}"*) echo refused by admission >&2; exit 1 ;;
*" get Namespace --all-namespaces --selector=app.kubernetes.io/managed-by=causeway --output=json") echo '{namespaces}' ;;
*" get PersistentVolume --all-namespaces --output=json") echo '{volumes}' ;;
esac
"""


def kept(home: Home, refused: str) -> list[str]:
    """The volumes whose data `retain_volumes` asked for, on a cluster of several teams that refuses one command."""
    calls, kubectl = home.state / "calls", home.bin / "kubectl"
    home.kubeconfig.touch()
    namespaces = json.dumps({"items": [{"metadata": {"name": name}} for name in ("shop", "monitoring")]})
    kubectl.write_text(KUBECTL.format(calls=calls, refused=refused, namespaces=namespaces, volumes=json.dumps({"items": VOLUMES})))
    kubectl.chmod(0o755)
    try:
        retain_volumes(home)
    finally:
        asked = [line.partition("--request-timeout=10s ")[2].split() for line in calls.read_text().splitlines()]
    return [words[2] for words in asked if words[0] == "patch" and words[-1] == RETAIN]


def test_volumes_of_ours_are_retained(home: Home) -> None:
    """Item 6: `--keep-data` holds each volume of the platform, and none of another team's on a shared cluster."""
    assert ["orders", "metrics"] == kept(home, "nothing")


@pytest.mark.parametrize("refused", ["get Namespace", "get PersistentVolume", "patch persistentvolume metrics"])
def test_volume_that_cannot_be_retained_stops_the_destroy(home: Home, refused: str) -> None:
    """Item 6: nothing is destroyed where one volume would go with it."""
    with pytest.raises(
        Problem, match=rf"^the volumes could not be kept, nothing was destroyed: kubectl {refused}[^\n]*: refused by admission$"
    ):
        kept(home, refused)
