"""Gathers the facts that the checks judge. Everything here reads and changes nothing; what takes time runs together."""

import contextlib
import json
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

from cli.doctor import cloud, host
from cli.doctor.facts import ClusterFacts, Facts, LocalCluster, Pulumi, Registry, State, Tool
from local.cluster import layout
from local.cluster.lifecycle import supervisor_process
from local.toolchain import Pin, Route, ensure, pins, plan
from local.toolchain.pins import versions
from local.toolchain.tools import at_least
from workspace import lock, pulumi
from workspace.cluster import CouldNotAsk, Manifest, chosen
from workspace.home import Home
from workspace.progress import Problem, Progress

CLOUD_TOOLS = ("pulumi", "kubectl", "helm")
PROBE_MODULE = "golang.org/x/mod@v0.20.0"
"""Any small module at a fixed version: a registry may serve nothing but exact versions."""


def look(target: str, home: Home) -> Facts:
    """All facts about this machine, this checkout and its cluster."""
    wanted = [pin for name, pin in pins().items() if target == "minikube" or name in CLOUD_TOOLS]
    with ThreadPoolExecutor(max_workers=8) as pool:
        registries = [pool.submit(_pip), pool.submit(_go, home), pool.submit(_apt)]
        asked = pool.submit(cluster, home)
        tools = tuple(pool.map(lambda pin: tool(pin, home), wanted))
        engine = next(found.version for found in tools if found.name == "pulumi")
        return Facts(
            target=target,
            machine=host.look(home),
            tools=tools,
            pulumi=_pulumi(home, engine),
            registries=tuple(future.result() for future in registries),
            cluster=asked.result(),
            state=state(home),
            cloud=None if target == "minikube" else cloud.look(target),
        )


def tool(pin: Pin, home: Home) -> Tool:
    """Where a tool is, or how it would be got; `ensure` only says where a tool is that `plan` found to be here."""
    if pin.name == "go":
        return _compiler(pin, home)
    try:
        route = plan(pin, home)
    except StopIteration:
        return Tool(pin.name, pin.version, None)
    if route not in (Route.CACHE, Route.PATH):
        return Tool(pin.name, pin.version, route.value)
    ready = ensure([pin.name], home, Progress())[pin.name]
    return Tool(pin.name, pin.version, ready.route.value, ready.version, str(ready.directory))


def _compiler(pin: Pin, home: Home) -> Tool:
    """Go is used from PATH when it is recent enough, else from its wheel: never from the directory of other tools."""
    answer = host.call("go", "version")
    found = re.search(r"go(\d+\.\d+(\.\d+)?)", answer.stdout) if answer else None
    if found and at_least(found.group(1), pin.version):
        return Tool(pin.name, pin.version, Route.PATH.value, found.group(1), str(Path(shutil.which("go") or "").parent))
    assert pin.wheel
    tree = home.cache / "tools" / f"go-{pin.wheel.version}"
    if tree.exists():
        return Tool(pin.name, pin.version, Route.CACHE.value, pin.wheel.version, str(tree))
    return Tool(pin.name, pin.version, Route.WHEEL.value)


def _pulumi(home: Home, engine: str | None) -> Pulumi:
    pinned = versions()["plugins"]["kubernetes"]
    program = home.pulumi_home / "plugins" / f"resource-kubernetes-v{pinned}" / "pulumi-resource-kubernetes"
    plugin = None
    if program.exists():
        with program.open("rb") as file:
            plugin = "stand-in (stand_ins/plugins/kubernetes)" if file.read(2) == b"#!" else "official"
    return Pulumi(engine, _package("pulumi"), _package("pulumi-kubernetes"), pinned, plugin)


