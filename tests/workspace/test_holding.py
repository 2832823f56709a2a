"""What holds a deletion, on a cluster that is played."""
# ruff: noqa: ARG002  (what is played is called as the real one is)

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from workspace import holding
from workspace.cluster import Answer, CouldNotAsk, Found, Kubectl, Unanswered, Undefined
from workspace.holding import DEFINITION, GIVE_UP_SECONDS, OURS, Held, Watch, definitions_going, finish, going, holders, told
from workspace.home import Home
from workspace.progress import Problem, Progress

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
FINALIZER = "resources-finalizer.argocd.argoproj.io"
LEFT = "Some resources are remaining: applications.argoproj.io has 2 resource instances, pods. has 1 resource instances"
WEB = Held("applications.argoproj.io", "argocd", "web", (FINALIZER,))


def item(kind: str, name: str, since: float | None = None, namespace: str = "", **metadata: Any) -> dict[str, Any]:
    """An object that is being deleted `since` seconds before NOW, or is not."""
    marked = {} if since is None else {"deletionTimestamp": (NOW - timedelta(seconds=since)).isoformat()}
    where = {"namespace": namespace} if namespace else {}
    return {"kind": kind, "metadata": {"name": name, **where, **marked, **metadata}}


def space(name: str, since: float | None, message: str = "") -> dict[str, Any]:
    said = [{"type": "NamespaceContentRemaining", "status": "True", "message": message}] if message else []
    return {**item("Namespace", name, since), "status": {"conditions": said}}


class Cluster:
    """Objects by kind, as kubectl answers for them; a kind that is not named is not defined."""

    hint = "fix: ./scripts/up"

    def __init__(self, **objects: Any) -> None:
        self.answers: dict[str, Answer] = {kind.replace("__", "."): answer for kind, answer in objects.items()}

    def ask(self, kinds: list[str], namespace: str | None = None, selector: str = "") -> dict[str, Answer]:
        return {kind: self.answers.get(kind, Undefined()) for kind in kinds}

    def objects(self, kinds: list[str], namespace: str | None = None, selector: str = "") -> list[dict[str, Any]]:
        assert selector == (OURS if kinds == ["Namespace"] else "")
        found = []
        for answer in self.ask(kinds).values():
            if isinstance(answer, Unanswered):
                raise CouldNotAsk(answer.reason)
            found += getattr(answer, "objects", ())
        return list(found)


def as_kubectl(cluster: Cluster) -> Kubectl:
    return cast(Kubectl, cluster)


def stuck(since: float = 60) -> Cluster:
    """A namespace that two Applications and a pod keep."""
    held = item("Application", "web", since, "argocd", finalizers=[FINALIZER])
    fresh = item("Application", "worker", 5, "argocd", finalizers=[FINALIZER])
    pod = item("Pod", "lost", since, "argocd")
    return Cluster(
        Namespace=Found((space("argocd", since, LEFT), space("shop", None))),
        applications__argoproj__io=Found((held, fresh, item("Application", "mine", None, "argocd"))),
        pods=Found((pod,)),
        CustomResourceDefinition=Found((item(DEFINITION, "applications.argoproj.io", since), item(DEFINITION, "widgets.example.com"))),
    )


def test_what_is_going_is_told_from_what_stays() -> None:
    """Issue 13, 4: namespaces of ours and definitions that are being deleted, and no others."""
    cluster = as_kubectl(stuck())

    assert ["argocd"] == [one["metadata"]["name"] for one in going(cluster)]
    assert ["applications.argoproj.io"] == [one["metadata"]["name"] for one in definitions_going(cluster)]


def test_holders_are_named_once_with_what_frees_them() -> None:
    """Issue 13, 2: kind, namespace, name, finalizer and command; what goes in the ordinary time is not named, nor what stays."""
    cluster = as_kubectl(stuck())

    found = holders(cluster, [*going(cluster), *definitions_going(cluster)], NOW)

    assert [WEB, Held("pods", "argocd", "lost")] == found
    assert (
        f"namespace argocd is being deleted, and applications.argoproj.io web is held by finalizer {FINALIZER}; free it: "
        """kubectl patch applications.argoproj.io web -n argocd --type=merge -p '{"metadata":{"finalizers":null}}'"""
    ) == str(found[0])
    assert str(found[1]).endswith("its node has not ended it; free it: kubectl delete pods lost -n argocd --force --grace-period=0")


def test_a_finalizer_of_the_namespace_itself_is_named() -> None:
    """Issue 13, 2: a namespace can be held by a finalizer of its own."""
    held = item("Namespace", "shop", 60, finalizers=["example.com/mine"])

    assert [Held("namespace", "", "shop", ("example.com/mine",))] == holders(as_kubectl(Cluster()), [held], NOW)


def test_a_kind_that_cannot_be_asked_is_not_an_empty_one() -> None:
    """Issue 13, 3: "could not be asked" is raised; a kind that is gone has nothing."""
    cluster = stuck()
    cluster.answers["pods"] = Unanswered("kubectl get pods: refused")
    with pytest.raises(CouldNotAsk, match="kubectl get pods: refused"):
        holders(as_kubectl(cluster), going(as_kubectl(cluster)), NOW)

    assert [] == holders(as_kubectl(Cluster()), [space("argocd", 60, LEFT)], NOW)


