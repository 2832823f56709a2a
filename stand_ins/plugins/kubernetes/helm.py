"""The `helm` program: its command lines, its process, and nothing secret on either."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson

from stand_ins.plugins.kubernetes import doubles
from stand_ins.plugins.kubernetes.engine import Engine
from stand_ins.plugins.kubernetes.kubeconfig import Access
from stand_ins.plugins.kubernetes.settings import HelmSettings

Properties = dict[str, Any]
STOP_SECONDS = 30
# Inputs that are a flag of `helm upgrade --install` when true.
SWITCHES = {
    "cleanupOnFail": "--cleanup-on-fail",
    "createNamespace": "--create-namespace",
    "dependencyUpdate": "--dependency-update",
    "devel": "--devel",
    "disableOpenapiValidation": "--disable-openapi-validation",
    "renderSubchartNotes": "--render-subchart-notes",
    "resetValues": "--reset-values",
    "reuseValues": "--reuse-values",
    "skipCrds": "--skip-crds",
    "takeOwnership": "--take-ownership",
    "verify": "--verify",
}
RENAMED = {"atomic": ("--atomic", "--rollback-on-failure"), "forceUpdate": ("--force", "--force-replace")}
REPOSITORY_FILES = {"caFile": "--ca-file", "certFile": "--cert-file", "keyFile": "--key-file"}
ALIAS = "causeway"


class HelmFailed(Exception):
    """Helm ended with an error; the text is what it said."""


def upgrade_arguments(inputs: Properties, major: int, first: bool) -> list[str]:
    """Flags of one install or upgrade, without chart, name and connection."""
    words = [flag for key, flag in SWITCHES.items() if inputs.get(key) is True]
    words += [flags[major >= 4] for key, flags in RENAMED.items() if inputs.get(key) is True]
    if not inputs.get("skipAwait"):
        words += ["--wait", "--wait-for-jobs"] if inputs.get("waitForJobs") else ["--wait"]
    if inputs.get("disableWebhooks" if first else "disableCRDHooks"):
        words.append("--no-hooks")
    for key, flag in (("description", "--description"), ("keyring", "--keyring"), ("version", "--version")):
        if inputs.get(key):
            words += [flag, str(inputs[key])]
    # Zero, the official default, keeps every revision.
    words += ["--history-max", str(int(inputs.get("maxHistory") or 0)), "--timeout", f"{int(inputs.get('timeout') or 300)}s"]
    return words


def tied_to_us() -> list[str]:
    """Words before a command that make the kernel stop it when our process dies.

    An orphaned Helm would go on behind the next run's back. `setpriv` is part of every Debian and RHEL system; asking
    the kernel between fork and exec instead is unsafe beside gRPC's threads.
    """
    program = shutil.which("setpriv")
    return [program, "--pdeathsig", "TERM"] if program else []


class Helm:
    """Runs Helm against one cluster."""

    def __init__(self, access: Access, given_kubeconfig: str, settings: HelmSettings, engine: Engine) -> None:
        self.access = access
        self.given = given_kubeconfig
        self.settings = settings
        self.engine = engine
        self.version = 0

    async def major(self) -> int:
        if not self.version:
            answer = await self.run(["version", "--template", "{{.Version}}"])
            self.version = int(answer.strip().lstrip("v").split(".")[0])
        return self.version

    async def upgrade(self, inputs: Properties, first: bool) -> None:
        if inputs.get("postrender"):
            raise HelmFailed("`postrender` needs the official plugin: the helm program takes only plugins as post-renderers")
        words = upgrade_arguments(inputs, await self.major(), first)
        async with self.chart(inputs) as (chart, extra):
            if inputs.get("lint"):
                await self.run(["lint", chart, "--values", "-"], orjson.dumps(inputs.get("values") or {}))
            command = ["upgrade", "--install", inputs["name"], chart, *words, *extra, "--values", "-"]
            await self.against_cluster(command, inputs["namespace"], orjson.dumps(inputs.get("values") or {}))

    async def uninstall(self, inputs: Properties) -> None:
        words = ["uninstall", inputs["name"], "--ignore-not-found", "--timeout", f"{int(inputs.get('timeout') or 300)}s"]
        if inputs.get("atomic") or not inputs.get("skipAwait"):
            words.append("--wait")
        await self.against_cluster(words, inputs["namespace"])

    async def show_chart(self, inputs: Properties) -> Properties:
        """Chart.yaml of a chart that is not a path here, at the version that the inputs' constraint picks."""
        import yaml

        from stand_ins.plugins.kubernetes.kubeconfig import Loader

        version = ["--version", str(inputs["version"])] if inputs.get("version") else []
        version += ["--devel"] if inputs.get("devel") else []
        async with self.chart(inputs) as (chart, extra):
            return dict(yaml.load(await self.run(["show", "chart", chart, *version, *extra]), Loader))

    @asynccontextmanager
    async def chart(self, inputs: Properties) -> AsyncIterator[tuple[str, list[str]]]:
        """How to name the chart, and flags for its repository.

        A password goes through files that only we can read, for the length of the call.
        """
        if double := await asyncio.to_thread(doubles.locate, inputs):
            yield str(double), []
            return
        options = inputs.get("repositoryOpts") or {}
        words = [word for key, flag in REPOSITORY_FILES.items() if options.get(key) for word in (flag, options[key])]
        name, repository = str(inputs["chart"]), str(options.get("repo") or "")
        if not options.get("password"):
            plain = repository and not repository.startswith("oci://")
            yield (name, [*words, "--repo", repository]) if plain else (joined(repository, name), words)
            return
        with tempfile.TemporaryDirectory(prefix="helm-") as directory:
            private = Path(directory)
            if joined(repository, name).startswith("oci://"):
                config = ["--registry-config", str(private / "registry.json")]
                host = joined(repository, name).removeprefix("oci://").split("/")[0]
                login = ["registry", "login", host, "--username", options.get("username", ""), "--password-stdin"]
                await self.run([*login, *config], str(options["password"]).encode())
                yield joined(repository, name), [*words, *config]
                return
            entry = {"name": ALIAS, "url": repository, **{key: value for key, value in options.items() if key != "repo"}}
            file = private / "repositories.yaml"
            file.touch(mode=0o600)
            file.write_bytes(orjson.dumps({"apiVersion": "", "repositories": [entry]}))
            config = ["--repository-config", str(file), "--repository-cache", str(private / "cache")]
            await self.run(["repo", "update", *config])
            yield f"{ALIAS}/{name}", config

    async def against_cluster(self, words: list[str], namespace: str, data: bytes = b"") -> str:
        with tempfile.NamedTemporaryFile(prefix="kubeconfig-") as file:
            path = self.access.source
            if path is None:
                file.write(self.given.encode())
                file.flush()
                path = Path(file.name)
            # The ambient files are Helm's to merge: KUBECONFIG may name several.
            file_words = ["--kubeconfig", str(path)] if self.given else []
            connection = [*file_words, "--kube-context", self.access.context, "--namespace", namespace]
            return await self.run([*words, *connection], data)

    async def run(self, words: list[str], data: bytes = b"") -> str:
        program = shutil.which("helm")
        if not program:
            raise HelmFailed("kubernetes.helm.v3.Release needs the `helm` program on PATH")
        pipe = asyncio.subprocess.PIPE
        child = await asyncio.create_subprocess_exec(
            *tied_to_us(), program, *words, env=self.environment(), stdin=pipe, stdout=pipe, stderr=pipe
        )
        talk = asyncio.ensure_future(child.communicate(data))
        stop = asyncio.ensure_future(self.engine.stopped.wait())
        try:
            await asyncio.wait({talk, stop}, return_when=asyncio.FIRST_COMPLETED)
            if not talk.done():
                child.terminate()
            output, errors = await asyncio.wait_for(talk, STOP_SECONDS if child.returncode is None and stop.done() else None)
        finally:
            stop.cancel()
            if child.returncode is None:
                child.kill()
        if child.returncode:
            said = errors.decode(errors="replace").rpartition("Error: ")[2].strip()
            raise HelmFailed(said or f"helm {words[0]} ended with code {child.returncode}")
        return output.decode()

    def environment(self) -> dict[str, str]:
        own = {
            "HELM_DRIVER": self.settings.driver,
            "HELM_PLUGINS": self.settings.plugins_path,
            "HELM_REGISTRY_CONFIG": self.settings.registry_config,
            "HELM_REPOSITORY_CACHE": self.settings.repository_cache,
            "HELM_REPOSITORY_CONFIG": self.settings.repository_config,
        }
        return {**os.environ, **{key: value for key, value in own.items() if value}}


def joined(repository: str, chart: str) -> str:
    """The full reference of a chart in an OCI registry; other names stay as they are."""
    if not repository.startswith("oci://"):
        return chart
    return chart if chart.startswith("oci://") else f"{repository.rstrip('/')}/{chart}"
