"""The cluster's own network namespace, linked to the host by one veth pair; nothing else on the host is touched."""

import os
import subprocess
from pathlib import Path

from local.cluster.layout import Cluster
from workspace.progress import Problem

NAMESPACES = Path("/var/run/netns")


def exists(cluster: Cluster) -> bool:
    return (NAMESPACES / cluster.namespace).exists()


def create(cluster: Cluster) -> None:
    """Make namespace, link and host routes; a half-made one from an interrupted run is made anew."""
    if exists(cluster):
        delete(cluster)
    host, node = _link_names(cluster)
    link = 30
    commands = [
        f"ip netns add {cluster.namespace}",
        f"ip link add {host} type veth peer name {node}",
        f"ip link set {node} netns {cluster.namespace}",
        f"ip addr add {cluster.gateway}/{link} dev {host}",
        f"ip link set {host} up",
        f"ip -n {cluster.namespace} link set lo up",
        f"ip -n {cluster.namespace} addr add {cluster.address}/{link} dev {node}",
        f"ip -n {cluster.namespace} link set {node} up",
        f"ip route replace {cluster.services} via {cluster.address}",
        f"ip route replace {cluster.pods} via {cluster.address}",
    ]
    for command in commands:
        _run(command)
    for setting in ("net.ipv4.ip_forward=1", "net.ipv4.conf.all.route_localnet=1"):
        _run(f"nsenter --net={NAMESPACES / cluster.namespace} sysctl -qw {setting}")
    # A Service address that no rule catches must not go back to the host, which would return it for ever.
    _run(f"ip -n {cluster.namespace} route replace unreachable {cluster.services}")


def delete(cluster: Cluster) -> None:
    """Remove link, routes and namespace; what is gone already is fine."""
    host, _ = _link_names(cluster)
    for command in (f"ip link delete {host}", f"ip netns delete {cluster.namespace}"):
        subprocess.run(command.split(), capture_output=True)


def enter(cluster: Cluster) -> list[str]:
    """What to put before a command so that it runs in the cluster's network."""
    return [] if cluster.simulated else ["nsenter", f"--net={NAMESPACES / cluster.namespace}"]


def _link_names(cluster: Cluster) -> tuple[str, str]:
    """Interface names hold 15 characters, so the index stands for the cluster's name."""
    return f"causeway{cluster.index}", f"node{cluster.index}"


def _run(command: str) -> None:
    answer = subprocess.run(command.split(), capture_output=True, text=True, env=os.environ | {"LC_ALL": "C"})
    if answer.returncode:
        raise Problem(f"`{command}` failed: {answer.stderr.strip()}")