def _package(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _pip() -> Registry:
    answer = host.call(sys.executable, "-m", "pip", "index", "versions", "pulumi-kubernetes", "--disable-pip-version-check")
    if answer is None or answer.returncode:
        return Registry("Python packages", "pip", error=_last_line(answer.stderr if answer else "no answer"))
    return Registry("Python packages", "pip", f"newest {answer.stdout.partition(chr(10))[0]}")


def _go(home: Home) -> Registry:
    """Asked with a module cache of its own, so that the answer is the registry's and not the disk's."""
    program = shutil.which("go") or next(map(str, home.cache.glob("tools/go-*/go/bin/go")), None)
    if not program:
        return Registry("Go modules", "go", "no Go here yet, so it was not asked")
    with tempfile.TemporaryDirectory() as folder:
        answer = host.call(program, "list", "-m", PROBE_MODULE, environment={"GOMODCACHE": folder, "GOFLAGS": "-modcacherw"})
    if answer is None or answer.returncode:
        return Registry("Go modules", "go", error=_last_line(answer.stderr if answer else "no answer"))
    return Registry("Go modules", "go", answer.stdout.strip())


def _apt() -> Registry:
    """apt answers from the lists it has; without them it knows no candidate."""
    answer = host.call("apt-cache", "policy", "containerd")
    candidate = re.search(r"Candidate: (\S+)", answer.stdout) if answer else None
    if not candidate or candidate.group(1) == "(none)":
        return Registry("Debian packages", "apt", error="the package lists have no containerd" if answer else "no answer")
    return Registry("Debian packages", "apt", f"containerd {candidate.group(1)}")


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no message"])[-1]


def cluster(home: Home) -> ClusterFacts:
    """What the chosen cluster answers, in two calls."""
    exists = home.kubeconfig.exists()
    if not exists:
        return ClusterFacts(str(home.kubeconfig), exists)
    try:
        kubectl = chosen(home)
        answer = kubectl.read("version")
        objects = kubectl.objects(["StorageClass", "IngressClass", "Node"])
    except CouldNotAsk as problem:
        return ClusterFacts(str(home.kubeconfig), exists, problem.reason)
    client, server = (str((answer.get(side) or {}).get("gitVersion") or "") for side in ("clientVersion", "serverVersion"))
    if not (client and server):
        return ClusterFacts(str(home.kubeconfig), exists, "kubectl version names no version of itself and of the server")
    return ClusterFacts(
        kubeconfig=str(home.kubeconfig),
        exists=exists,
        client=client.lstrip("v"),
        server=server.lstrip("v"),
        default_storage=tuple(item["metadata"]["name"] for item in objects if item["kind"] == "StorageClass" and _is_default(item)),
        ingress_classes=tuple(item["metadata"]["name"] for item in objects if item["kind"] == "IngressClass"),
        ready_nodes=sum(item["kind"] == "Node" and _is_ready(item) for item in objects),
        pinned=versions()["tools"]["kubernetes"]["version"],
    )


def _is_default(storage_class: Manifest) -> bool:
    annotations = storage_class["metadata"].get("annotations", {})
    return bool(annotations.get("storageclass.kubernetes.io/is-default-class") == "true")


def _is_ready(node: Manifest) -> bool:
    conditions = node.get("status", {}).get("conditions", [])
    return any(item["type"] == "Ready" and item["status"] == "True" for item in conditions)


def state(home: Home) -> State:
    """What belongs to this checkout, with the local cluster's programs."""
    files = {str(file): stat.S_IMODE(file.stat().st_mode) if file.exists() else None for file in (home.passphrase, home.seed)}
    found: tuple[lock.Holder, ...] = ()
    error = None
    try:
        found = tuple(lock.holders(home.backend))
    except Problem as problem:
        error = str(problem)
    return State(files, pulumi.backend(home), found, _local_cluster(home), error)


def _local_cluster(home: Home) -> LocalCluster:
    """The cluster with real pods where there is one, else the simulated one."""
    try:
        clusters = [cluster for simulated in (False, True) if (cluster := layout.made(home, simulated))]
    except Problem as problem:
        return LocalCluster(home.cluster, made=True, error=str(problem))
    made = next((cluster for cluster in clusters if (cluster.directory / "daemons.json").exists()), None)
    if made is None:
        return LocalCluster(home.cluster, made=False)
    commands = json.loads((made.directory / "daemons.json").read_text())["daemons"]
    running = set(_command_lines())
    daemons = {name: tuple(command) in running for name, command in commands.items()}
    return LocalCluster(made.name, True, None, supervisor_process(made), daemons, str(made.logs))


def _command_lines() -> Iterator[tuple[str, ...]]:
    """The whole command of every process: it names the cluster's own files, so it is no other cluster's."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield tuple(path.read_text(errors="replace").rstrip("\0").split("\0"))
