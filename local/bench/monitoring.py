"""The monitoring side by side: our `pulumi` with its releases, and the very same objects by `kubectl`."""

import json
from pathlib import Path
from typing import Any

import yaml

from local.bench import objects
from local.bench.process import Cost
from local.bench.sides import WAIT_SECONDS, Bench
from stand_ins.plugins.kubernetes.kubeconfig import Loader
from workspace.progress import Problem

NAMESPACE = "monitoring"
RELEASES = ("kps-crds", "kps")
DEFINITION = "CustomResourceDefinition"


class MonitoringBench(Bench):
    """MonitoringStack on one cluster. kubectl has to be told what our program knows: kinds come before what is of them."""

    program = Path(__file__).parent / "stack"

    @property
    def name(self) -> str:
        return "monitoring"

    def configure(self) -> None:
        """Nothing: all that there is to decide has a default."""

    @property
    def definitions(self) -> Path:
        return self.folder / "definitions.json"

    def keep_manifests(self) -> int:
        """Write what Pulumi and helm made as kubectl takes it, the kinds apart; how many objects there are."""
        self.say("pulumi", "stack", "export", "--show-secrets", "--file", str(self.exported))
        made = [item for item in objects.sent(json.loads(self.exported.read_text())) if "kind" in item]
        for release in RELEASES:
            rendered = self.say("helm", "get", "manifest", release, "--namespace", NAMESPACE)
            made += [item for item in yaml.load_all(rendered, Loader) if item]
        kinds = [item for item in made if item["kind"] == DEFINITION]
        _write(self.definitions, kinds)
        # A namespace before what is in it; the rest in any order.
        _write(self.manifests, sorted((item for item in made if item["kind"] != DEFINITION), key=lambda item: item["kind"] != "Namespace"))
        return len(made)

    def apply(self) -> Cost:
        """Apply the kinds, wait until they are served, apply the rest, wait until its pods are available."""
        served = f"kubectl wait --for condition=Established --filename {self.definitions} --timeout {WAIT_SECONDS}s"
        available = f"kubectl wait deployment --all --namespace {NAMESPACE} --for condition=Available --timeout {WAIT_SECONDS}s"
        return self.kubectl(f"{_applying(self.definitions)} && {served} && {_applying(self.manifests)} && {available}")

    def reapplying(self) -> str:
        return f"{_applying(self.definitions)} && {_applying(self.manifests)}"

    def delete(self) -> Cost:
        return self.kubectl(
            f"kubectl delete --ignore-not-found --filename {self.manifests} --timeout {WAIT_SECONDS}s && "
            f"kubectl delete --ignore-not-found --filename {self.definitions} --timeout {WAIT_SECONDS}s"
        )

    def live(self) -> dict[str, str]:
        """Identity to nothing else: helm marks its objects, so only that all are there can be compared."""
        found: dict[str, str] = {}
        for file in (self.definitions, self.manifests):
            answer: dict[str, Any] = json.loads(self.say("kubectl", "get", "--filename", str(file), "--output", "json"))
            found |= dict.fromkeys(map(objects.identity, answer["items"]), "there")
        if not found:
            raise Problem("monitoring was made, and nothing of it is there")
        return found

    def is_empty(self) -> bool:
        words = ("--ignore-not-found", "--output", "name")
        return (
            not self.say("kubectl", "get", "--filename", str(self.definitions), *words).strip()
            and not self.say("kubectl", "get", "namespace", NAMESPACE, *words).strip()
        )


def _write(file: Path, items: list[dict[str, Any]]) -> None:
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))


def _applying(file: Path) -> str:
    return f"kubectl apply --server-side --force-conflicts --filename {file} --output name"
