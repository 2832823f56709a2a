"""Plays Argo CD: brings what this checkout's layout deploys while the root Application is there, and takes it away with it.

Helm renders the charts with the facts that the program put on the cluster's Secret, as Argo CD has it done, and the API server
checks every object. Not played: the repository and its credential, the waves, and the Applications that a set generates.
"""

import subprocess
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import yaml

from components.gitops.applications import ROOT
from components.gitops.bridge import CLUSTER_SECRET, Facts, read
from stand_ins.rehearse.api import Api, Item
from workspace.home import REPOSITORY
from workspace.progress import Problem

APPLICATIONS = "/apis/argoproj.io/v1alpha1/applications"
LAYOUT = REPOSITORY / "gitops"
WELL = {"sync": {"status": "Synced"}, "health": {"status": "Healthy"}}


class ArgoCd:
    """The controllers of one cluster's Argo CD; `helm` is the program."""

    def __init__(self, api: Api, helm: Path) -> None:
        self.api, self.helm = api, helm
        self.facts: Facts | None = None
        self.manifests: list[Item] = []
        self.paths: dict[tuple[str, str], str] = {}
        """Where objects of an API version and kind are, with a place for the namespace."""

    def tick(self) -> None:
        """One round; raises Problem for what the layout deploys and the cluster refuses."""
        for root in self.api.list(APPLICATIONS):
            metadata = root["metadata"]
            if metadata["name"] != ROOT:
                continue
            where = f"/apis/argoproj.io/v1alpha1/namespaces/{metadata['namespace']}/applications/{ROOT}"
            changed = self._render(metadata["namespace"])
            said: Item = {"status": WELL}
            if "deletionTimestamp" in metadata:
                gone = [self._is_gone(manifest) for manifest in reversed(self.manifests)]
                done, said = all(gone), {"metadata": {"finalizers": None}}
            elif changed or not WELL.items() <= root.get("status", {}).items():
                there = [self._applied(manifest) for manifest in self.manifests]
                done = all(map(is_well, there))
            else:
                continue
            if done:
                self.api.patch(where, said)

    def _render(self, namespace: str) -> bool:
        """Have the manifests of the present facts; whether those are others than before."""
        secret = self.api.call("GET", f"/api/v1/namespaces/{namespace}/secrets/{CLUSTER_SECRET}")
        facts = read(secret["metadata"]["annotations"])
        if facts == self.facts:
            return False
        self.manifests = [*self._plain("argocd/apps"), *self._plain("platform"), *self._charts(facts)]
        self.facts = facts
        return True

    @staticmethod
    def _plain(folder: str) -> Iterator[Item]:
        for file in sorted((LAYOUT / folder).rglob("*.yaml")):
            yield from filter(None, yaml.safe_load_all(file.read_text()))

    def _charts(self, facts: Facts) -> Iterator[Item]:
        values = yaml.safe_dump({"environment": facts.environment, "target": facts.workload})
        for environment in sorted((LAYOUT / "apps").glob(f"*/envs/{facts.environment}")):
            service = environment.parents[1]
            files = ("--values", environment / "values.yaml", "--values", "-")
            words: list[str | Path] = [self.helm, "template", service.name, service / "base", *files]
            answer = subprocess.run(words, input=values, capture_output=True, text=True)
            if answer.returncode:
                raise Problem(f"helm template {service.name}: {answer.stderr.strip()}")
            yield from filter(None, yaml.safe_load_all(answer.stdout))

    def _applied(self, manifest: Item) -> Item:
        where = f"{self._path(manifest)}?fieldManager=argocd-controller&force=true"
        try:
            return self.api.call("PATCH", where, manifest, "application/apply-patch+yaml")
        except urllib.error.HTTPError as error:
            if error.code in (409, 500, 503):
                raise
            raise Problem(f"{manifest['kind']} {manifest['metadata']['name']}: {error.read().decode(errors='replace')}") from None

    def _is_gone(self, manifest: Item) -> bool:
        try:
            self.api.call("DELETE", self._path(manifest), {"propagationPolicy": "Foreground"})
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return True
            raise
        return False

    def _path(self, manifest: Item) -> str:
        version, kind, metadata = manifest["apiVersion"], manifest["kind"], manifest["metadata"]
        if (version, kind) not in self.paths:
            prefix = f"/apis/{version}" if "/" in version else f"/api/{version}"
            for served in self.api.call("GET", prefix)["resources"]:
                inside = "/namespaces/{}" if served["namespaced"] else ""
                if "/" not in served["name"]:
                    self.paths[version, served["kind"]] = f"{prefix}{inside}/{served['name']}"
        return f"{self.paths[version, kind].format(metadata.get('namespace', ''))}/{metadata['name']}"


def is_well(item: Item) -> bool:
    """Argo CD's own idea of health, for the kinds that the layout has."""
    status = item.get("status", {})
    if item["kind"] == "Ingress":
        return bool(status.get("loadBalancer", {}).get("ingress"))
    if item["kind"] == "Deployment":
        return bool(status.get("availableReplicas", 0) >= item["spec"]["replicas"])
    return True
