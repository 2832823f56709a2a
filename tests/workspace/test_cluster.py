"""Asking a cluster: "there is none" is an answer of the cluster, and "it could not be asked" is none."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from workspace import cluster
from workspace.cluster import Answer, CouldNotAsk, Found, Kubectl, Unanswered, Undefined
from workspace.home import Home

POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web-1"}}
ROOT = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "root"}}
UNKNOWN = """error: the server doesn't have a resource type "application" """
DELETED = (
    'Error from server (NotFound): Unable to list "argoproj.io/v1alpha1, Resource=applications": '
    "the server could not find the requested resource (get applications.argoproj.io)"
)
FORBIDDEN = 'Error from server (Forbidden): pods is forbidden: User "dev" cannot list resource "pods"'
REFUSED = "The connection to the server 198.18.0.2:6443 was refused - did you specify the right host or port?"
BROKEN_DISCOVERY = f"E1201 memcache.go:287] couldn't get resource list for argoproj.io/v1alpha1: context deadline exceeded\n{UNKNOWN}"


def items(*objects: object) -> str:
    return f"echo '{json.dumps({'items': objects})}'"


def complaint(text: str) -> str:
    return f"cat >&2 <<'END'\n{text}\nEND\nexit 1"


@pytest.fixture
def kubectl(tmp_path: Path) -> Callable[..., Kubectl]:
    """A kubectl that answers by the kinds it is asked for: shell code by `get`'s word, `*` for any."""

    def made(**answers: str) -> Kubectl:
        cases = "".join(f"*'get {kinds} '*)\n{code}\n;;\n" for kinds, code in answers.items() if kinds != "otherwise")
        program = tmp_path / "kubectl"
        program.write_text(
            f'#!/bin/sh\necho "$*" >> {tmp_path}/calls\ncase "$*" in\n{cases}*)\n{answers.get("otherwise", "exit 0")}\n;;\nesac\n'
        )
        program.chmod(0o755)
        return Kubectl((), {"PATH": f"{tmp_path}:/usr/bin:/bin"})

    return made


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (items(), Found(())),
        (items(POD), Found((POD,))),
        (complaint(UNKNOWN), Undefined()),
        (complaint(DELETED), Undefined()),
        (complaint(FORBIDDEN), Unanswered(f"kubectl get pod: {FORBIDDEN}")),
        (complaint(REFUSED), Unanswered(f"kubectl get pod: {REFUSED}")),
        (complaint(BROKEN_DISCOVERY), Unanswered(f"kubectl get pod: {UNKNOWN.strip()}")),
        ("echo '<html>proxy</html>'", Unanswered("kubectl get pod: the answer is no JSON object: '<html>proxy</html>'")),
        ("exit 1", Unanswered("kubectl get pod: no message")),
    ],
    ids=["none", "one", "unknown kind", "deleted definition", "forbidden", "out of reach", "half a discovery", "no JSON", "nothing said"],
)
def test_each_answer_is_its_own(kubectl: Callable[..., Kubectl], said: str, answer: Answer) -> None:
    """Issue 13, point 3: none, no such kind, and no answer are three things; a failure is never "none"."""
    assert {"pod": answer} == kubectl(pod=said).ask(["pod"])


def test_one_kind_does_not_spoil_the_answer_of_another(kubectl: Callable[..., Kubectl]) -> None:
    """Issue 13, point 2 of what was seen: a definition that is gone leaves the other kind's objects in the answer."""
    asked = ["Application.argoproj.io", "ApplicationSet.argoproj.io", "pod"]
    answers = {
        ",".join(asked): complaint(UNKNOWN),
        asked[0]: items(ROOT),
        asked[1]: complaint(UNKNOWN),
        asked[2]: complaint(FORBIDDEN),
    }

    expected = {asked[0]: Found((ROOT,)), asked[1]: Undefined(), asked[2]: Unanswered(f"kubectl get pod: {FORBIDDEN}")}
    assert expected == kubectl(**answers).ask(asked)