class Played:
    """The module's surroundings: a cluster, a clock, and what was let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        self.home = Home(tmp_path, tmp_path, "test")
        self.cluster = Cluster(Namespace=Found(()))
        self.now, self.freed, self.said = 0.0, 0, list[str]()
        self.named: set[str] = set()
        monkeypatch.setattr(holding, "chosen", lambda _: self.cluster)
        monkeypatch.setattr(holding.pulumi, "namespaces", lambda _: self.named)
        monkeypatch.setattr(holding, "let_go", self.let_go)
        monkeypatch.setattr("workspace.progress.time", self)
        self.progress = Progress()
        monkeypatch.setattr(self.progress, "say", self.said.append)

    def monotonic(self) -> float:
        return self.now

    def let_go(self, *_: object) -> int:
        self.freed += 1
        return 1

    def pause(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Played:
    return Played(monkeypatch, tmp_path)


def test_up_on_a_whole_platform_finishes_nothing(played: Played) -> None:
    """Issue 13, 4: where nothing is being deleted `up` goes on at once."""
    assert not finish(played.home, played.progress, played.pause)
    assert 0 == played.freed


def test_up_looks_where_a_namespace_of_the_state_is_gone(played: Played) -> None:
    """Issue 13, 1: after a namespace was deleted by hand `up` does not take the state's word for what was in it."""
    played.cluster, played.named = Cluster(Namespace=Found((space("shop", None),))), {"shop"}
    assert not finish(played.home, played.progress, played.pause)
    played.named = {"shop", "argocd"}

    assert finish(played.home, played.progress, played.pause)
    assert 0 == played.freed


def test_up_finishes_a_deletion_that_ends(played: Played) -> None:
    """Issue 13, 4: Argo CD's namespace is freed and waited for."""
    played.cluster = Cluster(Namespace=Found((space("argocd", 5),)))

    def pause(seconds: float) -> None:
        played.pause(seconds)
        if played.now > 10:
            played.cluster.answers["Namespace"] = Found(())

    assert finish(played.home, played.progress, pause)
    assert 1 == played.freed


def test_up_names_what_holds_a_deletion(played: Played) -> None:
    """Issue 13, 4: what does not go is named within 30 s, with its command, and never by the API server's sentence."""
    played.cluster = stuck(since=60 - (datetime.now(UTC) - NOW).total_seconds())

    with pytest.raises(Problem, match=r"^namespace argocd is being deleted, and applications.argoproj.io web is held .* free it: kubectl"):
        finish(played.home, played.progress, played.pause)
    assert played.now < 30


def test_argo_cd_is_left_alone_where_another_namespace_goes(played: Played) -> None:
    """Issue 13, 4: a shop that was deleted by hand does not cost Argo CD its controllers, which nobody would start again."""
    played.cluster = Cluster(Namespace=Found((space("shop", 5),)))
    with pytest.raises(Problem, match="namespace shop: still being deleted after 60 s; try again"):
        finish(played.home, played.progress, played.pause)

    assert 0 == played.freed


def test_watch_says_each_thing_once_and_ends_the_run(played: Played) -> None:
    """Issue 13, 2: `down` says what holds it, goes on for a minute in case somebody frees it, then ends."""
    ended: list[str] = []
    played.cluster = stuck(since=60 - (datetime.now(UTC) - NOW).total_seconds())
    watch = Watch(played.home, played.progress, lambda: ended.append("interrupted"))

    watch.look(0.0)
    watch.look(GIVE_UP_SECONDS)
    assert (2, []) == (len(played.said), ended)
    watch.look(GIVE_UP_SECONDS + 1)

    assert (2, ["interrupted"]) == (len(played.said), ended)
    assert played.said == watch.lines


def test_watch_forgives_what_was_freed(played: Played) -> None:
    """Issue 13, 2: what somebody freed meanwhile does not end the run; neither does a cluster that does not answer."""
    ended: list[str] = []
    played.cluster = stuck(since=60 - (datetime.now(UTC) - NOW).total_seconds())
    watch = Watch(played.home, played.progress, lambda: ended.append("interrupted"))
    watch.look(0.0)
    played.cluster = Cluster(Namespace=Found(()))
    watch.look(GIVE_UP_SECONDS - 1)
    played.cluster = Cluster(Namespace=Unanswered("nobody answers"))
    watch.look(GIVE_UP_SECONDS + 1)

    assert [] == ended


def test_an_interruption_by_a_person_stays_one(played: Played) -> None:
    """R2: Ctrl-C while `down` waits is no problem that holds it; one by the watch is told as the lines that it said."""
    with pytest.raises(KeyboardInterrupt), told(played.home, played.progress):
        raise KeyboardInterrupt


def test_the_watch_interrupts_what_waits(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 13, 2: what holds the deletion becomes the error of the run."""
    played.cluster = stuck(since=60 - (datetime.now(UTC) - NOW).total_seconds())
    for name in ("ORDINARY_SECONDS", "LOOK_SECONDS", "GIVE_UP_SECONDS"):
        monkeypatch.setattr(holding, name, 0.01)

    ended = threading.Event()

    def wait() -> None:
        with told(played.home, played.progress, ended.set):
            assert ended.wait(30)
            raise KeyboardInterrupt

    with pytest.raises(Problem, match="web is held by finalizer"):
        wait()
