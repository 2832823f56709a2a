"""The keeper's rounds on a cluster in memory, and its client on a real socket."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from services.argocd_keeper.api import Api, Refused
from services.argocd_keeper.keeper import GRACE_SECONDS, GROUP, TRACKING, Keeper, Plan
from tests.serving import in_thread

FINALIZER, HOOK = "resources-finalizer.argocd.argoproj.io", "argocd.argoproj.io/hook-finalizer"
JOBS = "/apis/batch/v1/jobs"
PLAN = Plan("argocd", "root", "argocd-application-controller", (JOBS,))
NAMESPACE = "/api/v1/namespaces/argocd"
CONTROLLER = "/apis/apps/v1/namespaces/argocd/statefulsets/argocd-application-controller"


class Double:
    """A cluster in memory, with the time that the keeper goes by."""

    def __init__(self) -> None:
        self.now = 0.0
        self.objects: dict[str, dict[str, Any]] = {
            NAMESPACE: {"metadata": {"name": "argocd"}},
            CONTROLLER: {"metadata": {"name": PLAN.controller}, "status": {"readyReplicas": 1}},
        }
        self.add("applications", "root")
        self.add("applications", "web", ownerReferences=[{"name": "shop"}])
        self.keeper = Keeper(self, PLAN, lambda: self.now)

    def add(self, kind: str, name: str, *finalizers: str, **metadata: Any) -> str:
        path = f"{GROUP}/namespaces/argocd/{kind}/{name}"
        own = {"name": name, "namespace": "argocd", "resourceVersion": "7", "finalizers": list(finalizers) or [FINALIZER]}
        self.objects[path] = {"metadata": {**own, **metadata}}
        return path

    def mark(self, *paths: str) -> None:
        for path in paths:
            self.objects[path]["metadata"]["deletionTimestamp"] = "2026-12-01T00:00:00Z"

    def get(self, path: str) -> dict[str, Any] | None:
        return self.objects.get(path)

    def items(self, path: str) -> list[dict[str, Any]]:
        version, _, plural = path.rpartition("/")
        found = [one for one in self.objects if one.startswith(version) and one.split("/")[-2] == plural]
        return [self.objects[one] for one in found]

    def patch(self, path: str, body: dict[str, Any]) -> None:
        assert body["metadata"].pop("resourceVersion") == "7"
        self.objects[path]["metadata"] |= body["metadata"]
        if not self.objects[path]["metadata"]["finalizers"]:
            del self.objects[path]

    def delete(self, path: str) -> None:
        self.mark(path)

    def finalizers(self, path: str) -> list[str]:
        return list(self.objects[path]["metadata"]["finalizers"]) if path in self.objects else []

    def goes(self, name: str) -> bool:
        return "deletionTimestamp" in self.objects[f"{GROUP}/namespaces/argocd/applications/{name}"]["metadata"]


@pytest.fixture
def cluster() -> Double:
    return Double()


ROOT, WEB = (f"{GROUP}/namespaces/argocd/applications/{name}" for name in ("root", "web"))


def test_nothing_happens_while_the_root_is_there(cluster: Double) -> None:
    """Issue 13, 1; 2.6: an Application whose deletion takes long, as after a commit, keeps its finalizer: what it made is not orphaned."""
    cluster.mark(WEB)
    cluster.objects[CONTROLLER]["status"] = {}
    for cluster.now in (0, GRACE_SECONDS, 10 * GRACE_SECONDS):
        assert "nothing to do" in cluster.keeper.round()

    assert [FINALIZER] == cluster.finalizers(WEB)


def test_a_living_controller_has_its_time(cluster: Double) -> None:
    """Issue 13, 1: Argo CD deletes what it made; what a retried sync still holds after the grace is freed."""
    cluster.mark(ROOT, WEB)
    cluster.keeper.round()
    cluster.now = GRACE_SECONDS - 1
    cluster.keeper.round()
    assert [FINALIZER] == cluster.finalizers(ROOT)

    cluster.now = GRACE_SECONDS
    assert "freed applications/root, applications/web" in cluster.keeper.round()
    assert {ROOT, WEB}.isdisjoint(cluster.objects)


@pytest.mark.parametrize("status", [{}, {"readyReplicas": 0}, None])
def test_a_dead_controller_is_not_waited_for(cluster: Double, status: Any) -> None:
    """Issue 13, 1: with the controller dead, scaled to nothing or uninstalled, what is being deleted is freed in the first round."""
    cluster.mark(ROOT, WEB)
    if status is None:
        del cluster.objects[CONTROLLER]
    else:
        cluster.objects[CONTROLLER]["status"] = status

    cluster.keeper.round()

    assert {ROOT, WEB}.isdisjoint(cluster.objects)


def test_children_that_outlive_the_root_are_freed(cluster: Double) -> None:
    """Issue 13, 1: the root gone, its controller uninstalled and a child left in deletion: the state in which a destroy never ended."""
    del cluster.objects[ROOT], cluster.objects[CONTROLLER]
    cluster.mark(WEB)

    cluster.keeper.round()

    assert WEB not in cluster.objects


def test_a_namespace_deleted_by_hand_is_freed(cluster: Double) -> None:
    """Issue 13, 1: without a destroy too: the namespace is in deletion, its pods are gone, the root still has no deletion of its own."""
    cluster.mark(NAMESPACE, WEB)
    cluster.objects[CONTROLLER]["status"] = {}

    cluster.keeper.round()
    assert WEB not in cluster.objects
    cluster.keeper.round()
    assert ROOT in cluster.objects, "the namespace's own deletion is what marks the root"


def test_what_a_person_added_goes_with_the_root(cluster: Double) -> None:
    """Issue 13, 1: an Application added by hand is deleted while the controller can; those that others delete are left to them."""
    cluster.add("applications", "mine")
    cluster.add("applicationsets", "shop", annotations={TRACKING: "root:argoproj.io/ApplicationSet:argocd/shop"})
    cluster.mark(ROOT)

    cluster.keeper.round()

    assert cluster.goes("mine")
    assert not cluster.goes("web")
    assert "deletionTimestamp" not in cluster.objects[f"{GROUP}/namespaces/argocd/applicationsets/shop"]["metadata"]


def test_hooks_of_a_sync_are_freed_and_other_finalizers_stay(cluster: Double) -> None:
    """Issue 13, 1: a hook that is being deleted loses Argo CD's finalizer alone; one that is not being deleted keeps it."""
    job = "/apis/batch/v1/namespaces/shop/jobs/migrate"
    own = {"name": "migrate", "namespace": "shop", "resourceVersion": "7", "finalizers": [HOOK, "example.com/mine"]}
    cluster.objects[job] = {"metadata": own}
    del cluster.objects[ROOT], cluster.objects[CONTROLLER]

    cluster.keeper.round()
    assert [HOOK, "example.com/mine"] == cluster.finalizers(job)
    cluster.mark(job)
    cluster.keeper.round()
    assert ["example.com/mine"] == cluster.finalizers(job)