def test_kinds_of_a_common_answer_are_told_apart(kubectl: Callable[..., Kubectl], tmp_path: Path) -> None:
    """Item 6.1: what can be asked in one call is; each object stands under the kind that was asked for."""
    answers = kubectl(otherwise=items(POD, ROOT)).ask(
        ["pod", "Application.argoproj.io", "secret"], namespace="argocd", selector="a=b", managed_fields=True
    )

    assert {"pod": Found((POD,)), "Application.argoproj.io": Found((ROOT,)), "secret": Found(())} == answers
    (call,) = (tmp_path / "calls").read_text().splitlines()
    assert call.endswith("get Application.argoproj.io,pod,secret --namespace=argocd --selector=a=b --show-managed-fields --output=json")


def test_object_that_nobody_asked_for_is_a_mistake_of_ours(kubectl: Callable[..., Kubectl]) -> None:
    """A kind in the plural would match no object, and so read as "none": it is refused instead."""
    with pytest.raises(ValueError, match=r"^Pod is none of pods, secret: name kinds in the singular$"):
        kubectl(otherwise=items(POD)).ask(["pods", "secret"])


def test_objects_are_all_or_an_error(kubectl: Callable[..., Kubectl]) -> None:
    """Issue 13, point 3: where one kind went unanswered there is no list; a kind that is not defined has no objects."""
    answers = {"pod": items(POD), "other": complaint(UNKNOWN), "silent": complaint(REFUSED)}

    assert [POD] == kubectl(**answers, otherwise=complaint(UNKNOWN)).objects(["pod", "other"])
    with pytest.raises(CouldNotAsk, match=r"^kubectl get silent: The connection .* port\?; fix: \./scripts/up$"):
        kubectl(**answers, otherwise=complaint(REFUSED)).objects(["pod", "silent"])


def test_object_that_is_not_there_is_told_from_one_that_cannot_be_read(kubectl: Callable[..., Kubectl]) -> None:
    """Issue 13, point 3: kubectl prints nothing for an object that is not there, and fails for all else."""
    assert kubectl(secret="exit 0").object("secret", "shares", "vault") is None
    assert POD == kubectl(pod=f"echo '{json.dumps(POD)}'").object("pod", "web-1", "shop")
    with pytest.raises(CouldNotAsk, match=r"^kubectl get secret shares: Error from server .Forbidden.: pods"):
        kubectl(secret=complaint(FORBIDDEN)).object("secret", "shares", "vault")
    with pytest.raises(CouldNotAsk, match=r"^kubectl get secret shares: the answer is no JSON object"):
        kubectl(secret="echo '[]'").object("secret", "shares", "vault")


def test_cluster_that_hangs_is_not_waited_for(kubectl: Callable[..., Kubectl], monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 13, point 7: a question ends by itself, with what was asked and for how long."""
    monkeypatch.setattr(cluster, "ANSWER_SECONDS", 0.2)
    started = time.monotonic()

    assert {"pod": Unanswered("kubectl get pod: no answer within 0 s")} == kubectl(pod="exec sleep 20").ask(["pod"])
    assert time.monotonic() - started < 10


def test_without_a_kubeconfig_nothing_is_asked(tmp_path: Path) -> None:
    """Issue 13, point 3: where no cluster was chosen there is no answer, which is not "none"."""
    home = Home(tmp_path, tmp_path, "test")
    home.bin.mkdir()
    (home.bin / "kubectl").touch(mode=0o755)

    assert {"pod": Unanswered(f"{home.kubeconfig} is missing: no cluster was chosen yet")} == cluster.chosen(home).ask(["pod"])


def test_without_kubectl_nothing_is_asked() -> None:
    """Issue 13, point 3: a missing program is no answer either."""
    assert {"pod": Unanswered("kubectl is not on PATH")} == Kubectl((), {"PATH": ""}).ask(["pod"])
