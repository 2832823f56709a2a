"""Bringing a local cluster up, taking it down, and saying how it is. Each can be interrupted and repeated."""

import errno
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from local.cluster import addons, certificates, cgroups, configuration, images, layout, network, reasons
from local.cluster.daemons import daemons
from local.cluster.layout import Cluster, busy, claim, simulated_ports
from local.images import Image
from local.toolchain import Installed
from workspace import web
from workspace.home import REPOSITORY, Home
from workspace.progress import Problem, Progress

READY_SECONDS = 120.0
SLOW_SECONDS, LOOK_SECONDS = 10.0, 3.0
"""When a wait begins to say why it is not over, and how often it looks."""
LEAST_ROOM = 1 << 20
"""Bytes; with less, etcd and the API server hang instead of saying that the disk is full."""
PORT_SECONDS = 5.0
"""How long programs of a cluster that was just stopped may take to let go of their ports."""


def up(cluster: Cluster, home: Home, tools: dict[str, Installed], built: Iterable[Image], progress: Progress) -> None:
    """Have `cluster` running, with the images in `built`, its API server and node ready; a healthy one is left alone."""
    if is_running(cluster) and is_ready(cluster) and (cluster.directory / "complete").exists():
        images.bring(built, cluster, tools, progress)
        return
    with progress.step(f"local cluster {cluster.name}: starting") as step:
        stop(cluster)
        claim(cluster, home)
        certificates.write_all(cluster)
        if cluster.simulated:
            _require_ports(cluster)
        else:
            configuration.write_all(cluster, tools["container-runtime"].directory)
            network.create(cluster)
            cgroups.create(cluster)
        _start_supervisor(cluster, tools)
        _wait(lambda: is_ready(cluster), f"the API server at {cluster.api} does not answer", cluster, step.update)
    if not cluster.simulated:
        _wait(cluster.containerd_socket.exists, "containerd does not answer", cluster, lambda _: None)
        images.bring(built, cluster, tools, progress)
    with progress.step(f"local cluster {cluster.name}: add-ons and node") as step:
        addons.apply(cluster, tools)
        _wait(partial(node_is_ready, cluster), "the node does not become ready", cluster, step.update, partial(node_reason, cluster))
        for namespace, name in addons.workloads(cluster):
            ready = partial(deployment_is_ready, cluster, namespace, name)
            _wait(ready, f"{name} does not become ready", cluster, step.update, partial(deployment_reason, cluster, namespace, name))
        (cluster.directory / "complete").touch()


def _require_ports(cluster: Cluster) -> None:
    """Raise Problem where another program listens on a port of a simulated cluster; a real node has a network of its own."""
    deadline = time.monotonic() + PORT_SECONDS
    while taken := busy(simulated_ports(cluster.index)):
        if time.monotonic() > deadline:
            ports = ", ".join(map(str, taken))
            raise Problem(f"port {ports} of 127.0.0.1 is in use by another program: end it, or run ./scripts/down to move this cluster")
        time.sleep(0.1)


def _start_supervisor(cluster: Cluster, tools: dict[str, Installed]) -> None:
    runtime = tools["container-runtime"].directory if not cluster.simulated else Path()
    libraries = runtime / "usr" / "lib" / "x86_64-linux-gnu"
    specification = {
        "daemons": {item.name: item.command for item in daemons(cluster, tools["kubernetes"].directory, runtime)},
        "logs": str(cluster.logs),
        "environment": {
            "PATH": f"{runtime}:/usr/sbin:/usr/bin:/sbin:/bin",
            "LD_LIBRARY_PATH": str(libraries),
            "XTABLES_LIBDIR": str(libraries / "xtables"),
            **web.variables(),
        },
    }
    file = cluster.directory / "daemons.json"
    file.write_text(json.dumps(specification, indent=1))
    python = [sys.executable, "-S", "-m", "local.cluster.supervisor", str(file)]
    if not cluster.simulated:
        shared = 'mount --make-rshared / && exec "$@"'
        python = [*network.enter(cluster), "unshare", "--mount", "--propagation", "slave", "sh", "-c", shared, "sh", *python]
    with (cluster.logs / "supervisor.log").open("ab") as log:
        supervisor = subprocess.Popen(
            python,
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=None if cluster.simulated else lambda: cgroups.join(cluster),
        )
    (cluster.run / "supervisor.pid").write_text(str(supervisor.pid))


