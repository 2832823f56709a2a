"""Runs small programs through the real engine and looks at the cluster without it."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stand_ins.plugins.kubernetes import kubeconfig as access
from stand_ins.plugins.kubernetes.client import ApiClient, ApiError
from workspace.home import Home

HEAD = """
import pulumi
import pulumi_kubernetes as k8s

config = pulumi.Config()
provider = k8s.Provider("cluster", kubeconfig={kubeconfig!r}, **{provider!r})
opts = pulumi.ResourceOptions(provider=provider)
namespace = {namespace!r}
"""
NAMESPACE = """
space = k8s.core.v1.Namespace("space", metadata={"name": namespace}, opts=opts)
opts = pulumi.ResourceOptions(provider=provider, depends_on=[space])
"""
TIMEOUT = 240
SUMMARY = re.compile(r"(\d+) (created|deleted|imported|replaced|unchanged|updated|errored)")


@dataclass(frozen=True)
class Run:
    """How a command of the engine ended; `text` is all that a user would have seen."""

    code: int
    text: str

    @property
    def changes(self) -> dict[str, int]:
        """The summary: {"created": 3, "unchanged": 1}."""
        return {word: int(number) for number, word in SUMMARY.findall(self.text.rpartition("Resources:")[2])}


@dataclass
class Stack:
    """One project with one stack, on a namespace of its own."""

    project: Path
    backend: Path
    home: Home
    engine: str
    kubeconfig: Path
    namespace: str
    provider: dict[str, Any] = field(default_factory=lambda: {"upsert_existing_objects": True})
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.project.mkdir()
        self.backend.mkdir()
        runtime = {"name": "python", "options": {"virtualenv": os.path.relpath(Path(sys.executable).parent.parent, self.project)}}
        (self.project / "Pulumi.yaml").write_text(json.dumps({"name": "plugins", "runtime": runtime}))
        self.write("")
        self.run("stack", "init", "test")

    def write(self, program: str, with_namespace: bool = True, kubeconfig: str | None = None) -> None:
        """Make `program` the project's program, after a provider and a namespace."""
        head = HEAD.format(kubeconfig=kubeconfig or str(self.kubeconfig), provider=self.provider, namespace=self.namespace)
        (self.project / "__main__.py").write_text(head + (NAMESPACE if with_namespace else "") + program)

    @property
    def variables(self) -> dict[str, str]:
        own = {
            "PULUMI_HOME": str(self.home.pulumi_home),
            "PULUMI_BACKEND_URL": f"file://{self.backend}",
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_K8S_CLIENT_TIMEOUT": "60",
        }
        return {**os.environ, **own, **self.environment}

    def run(self, *words: str) -> Run:
        command = [self.engine, *words, "--non-interactive", "--color", "never"]
        done = subprocess.run(command, cwd=self.project, env=self.variables, capture_output=True, text=True, timeout=TIMEOUT, check=False)
        return Run(done.returncode, done.stdout + done.stderr)

    @contextmanager
    def running(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """A command that the test interrupts."""
        command = [self.engine, *words, "--non-interactive", "--color", "never"]
        with subprocess.Popen(
            command, cwd=self.project, env=self.variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()

    def up(self, *words: str) -> Run:
        return self.run("up", "--yes", "--skip-preview", *words)

    def must_up(self, *words: str) -> Run:
        """An update that has to succeed; its output explains a failure."""
        done = self.up(*words)
        assert done.code == 0, done.text
        return done

    @property
    def state(self) -> str:
        return (self.backend / ".pulumi" / "stacks" / "plugins" / "test.json").read_text()

    def resource(self, name: str) -> dict[str, Any]:
        """A resource of the state by its Pulumi name."""
        resources = json.loads(self.state)["checkpoint"]["latest"]["resources"]
        return next(item for item in resources if item["urn"].endswith(f"::{name}"))

    def api(self, method: str, path: str, body: Any = None, content_type: str = "application/json") -> Any:
        """Ask the cluster itself, as a manager called "someone"; None when the object is not there."""

        async def ask() -> Any:
            client = ApiClient(access.load(str(self.kubeconfig), "", "", ""))
            try:
                query = {"fieldManager": "someone"} if method in ("PATCH", "POST") else None
                return await client.request(method, path, body, content_type, query)
            except ApiError as error:
                if error.status == 404:
                    return None
                raise
            finally:
                if client.http:
                    await client.http.close()

        return asyncio.run(ask())

    def live(self, plural: str, name: str, group: str = "") -> Any:
        root = f"/apis/{group}" if group else "/api/v1"
        return self.api("GET", f"{root}/namespaces/{self.namespace}/{plural}/{name}")

    def clean_up(self) -> None:
        """Let the namespace go in its own time: its name is used once."""
        self.api("DELETE", f"/api/v1/namespaces/{self.namespace}")
