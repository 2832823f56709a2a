"""What `scripts/down` finds, and what it then leaves alone."""

import json
from pathlib import Path

import pytest

from local.cluster.layout import BLOCK, is_local, simulated_ports
from local.down import is_gone
from local.home import Home

OURS = f"https://{BLOCK[2]}:6443"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "state", tmp_path / "cache", "test")
    made.bin.mkdir(parents=True)
    return made


def chosen(home: Home, server: str, answers: bool) -> None:
    """Have `up` chosen the cluster at `server`, which answers kubectl or does not."""
    home.kubeconfig.write_text(json.dumps({"clusters": [{"name": "causeway", "cluster": {"server": server}}]}))
    kubectl = home.bin / "kubectl"
    kubectl.write_text(f"#!/bin/sh\nexit {0 if answers else 1}\n")
    kubectl.chmod(0o755)


@pytest.mark.process
@pytest.mark.parametrize(
    ("server", "answers", "gone"),
    [(OURS, False, True), (OURS, True, False), ("https://cluster.example:6443", False, False)],
    ids=["ours, not there", "another checkout's", "somebody's, out of reach"],
)
def test_local_cluster_that_was_removed_by_hand_is_gone(home: Home, server: str, answers: bool, gone: bool) -> None:
    """A stack on a local cluster that is no more has nothing to destroy; one on a cluster that is out of reach keeps its state."""
    chosen(home, server, answers)

    assert gone is is_gone(home)


def test_nothing_is_gone_where_nothing_was_chosen(home: Home) -> None:
    """Without a kubeconfig there was no `up` yet."""
    assert not is_gone(home)


@pytest.mark.parametrize(
    ("server", "ours"),
    [
        (OURS, True),
        (f"https://127.0.0.1:{simulated_ports(7)[1]}", True),
        ("https://127.0.0.1:6443", False),
        ("https://192.168.49.2:8443", False),
        ("https://cluster.example", False),
    ],
)
def test_address_tells_a_local_cluster(server: str, ours: bool) -> None:
    """Only local clusters have addresses of the block, or ports of simulated nodes: minikube's and others' are left alone."""
    assert ours is is_local(server)