def supervisor_process(cluster: Cluster) -> int | None:
    """The supervisor's process id, or None where it does not run."""
    try:
        process = int((cluster.run / "supervisor.pid").read_text())
        command = Path(f"/proc/{process}/cmdline").read_bytes()
        # While a process becomes another program, as this one does a few times, it has no words; one that ended has no program either.
        if not command and os.readlink(f"/proc/{process}/exe"):
            return process
    except (OSError, ValueError):
        return None
    return process if b"local.cluster.supervisor" in command or b"make-rshared" in command else None


def is_running(cluster: Cluster) -> bool:
    return supervisor_process(cluster) is not None


def is_ready(cluster: Cluster) -> bool:
    """Whether the API server says that it is ready."""
    return get(cluster, "/readyz") == b"ok"


def get(cluster: Cluster, path: str) -> bytes | None:
    """What the API server answers to an administrator's GET, or None where it does not."""
    keys = cluster.certificates
    try:
        context = ssl.create_default_context(cafile=str(keys / "ca.crt"))
        context.load_cert_chain(keys / "admin.crt", keys / "admin.key")
        with web.direct(context).open(cluster.api + path, timeout=5) as answer:
            return bytes(answer.read())
    except OSError:
        return None


def node_is_ready(cluster: Cluster) -> bool:
    answer = get(cluster, f"/api/v1/nodes/{cluster.name}")
    conditions = json.loads(answer)["status"].get("conditions", []) if answer else []
    return any(item["type"] == "Ready" and item["status"] == "True" for item in conditions)


def deployment_is_ready(cluster: Cluster, namespace: str, name: str) -> bool:
    answer = get(cluster, f"/apis/apps/v1/namespaces/{namespace}/deployments/{name}")
    return bool(answer) and json.loads(answer or b"{}")["status"].get("availableReplicas", 0) > 0


def node_reason(cluster: Cluster) -> str:
    return reasons.node(get(cluster, f"/api/v1/nodes/{cluster.name}"))


def deployment_reason(cluster: Cluster, namespace: str, name: str) -> str:
    inside = f"/api/v1/namespaces/{namespace}"
    return reasons.deployment(get(cluster, f"{inside}/pods"), get(cluster, f"{inside}/events"), name)


def _wait(
    ready: Callable[[], bool], complaint: str, cluster: Cluster, show: Callable[[str], None], why: Callable[[], str] = lambda: ""
) -> None:
    """Until it is ready; from SLOW_SECONDS on `why` is asked, and shown."""
    show(complaint.replace(" does not ", " is asked to "))
    started = looked = time.monotonic()
    reason = ""
    while not ready():
        require_room(cluster.directory)
        now = time.monotonic()
        if now - started > SLOW_SECONDS and now - looked > LOOK_SECONDS:
            looked, reason = now, why()
            show(": ".join(filter(None, (complaint, reason))))
        if now - started > READY_SECONDS:
            told = f" ({reason})" if reason else ""
            raise Problem(f"{complaint} after {READY_SECONDS:.0f} s{told}: see the logs in {cluster.logs}")
        if not is_running(cluster):
            raise Problem(f"the local cluster's supervisor ended: see {cluster.logs / 'supervisor.log'}")
        time.sleep(0.2)


def require_room(folder: Path) -> None:
    """Fail as a write would where the disk of `folder` is full: whoever runs this says so with the command to repeat."""
    if shutil.disk_usage(folder).free < LEAST_ROOM:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))


def stop(cluster: Cluster) -> None:
    """End every process of `cluster` and remove its link, namespace, cgroups and mounts; its data stays."""
    (cluster.directory / "complete").unlink(missing_ok=True)
    if process := supervisor_process(cluster):
        # Its programs end with it at once: etcd's log and the volumes survive that, and waiting would gain nothing.
        os.kill(process, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while is_running(cluster) and time.monotonic() < deadline:
            time.sleep(0.05)
    if cluster.simulated:
        return
    cgroups.kill(cluster)
    network.delete(cluster)
    cgroups.delete(cluster)
    shutil.rmtree(cluster.run, ignore_errors=True)


def delete(cluster: Cluster, keep_data: bool = False) -> None:
    """Stop `cluster` and remove what it wrote; `keep_data` spares the volumes of StorageClass `standard`, and whose they are."""
    stop(cluster)
    if not keep_data:
        shutil.rmtree(cluster.directory, ignore_errors=True)
        layout.leave(cluster)
        return
    for path in cluster.directory.iterdir():
        if path in (cluster.volumes, cluster.identity):
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()
