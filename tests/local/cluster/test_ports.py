"""Ports of simulated clusters, which share loopback with everything else on the machine."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from local.cluster import layout, lifecycle
from local.cluster.daemons import STAGES, daemons
from workspace.home import Home
from workspace.progress import Problem


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "state", tmp_path / "cache", "test")


@pytest.fixture
def foreigner(home: Home) -> Iterator[int]:
    """A program that listens on the API server's port of the first cluster that is free."""
    port = layout.locate(home, simulated=True).port(6443)
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen()
        yield port


def test_new_simulated_cluster_avoids_ports_in_use(home: Home, foreigner: int) -> None:
    """Item 9, port in use: a new simulated cluster takes the next ten ports instead."""
    assert foreigner < layout.locate(home, simulated=True).port(6443)


def test_known_simulated_cluster_names_the_port_in_use(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 9, port in use: a cluster that has its ports says in one line which is taken, and what to do."""
    cluster = layout.locate(home, simulated=True)
    monkeypatch.setattr(lifecycle, "PORT_SECONDS", 0.0)
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", cluster.port(2379)))
        listening.listen()

        with pytest.raises(Problem, match=rf"^port {cluster.port(2379)} of 127\.0\.0\.1 is in use by another program"):
            lifecycle._require_ports(cluster)


def test_every_port_of_a_simulated_cluster_is_looked_at(home: Home) -> None:
    """What is looked at before a start is exactly what the programs are told to listen on."""
    cluster = layout.locate(home, simulated=True)
    words = " ".join(word for daemon in daemons(cluster, Path(), Path()) for word in daemon.command)

    missing = [port for port in layout.simulated_ports(cluster.index) if str(port) not in words]

    assert not missing


def test_stages_play_all_that_the_shop_waits_for() -> None:
    """A simulated cluster readies nodes and pods, binds volumes of `standard`, and gives an Ingress its address."""
    stages = list(yaml.safe_load_all(STAGES.read_text()))

    played = {stage["spec"]["resourceRef"]["kind"] for stage in stages}

    assert {"Node", "Pod", "PersistentVolumeClaim", "PersistentVolume", "Ingress"} == played
