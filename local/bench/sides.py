"""The two sides: our `pulumi`, and the same objects by `kubectl`. Each waits until pods are available, or all is gone."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import yaml

from local.bench import objects
from local.bench.process import Cost, run
from workspace import pulumi
from workspace.home import REPOSITORY, Home
from workspace.progress import Problem

PROGRAM = Path(__file__).parent / "program"
NAMESPACE = "bench"
STACK = "bench"
WAIT_SECONDS = 600


@dataclass(frozen=True)
class Bench:
    """One number of workloads on one cluster; both sides leave the cluster empty at the end of each round."""

    home: Home
    workloads: int

    program: ClassVar[Path] = PROGRAM

    @property
    def name(self) -> str:
        """What is made, as a figure names it."""
        return f"{self.workloads} workloads"

    @property
    def folder(self) -> Path:
        """The program's copy: the engine writes its stack file beside it."""
        return self.home.state / f"program-{self.name.replace(' ', '-')}"

    @property
    def manifests(self) -> Path:
        return self.folder / "manifests.json"

    @property
    def exported(self) -> Path:
        return self.folder / "state.json"

    @property
    def environment(self) -> dict[str, str]:
        ours = pulumi.environment(self.home) | {"PULUMI_BACKEND_URL": f"file://{self.home.backend}", "PYTHONPATH": str(REPOSITORY)}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")}
        return kept | ours

    def prepare(self, stack: str = STACK) -> None:
        """A copy of the program, with the settings that the platform's program has, and a stack of its own."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.program, self.folder, ignore=shutil.ignore_patterns("__pycache__"))
        self.folder.chmod(0o700)  # the values of the throwaway secrets will be in it
        project, platform = (yaml.safe_load((folder / "Pulumi.yaml").read_text()) for folder in (self.program, REPOSITORY))
        # Another project's keys may have a value here, and no declaration.
        project.setdefault("config", {}).update(
            {key: {"value": entry["default"]} for key, entry in platform["config"].items() if "default" in entry}
        )
        (self.folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))
        self.say("pulumi", "stack", "init", f"{stack}-{self.name.replace(' ', '-')}", "--non-interactive")
        self.configure()

    def configure(self) -> None:
        self.say("pulumi", "config", "set", "workloads", str(self.workloads), "--non-interactive")

    def up(self, watched: bool = False) -> Cost:
        return self.pulumi("up", watched)

    def preview(self) -> Cost:
        return run(["pulumi", "preview", "--non-interactive", "--suppress-outputs"], self.environment, self.folder)

    def destroy(self) -> Cost:
        return self.pulumi("destroy")

    def pulumi(self, operation: str, watched: bool = False) -> Cost:
        command = ["pulumi", operation, "--yes", "--skip-preview", "--non-interactive", "--suppress-outputs"]
        return run(command, self.environment, self.folder, watched)

    def keep_manifests(self) -> int:
        """Write what Pulumi made as kubectl takes it; how many objects there are."""
        self.say("pulumi", "stack", "export", "--file", str(self.exported))
        made = objects.sent(json.loads(self.exported.read_text()))
        self.manifests.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": made}))
        return len(made)

    def apply(self) -> Cost:
        """kubectl's `up`: apply, then wait until every Deployment is available."""
        wait = f"kubectl wait deployment --all --namespace {NAMESPACE} --for condition=Available --timeout {WAIT_SECONDS}s"
        return self.kubectl(f"{self.reapplying()} && {wait}")

    def reapply(self) -> Cost:
        return self.kubectl(self.reapplying())

    def reapplying(self) -> str:
        return f"kubectl apply --server-side --filename {self.manifests} --output name"

    def delete(self) -> Cost:
        """kubectl's `destroy`: delete the same objects and wait until each is gone."""
        return self.kubectl(f"kubectl delete --ignore-not-found --filename {self.manifests} --timeout {WAIT_SECONDS}s")

    def delete_namespace(self) -> Cost:
        """The quickest way kubectl has, where all objects are in one namespace that can go."""
        return self.kubectl(f"kubectl delete namespace {NAMESPACE} --timeout {WAIT_SECONDS}s")

    def kubectl(self, script: str) -> Cost:
        return run(["sh", "-c", script], self.environment, self.folder)

    def live(self) -> dict[str, str]:
        """The objects of the manifests as the API server holds them now, made comparable; checks that all can serve."""
        answer: dict[str, Any] = json.loads(self.say("kubectl", "get", "--filename", str(self.manifests), "--output", "json"))
        for item in answer["items"]:
            wanted = item.get("spec", {}).get("replicas")
            if item["kind"] == "Deployment" and item["status"].get("availableReplicas") != wanted:
                raise Problem(f"Deployment {item['metadata']['name']} is not available, though its side says that it is done")
        return objects.by_identity(answer["items"])

    @property
    def state_bytes(self) -> int:
        """Size of the stack's state as exported after the first whole `up`."""
        return self.exported.stat().st_size

    def is_empty(self) -> bool:
        return not self.say("kubectl", "get", "namespace", NAMESPACE, "--ignore-not-found", "--output", "name").strip()

    def say(self, *command: str) -> str:
        """What a command that is not measured prints; raises Problem with its complaint."""
        answer = subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True)
        if answer.returncode:
            raise Problem(f"`{' '.join(command[:3])}`: {answer.stderr.strip() or answer.stdout.strip()}")
        return answer.stdout
