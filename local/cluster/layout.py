"""One local cluster as a value: its name, its addresses, and where its files are."""

import fcntl
import ipaddress
import json
import os
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from workspace import files
from workspace.home import Home
from workspace.progress import Problem

BLOCK = ipaddress.IPv4Network("198.18.0.0/15")
"""The range set aside for benchmarking (RFC 2544): neither private nor routed, so it clashes with no network."""

MOST_CLUSTERS = 8
USUAL_PORTS = (6443, 2379, 2380, 10257, 10259, 10247)
"""API server, etcd for clients and for peers, controller manager, scheduler, KWOK."""

FIRST_SIMULATED_PORT = 17300
IDENTITY = "cluster.json"
"""In a cluster's directory: its index, and the checkout that it belongs to."""


@dataclass(frozen=True)
class Cluster:
    """A single-node Kubernetes on this machine.

    `index` (0 to 7) picks the address range of a real node, or the ports of a simulated one. `simulated` says that
    KWOK plays the node: no root, no containers, pods that only seem to run.
    """

    name: str
    index: int
    simulated: bool
    directory: Path
    run: Path

    @property
    def network(self) -> ipaddress.IPv4Network:
        return list(BLOCK.subnets(new_prefix=18))[self.index]

    @property
    def gateway(self) -> str:
        """The host's end of the link."""
        return str(self.network[1])

    @property
    def address(self) -> str:
        """The node's own address."""
        return "127.0.0.1" if self.simulated else str(self.network[2])

    @property
    def services(self) -> ipaddress.IPv4Network:
        return list(self.network.subnets(new_prefix=20))[1]

    @property
    def pods(self) -> ipaddress.IPv4Network:
        return list(self.network.subnets(new_prefix=19))[1]

    @property
    def dns(self) -> str:
        return str(self.services[10])

    def port(self, number: int) -> int:
        """The port a component listens on: its usual one inside the namespace, one of our own on loopback."""
        return simulated_ports(self.index)[USUAL_PORTS.index(number)] if self.simulated else number

    @property
    def api(self) -> str:
        return f"https://{self.address}:{self.port(6443)}"

    @property
    def namespace(self) -> str:
        """The network namespace and the cgroup carry the same name."""
        return f"causeway-{self.name}"

    @property
    def identity(self) -> Path:
        return self.directory / IDENTITY

    @property
    def certificates(self) -> Path:
        return self.directory / "certificates"

    @property
    def encryption(self) -> Path:
        """How the API server encrypts Secrets, key and all."""
        return self.certificates / "encryption.json"

    @property
    def logs(self) -> Path:
        return self.directory / "logs"

    @property
    def audit_log(self) -> Path:
        """Who changed what by the administrator's credentials; at most twice 10 MB."""
        return self.logs / "audit.log"

    @property
    def containerd_socket(self) -> Path:
        return self.run / "containerd.sock"

    @property
    def volumes(self) -> Path:
        """Where the StorageClass `standard` keeps its volumes; `down --keep-data` spares it."""
        return self.directory / "volumes"

    @property
    def admin_kubeconfig(self) -> Path:
        return self.directory / "admin.kubeconfig"


def simulated_ports(index: int) -> list[int]:
    """The ports on loopback of the simulated cluster with this index, in the order of USUAL_PORTS."""
    first = FIRST_SIMULATED_PORT + index * 10
    return list(range(first, first + len(USUAL_PORTS)))


def is_local(server: str) -> bool:
    """Whether an API server's URL is one that only a local cluster has, of this checkout or of another."""
    parts = urlsplit(server)
    if parts.hostname == "127.0.0.1":
        return any(parts.port in simulated_ports(index) for index in range(MOST_CLUSTERS))
    try:
        return ipaddress.ip_address(parts.hostname or "") in BLOCK
    except ValueError:
        return False


def busy(ports: Iterable[int]) -> list[int]:
    """Those of `ports` on loopback that another program listens on."""
    taken = []
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                taken.append(port)
    return taken


def locate(home: Home, simulated: bool = False) -> Cluster:
    """The cluster that `home` names, with the index it already has or the lowest free one; writes nothing.

    Raises Problem when another checkout owns the name, or when eight clusters exist.
    """
    if known := made(home, simulated):
        return known
    directory, run = _folders(home, simulated)
    taken = {other["index"] for file in directory.parent.glob(f"*/{IDENTITY}") if (other := _read(file))}
    # Simulated clusters of other checkouts share this machine's loopback, and so may anything else.
    usable = (index for index in range(MOST_CLUSTERS) if index not in taken and not (simulated and busy(simulated_ports(index))))
    free = next(usable, None)
    if free is None:
        raise Problem(f"{MOST_CLUSTERS} local clusters exist already: stop one with ./scripts/down")
    return Cluster(home.cluster, free, simulated, directory, run)


def made(home: Home, simulated: bool = False, abandoned: bool = False) -> Cluster | None:
    """The cluster that `home` names, where it was ever begun; raises Problem when another checkout owns the name.

    One whose checkout is gone, deleted or moved, is nobody's: it is refused too, unless `abandoned` asks for such a one.
    """
    directory, run = _folders(home, simulated)
    known = _read(directory / IDENTITY)
    if known is None:
        return None
    is_left = not Path(known["owner"]).exists()
    if known["owner"] != str(home.state) and not (abandoned and is_left):
        where = ", which is gone: run ./scripts/down here" if is_left else ": run ./scripts/down there"
        raise Problem(f"the local cluster {home.cluster!r} belongs to {known['owner']}{where}, or set CAUSEWAY_CLUSTER to another name")
    return Cluster(home.cluster, known["index"], simulated, directory, run)


def reserve(home: Home, simulated: bool = False) -> Cluster:
    """As `locate`, and recorded before another checkout can look: two that start together get two address ranges."""
    with _alone(_folders(home, simulated)[0].parent):
        cluster = locate(home, simulated)
        claim(cluster, home)
        return cluster


def leave(cluster: Cluster) -> None:
    """Remove the folders in which all clusters have theirs, where `cluster` was the last; what is in them is never touched."""
    machine = cluster.directory.parent
    with suppress(OSError), _alone(machine):
        machine.rmdir()
        cluster.run.parent.rmdir()


@contextmanager
def _alone(machine: Path) -> Iterator[None]:
    """While no other run looks at the clusters in the folder `machine`: the lock is on what it lies in, for it may be removed itself."""
    machine.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(machine.parent, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def claim(cluster: Cluster, home: Home) -> None:
    """Make the cluster's directories and record whose it is."""
    cluster.directory.mkdir(parents=True, exist_ok=True)
    if not _read(cluster.identity):
        files.write(cluster.identity, json.dumps({"index": cluster.index, "owner": str(home.state)}), 0o644)
    os.chmod(cluster.directory, 0o711)
    for folder in (cluster.logs, cluster.run, cluster.volumes):
        folder.mkdir(parents=True, exist_ok=True)


def _folders(home: Home, simulated: bool) -> tuple[Path, Path]:
    """Where a cluster keeps its files, and its sockets."""
    if simulated:
        directory = home.state / "simulated" / home.cluster
        return directory, directory / "run"
    return home.cluster_directory, home.run_directory


def _read(identity: Path) -> dict[str, Any] | None:
    """Index and owner of a cluster; None where there is none, nor a whole file."""
    try:
        return dict(json.loads(identity.read_text()))
    except (OSError, ValueError):
        return None
