"""Argo CD beside kubectl on this checkout's own platform: Applications generated from Git and synced, the same objects applied."""

import base64
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.gitops.git_server import SECRET, url
from components.gitops.projects import API, IN_CLUSTER, Project, app_project
from components.gitops.sync_policy import FINALIZER, SYNC_POLICIES, sync_policy
from components.workload import Pattern, render
from local.bench.figures import Figure
from workspace import pulumi
from workspace.home import Home
from workspace.progress import Problem, Progress

NAME = "bench"
"""Of the namespace that the objects go to, the project, the branch, and the directory in Git."""
ARGOCD, DEVELOPMENT = "argocd", "development"
PEER = "kubectl apply --server-side"
WAIT_SECONDS = 900
_LOOK_SECONDS = 0.5
"""Each look is a kubectl, which takes processor time from what is measured."""
_SETTLED = ("Synced", "Healthy")


def application(number: int) -> list[dict[str, Any]]:
    """A stateless workload whose pods are left out, as in the benchmark of workloads: what is measured is the way to the API server."""
    made = render(f"app-{number}", {"pattern": Pattern.STATELESS, "namespace": NAME, "image": "causeway/shop:1.0.0"})
    for item in made:
        if item["kind"] == "Deployment":
            item["spec"]["replicas"] = 0
    return made


def project(repository: str) -> dict[str, Any]:
    return app_project(Project(NAME, (NAME,), (repository,)), ARGOCD, {}, SYNC_POLICIES[DEVELOPMENT])


def application_set(repository: str, revision: str) -> dict[str, Any]:
    """An Application for each directory of a commit, synced as those of the platform are.

    By the commit, since Argo CD looks for what a branch has become only once in a while, and that wait is a setting, no work.
    """
    source = {"repoURL": repository, "targetRevision": revision, "path": "{{ .path.path }}"}
    template = {
        "metadata": {"name": "bench-{{ .path.basename }}", "labels": {NAME: "true"}, "finalizers": [FINALIZER]},
        "spec": {
            "project": NAME,
            "source": source,
            "destination": {"server": IN_CLUSTER, "namespace": NAME},
            "syncPolicy": sync_policy(SYNC_POLICIES[DEVELOPMENT]),
        },
    }
    generator = {"repoURL": repository, "revision": revision, "directories": [{"path": f"{NAME}/*"}]}
    return {
        "apiVersion": API,
        "kind": "ApplicationSet",
        "metadata": {"name": NAME, "namespace": ARGOCD},
        "spec": {"goTemplate": True, "generators": [{"git": generator}], "template": template},
    }


