"""A platform whose stack gives the shop to Argo CD, and its Git repository as a person would use it: clone, commit, push."""

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.live.monitoring.conftest import Monitoring
from tests.live.platform import Platform, checkout
from tests.waiting import eventually

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: shop}}\ndata: {{a: b}}\n"
HOOKS = """\
apiVersion: batch/v1
kind: Job
metadata:
  generateName: {name}-
  namespace: shop
  labels: {{app: hook}}
  annotations: {{argocd.argoproj.io/hook: {phase}, argocd.argoproj.io/hook-delete-policy: HookSucceeded}}
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      automountServiceAccountToken: false
      securityContext: {{runAsNonRoot: true, runAsUser: 1000, seccompProfile: {{type: RuntimeDefault}}}}
      containers:
        - name: hook
          image: causeway/toolbox:1.0.0
          command: ["true"]
          securityContext: {{allowPrivilegeEscalation: false, capabilities: {{drop: [ALL]}}, readOnlyRootFilesystem: true}}
"""


@dataclass(frozen=True)
class GitOps:
    """Argo CD on a platform, and a clone of what it deploys from."""

    platform: Platform
    clone: Path

    def git(self, *words: str) -> str:
        identity = ("-c", "user.name=test", "-c", "user.email=test@example.com")
        answer = subprocess.run(["git", "-C", self.clone, *identity, *words], capture_output=True, text=True, timeout=60)
        assert answer.returncode == 0, f"git {words[0]}: {answer.stderr}"
        return answer.stdout

    def push(self, message: str) -> None:
        """Commit everything and push it; Argo CD is asked to look at once, as a webhook would."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        self.publish()

    def publish(self) -> None:
        self.git("push", "--quiet", "origin", "HEAD:main")
        self.refresh()

    def refresh(self) -> None:
        self.platform.output("kubectl annotate applications --all -n argocd argocd.argoproj.io/refresh=normal --overwrite")

    def application(self, name: str) -> Any:
        return self.platform.kubectl(f"get application {name} -n argocd")

    def is_settled(self, name: str) -> bool:
        """Whether an Application has deployed the newest commit and is healthy."""
        status = self.application(name).get("status", {})
        head = self.git("rev-parse", "HEAD").strip()
        synced = status.get("sync", {})
        return (synced.get("status"), synced.get("revision")) == ("Synced", head) and status.get("health", {}).get("status") == "Healthy"

    @property
    def monitoring(self) -> Monitoring:
        return Monitoring(self.platform, self.platform.stack_output("urls"))

    def give_up(self, name: str) -> None:
        """End a sync that is being retried, as `argocd app terminate-op` does: the last of its retries would come after five minutes."""

        def is_over() -> bool:
            phase = self.application(name)["status"]["operationState"]["phase"]
            if phase == "Running":
                stop = json.dumps({"status": {"operationState": {"phase": "Terminating"}}})
                self.platform.output(f"kubectl patch application {name} -n argocd --type merge -p '{stop}'")
            return bool(phase == "Failed")

        eventually(is_over, seconds=60)

    def settle(self, *names: str) -> None:
        for name in names:
            eventually(lambda name=name: self.is_settled(name), seconds=120)  # type: ignore[misc]


@pytest.fixture(scope="package")
def gitops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitOps]:
    """A platform of its own as everybody gets it: the shared one goes without Argo CD, which would undo what tests do to it by hand."""
    platform = checkout(tmp_path_factory.mktemp("checkout"), f"gitops{os.getpid()}")
    platform.watch_closely()
    try:
        answer = platform.script("up")
        assert answer.returncode == 0, answer.stdout + answer.stderr
        yield GitOps(platform, clone(platform, tmp_path_factory.mktemp("clone")))
    finally:
        down = platform.script("down")
        assert down.returncode == 0, down.stderr


def clone(platform: Platform, directory: Path) -> Path:
    """A clone of the repository inside the cluster, by its Service's address; the password is asked of the cluster."""
    address = platform.kubectl("get service git -n argocd")["spec"]["clusterIP"]
    password = base64.b64decode(platform.kubectl("get secret git-server -n argocd")["data"]["password"]).decode()
    url = f"http://git:{password}@{address}:8080/platform.git"
    subprocess.run(["git", "clone", "--quiet", url, directory], check=True, capture_output=True, timeout=60)
    return directory
