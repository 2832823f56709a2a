"""Deletions that take their time: what the provider says of them, on a server that is played."""
# ruff: noqa: ARG002  (what is played is called as the real one is)

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from stand_ins.plugins.kubernetes import removal
from stand_ins.plugins.kubernetes.await_removal import definitions, holding
from stand_ins.plugins.kubernetes.client import ApiClient, ApiError, Unreachable
from stand_ins.plugins.kubernetes.engine import Engine
from stand_ins.plugins.kubernetes.failures import NotReady
from stand_ins.plugins.kubernetes.removal import Remover
from stand_ins.plugins.kubernetes.watching import Versions, Watches

FINALIZER = "resources-finalizer.argocd.argoproj.io"
MARK = "2026-12-01T12:00:30Z"
LEFT = "Some resources are remaining: applications.argoproj.io has 5 resource instances, pods. has 1 resource instances"
CONDITION = {"type": "NamespaceContentRemaining", "status": "True", "message": LEFT}
NAMESPACE = {"kind": "Namespace", "metadata": {"name": "argocd"}, "status": {"conditions": [CONDITION]}}
NAMES = {"group": "argoproj.io", "names": {"plural": "applications"}}
DEFINITION = {
    "metadata": {"name": "applications.argoproj.io", "deletionTimestamp": MARK, "annotations": {"meta.helm.sh/release-name": "argocd"}},
    "spec": NAMES,
}


def application(name: str, *finalizers: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "finalizers": list(finalizers)}}


APPLICATIONS = {"items": [*(application(f"free-{number}") for number in range(4)), application("web", FINALIZER)]}


class Server:
    """Answers by path; what it does not know is not there."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    async def request(self, method: str, path: str, query: dict[str, str] | None = None) -> Any:
        answer = self.answers.get(path, ApiError(404, {"message": "not found"}))
        if isinstance(answer, Exception):
            raise answer
        assert method == "GET"
        return answer


def client(**others: Any) -> ApiClient:
    answers = {
        "/apis/argoproj.io": {"preferredVersion": {"groupVersion": "argoproj.io/v1alpha1"}},
        "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications": APPLICATIONS,
        "/apis/argoproj.io/v1alpha1/applications": APPLICATIONS,
        "/api/v1/namespaces/argocd/pods": {"items": [{"metadata": {"name": "lost", "deletionTimestamp": MARK}}]},
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions": {"items": [DEFINITION, {**DEFINITION, "metadata": {"name": "other"}}]},
        **others,
    }
    return cast(ApiClient, Server(answers))


def found(item: dict[str, Any], **others: Any) -> list[str]:
    return asyncio.run(holding(client(**others), item))


def test_a_namespace_says_what_is_left_in_it() -> None:
    """Issue 13, 7: by kind, name and finalizer, those with a finalizer first; of pods how long they may take."""
    assert [
        f"applications.argoproj.io web (finalizer {FINALIZER})",
        "applications.argoproj.io free-0",
        "applications.argoproj.io free-1",
        "2 more of applications.argoproj.io",
        f"[Pod lost]: ends, by {MARK} at the latest",
    ] == found(NAMESPACE)


def test_an_object_says_its_finalizers_and_its_pods() -> None:
    """Issue 13, 7: a Deployment in foreground deletion waits for its pods, another object for who takes its finalizer away."""
    owner = {
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "argocd", "finalizers": ["foregroundDeletion", "example.com/mine"]},
        "spec": {"selector": {"matchLabels": {"app": "web"}}},
    }

    assert [f"[Pod lost]: ends, by {MARK} at the latest", "finalizer example.com/mine", "what it owns goes first"] == found(owner)


@pytest.mark.parametrize("error", [ApiError(403, {"message": "not yours"}), Unreachable("nobody answers")])
def test_what_could_not_be_asked_is_not_nothing(error: Exception) -> None:
    """Issue 13, 3: a server that does not say what is left is told as such; a kind that is gone has nothing left."""
    paths: Any = {"/apis/argoproj.io": error}

    assert [f"what is left could not be asked: {error}"] == found(NAMESPACE, **paths)
    assert [f"[Pod lost]: ends, by {MARK} at the latest"] == found(NAMESPACE, **{"/apis/argoproj.io": ApiError(404, {})})


def test_definitions_of_a_release_say_what_keeps_them() -> None:
    """Issue 13, 7: helm waits for its definitions without a word; those of other releases, and those that stay, are not named."""
    said = asyncio.run(definitions(client(), "argocd"))

    assert f"applications.argoproj.io: applications.argoproj.io web (finalizer {FINALIZER})" == said[0]
    assert [] == asyncio.run(definitions(client(), "other"))


class Silent:
    """Watches in which nothing happens until `gone` is set."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    @asynccontextmanager
    async def follow(self, collection: str, item: dict[str, Any]) -> AsyncIterator[Versions]:
        versions = Versions(item)
        asyncio.get_running_loop().call_later(self.seconds, versions.put, None)
        yield versions


class Listening(Engine):
    """An engine that keeps what it is told."""

    def __init__(self) -> None:
        super().__init__("")
        self.said: list[str] = []

    async def status(self, urn: str, message: str) -> None:
        self.said.append(message)


def waited(monkeypatch: pytest.MonkeyPatch, gone_after: float, timeout: float, slow: float) -> list[str]:
    """What is said during a deletion that takes `gone_after` seconds."""
    monkeypatch.setattr(removal, "SLOW_SECONDS", slow)

    async def wait() -> list[str]:
        engine = Listening()
        remover = Remover(client(), cast(Watches, Silent(gone_after)), engine)
        await remover.wait("urn", "/api/v1/namespaces", NAMESPACE, timeout)
        return engine.said

    return asyncio.run(wait())


def test_a_slow_deletion_is_told_and_a_quick_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 13, 7: after 15 s it is said what is waited for and why it is not gone."""
    (said,) = waited(monkeypatch, gone_after=0.3, timeout=5, slow=0.01)

    assert said.startswith("Namespace argocd is still there after 0 s: applications.argoproj.io web (finalizer")
    assert [] == waited(monkeypatch, gone_after=0.05, timeout=5, slow=5)


def test_a_deletion_out_of_time_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 13, 7: the failure carries what was left, beside the message that the official provider has."""
    with pytest.raises(NotReady, match="timed out after 0 s waiting for Namespace 'argocd' to be deleted") as failed:
        waited(monkeypatch, gone_after=5, timeout=0.05, slow=0.01)

    assert f"applications.argoproj.io web (finalizer {FINALIZER})" in failed.value.reasons