@dataclass(frozen=True)
class GitOpsBench:
    """Some number of Applications, with their objects in `folder` below the name of the benchmark."""

    home: Home
    applications: int
    folder: Path

    @property
    def manifests(self) -> Path:
        return self.folder / NAME

    def prepare(self) -> None:
        """Write every Application's objects, and push them as a branch of their own."""
        for number in range(self.applications):
            place = self.manifests / f"app-{number}" / "objects.json"
            place.parent.mkdir(parents=True)
            place.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": application(number)}))
        self.git("init", "-q")
        self.git("add", NAME)
        self.publish()

    def publish(self) -> str:
        """Push the objects as a commit that Argo CD has not seen, so that nothing of it is rendered yet; return its name."""
        self.git("-c", "user.name=bench", "-c", "user.email=bench@example.com", "commit", "-q", "--allow-empty", "-m", str(time.time_ns()))
        self.git("push", "-q", "-f", self.remote(), f"HEAD:{NAME}")
        return self.git("rev-parse", "HEAD").strip()

    def remote(self) -> str:
        """The repository's address with its password, which is kept in no file."""
        secret = json.loads(self.kubectl("get", "secret", SECRET, "-n", ARGOCD, "-o", "json"))["data"]["password"]
        address = self.kubectl("get", "service", "git", "-n", ARGOCD, "-o", "jsonpath={.spec.clusterIP}:{.spec.ports[0].port}")
        return f"http://git:{base64.b64decode(secret).decode()}@{address}/platform.git"

    def sync(self) -> float:
        """Seconds from the ApplicationSet to every Application being synced and healthy."""
        wanted = json.dumps(application_set(url(ARGOCD), self.publish()))
        started = time.monotonic()
        self.kubectl("apply", "-f", "-", given=wanted)
        self._until(lambda found: [_SETTLED] * self.applications == found)
        return time.monotonic() - started

    def apply(self) -> float:
        """Seconds that kubectl takes for the same objects."""
        started = time.monotonic()
        self.kubectl("apply", "--server-side", "--recursive", "-f", str(self.manifests), "-o", "name")
        return time.monotonic() - started

    def take_back(self) -> None:
        """Take the Applications away, which takes their objects away."""
        self.kubectl("delete", "applicationset", NAME, "-n", ARGOCD, "--ignore-not-found", "--cascade=background")
        self._until(lambda found: not found)

    def delete(self) -> None:
        """Delete what kubectl made by its namespace, which takes a tenth of the time of one by one, and make that anew."""
        self.kubectl("delete", "namespace", NAME, "--ignore-not-found")
        self.kubectl("create", "namespace", NAME)

    def _until(self, holds: Any) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while not holds(found := self._states()):
            if time.monotonic() > deadline:
                settled = f"{found.count(_SETTLED)} of {len(found)} Applications are settled"
                raise Problem(f"{NAME}: after {WAIT_SECONDS} s {settled}; look: kubectl get applications -n {ARGOCD}")
            time.sleep(_LOOK_SECONDS)

    def _states(self) -> list[tuple[str, ...]]:
        columns = "custom-columns=S:.status.sync.status,H:.status.health.status"
        answer = self.kubectl("get", "applications", "-n", ARGOCD, "-l", f"{NAME}=true", "--no-headers", "-o", columns)
        return [tuple(line.split()) for line in answer.splitlines()]

    def git(self, *words: str) -> str:
        return self.say("git", "-C", str(self.folder), *words)

    def kubectl(self, *words: str, given: str | None = None) -> str:
        return self.say("kubectl", *words, given=given)

    def say(self, *command: str, given: str | None = None) -> str:
        answer = subprocess.run(command, env=os.environ | pulumi.environment(self.home), input=given, capture_output=True, text=True)
        if answer.returncode:
            raise Problem(f"{command[0]} {command[1]}: {answer.stderr.strip()}")
        return answer.stdout


def measure_gitops(home: Home, sizes: Sequence[int], pairs: int, progress: Progress) -> list[Figure]:
    """Both sides in turn for each number of Applications; raises Problem where this checkout has no platform with Argo CD."""
    return [_measured(home, size, pairs, progress) for size in sizes]


def _measured(home: Home, size: int, pairs: int, progress: Progress) -> Figure:
    ours: list[float] = []
    peer: list[float] = []
    with progress.step(f"{size} Applications: {pairs} pairs") as step, _bench(home, size) as bench:
        for pair in range(pairs):
            sides = [(ours, bench.sync, bench.take_back), (peer, bench.apply, bench.delete)]
            for times, side, undo in sides if pair % 2 == 0 else reversed(sides):
                step.update(f"pair {pair + 1} of {pairs}, {side.__name__}")
                times.append(side())
                step.update(f"pair {pair + 1} of {pairs}, {undo.__name__}")
                undo()
    facts = {"objects": float(size * len(application(0)))}
    return Figure(f"first sync, {size} Applications", "s", ours, peer, PEER, facts=facts)


@contextmanager
def _bench(home: Home, size: int) -> Iterator[GitOpsBench]:
    """Namespace, project and branch, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        bench = GitOpsBench(home, size, Path(folder))
        bench.prepare()
        bench.kubectl("apply", "-f", "-", given=json.dumps(project(url(ARGOCD))))
        bench.delete()
        try:
            yield bench
        finally:
            bench.take_back()
            bench.git("push", "-q", bench.remote(), "--delete", NAME)
            bench.kubectl("delete", "appproject", NAME, "-n", ARGOCD, "--ignore-not-found")
            bench.kubectl("delete", "namespace", NAME, "--ignore-not-found")
