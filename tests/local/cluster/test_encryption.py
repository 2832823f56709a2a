"""Secrets at rest in a local cluster: encrypted by a key of its own."""

import json
from pathlib import Path
from typing import Any

from local.cluster import certificates
from local.cluster.daemons import daemons
from local.cluster.layout import Cluster


def written(directory: Path) -> tuple[Cluster, dict[str, Any]]:
    cluster = Cluster("sample", 0, False, directory, directory / "run")
    certificates.write_all(cluster)
    return cluster, json.loads(cluster.encryption.read_text())


def test_secrets_are_encrypted_before_etcd_gets_them(tmp_path: Path) -> None:
    """4.15: the API server is told to write Secrets by a key, and by nothing else first."""
    cluster, told = written(tmp_path)
    (rule,) = told["resources"]
    (server,) = [daemon for daemon in daemons(cluster, tmp_path, tmp_path) if daemon.name == "kube-apiserver"]

    assert ["secrets"] == rule["resources"]
    assert ["secretbox", "identity"] == [kind for provider in rule["providers"] for kind in provider]
    assert f"--encryption-provider-config={cluster.encryption}" in server.command


def test_key_stays_with_its_cluster(tmp_path: Path) -> None:
    """4.15: a second start finds what the first one encrypted; no two clusters share a key, and nobody else reads it."""
    cluster, first = written(tmp_path / "one")

    assert first == written(tmp_path / "one")[1]
    assert first != written(tmp_path / "two")[1]
    assert 0o600 == cluster.encryption.stat().st_mode & 0o777
