"""Deletions that take their time: what the provider says of them, on a server that is played."""
# ruff: noqa: ARG002  (what is played is called as the real one is)

import asyncio
from typing import Any, cast

import pytest

from stand_ins.plugins.kubernetes.await_removal import definitions, holding, still
from stand_ins.plugins.kubernetes.client import ApiClient, ApiError, Unreachable

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


def test_a_slow_deletion_is_one_line() -> None:
    """Issue 13, 7: what is waited for, since when, and why it is not gone; where nothing tells, that is said."""
    assert "Namespace argocd is still there after 15 s: pods lost; finalizer a/b" == still(NAMESPACE, 15.2, ["pods lost", "finalizer a/b"])
    assert still(NAMESPACE, 15, []).endswith(": nothing says why")