def test_an_end_that_was_taken_back_is_forgotten(cluster: Double) -> None:
    """Issue 13, 1: a root that was made again starts the grace anew at its next end."""
    root = cluster.objects.pop(ROOT)
    cluster.keeper.round()
    cluster.now = GRACE_SECONDS
    cluster.objects[ROOT] = root
    cluster.keeper.round()
    cluster.mark(ROOT)

    cluster.keeper.round()

    assert [FINALIZER] == cluster.finalizers(ROOT)


def test_client_tells_none_from_refused() -> None:
    """Issue 13, 3: 404 is none, 403 is no answer, and nobody listening is an OSError."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            status = {"/there": 200, "/none": 404, "/busy": 409}.get(self.path, 403)
            body = json.dumps({"items": [{"metadata": {"name": "one"}}]}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PATCH = do_DELETE = _answer

        def log_message(self, format: str, *arguments: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with in_thread(server):
        api = Api(f"http://127.0.0.1:{server.server_port}")
        assert ["one"] == [item["metadata"]["name"] for item in api.items("/there")]
        assert [] == api.items("/none")
        assert api.get("/none") is None
        api.patch("/busy", {})
        api.delete("/none")
        for forbidden in (lambda: api.items("/other"), lambda: api.patch("/other", {}), lambda: api.delete("/other")):
            with pytest.raises(Refused, match=r"may not .* /other: the API server answered 403"):
                forbidden()
    with pytest.raises(OSError, match="refused"):
        api.get("/there")
