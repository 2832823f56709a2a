"""The command that reads a secret."""

from pathlib import Path

import pytest

from cli.secrets.places import command, reader
from workspace.home import Home


@pytest.mark.parametrize(
    ("key", "path"),
    [pytest.param("password", "'{.data.password}'", id="plain"), pytest.param("tls.key", r"'{.data.tls\.key}'", id="dot in the key")],
)
def test_command(key: str, path: str) -> None:
    """The command names namespace, Secret and key, and a dot in a key is not read as a step."""
    expected = f"kubectl get secret shop-database -n shop -o jsonpath={path} | base64 -d"

    assert expected == command({"namespace": "shop", "secret": "shop-database", "key": key}, "kubectl")


def test_shell_without_the_environment(tmp_path: Path) -> None:
    """In a shell without `scripts/env` the command names the kubeconfig, so that it reads no other cluster."""
    home = Home(tmp_path, tmp_path, "causeway")

    assert f"kubectl --kubeconfig={tmp_path}/kubeconfig" == reader(home, {})


def test_shell_with_the_environment(tmp_path: Path) -> None:
    """After `scripts/env` the command is short."""
    assert "kubectl" == reader(Home(tmp_path, tmp_path, "causeway"), {"KUBECONFIG": f"{tmp_path}/kubeconfig"})
