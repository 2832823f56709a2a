"""Vault's image, built from its module without clouds, run for real beside the database's (issue 7: real back ends)."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from local import toolchain
from local.images import build_all
from tests.local.images.conftest import Contain
from tests.local.images.sandbox import Container, unpack
from tests.waiting import eventually
from workspace.home import Home
from workspace.progress import Progress

pytestmark = [pytest.mark.live, pytest.mark.skipif(os.geteuid() != 0, reason="needs root for namespaces")]

PASSWORD = "never-show-this"
CONFIG = """
disable_mlock = true
api_addr = "http://127.0.0.1:8200"
cluster_addr = "http://127.0.0.1:8201"
storage "raft" { path = "/tmp" }
listener "tcp" { address = "127.0.0.1:8200"
  tls_disable = true }
"""
ROLE = "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'"


@pytest.fixture
def postgres(contain: Contain, tmp_path: Path) -> Container:
    volume = tmp_path / "volume"
    volume.mkdir()
    os.chown(volume, 999, 999)
    container = contain("postgres", volume, POSTGRES_PASSWORD=PASSWORD).start()
    eventually(lambda: container.run("pg_isready", "--host=127.0.0.1", "--quiet").returncode == 0)
    return container


@pytest.fixture
def vault(postgres: Container, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Any:
    """A server beside the database, as in one pod, on a read-only root as the image's user."""
    home, progress = Home.load(), Progress()
    toolchain.ensure(["vault"], home, progress)
    root = tmp_path_factory.mktemp("vault")
    root.chmod(0o755)
    container = Container(root, unpack(build_all(home, progress, ("vault",))[0], root), tmp_path / "vault.log")
    script = 'printf "%s" "$0" > /tmp/vault.hcl && exec vault server -config=/tmp/vault.hcl'
    container.start("sh", "-c", script, CONFIG, beside=postgres)
    yield container
    container.remove()


def test_a_credential_lives_as_long_as_its_lease(vault: Container, postgres: Container) -> None:
    """A server is sealed until its shares are given; a database credential works until it is revoked, then it is refused."""
    extra = ["VAULT_ADDR=http://127.0.0.1:8200"]

    def ask(*words: str) -> dict[str, Any]:
        answer = vault.run("vault", *words, extra=extra)
        assert answer.returncode == 0, answer.stderr
        found: dict[str, Any] = json.loads(answer.stdout) if "-format=json" in words else {}
        return found

    def log_in(name: str, password: str) -> int:
        return postgres.run(
            "psql", "--host=127.0.0.1", f"--username={name}", "--command=", "postgres", extra=[f"PGPASSWORD={password}"]
        ).returncode

    eventually(lambda: vault.run("vault", "status", extra=extra).returncode == 2)
    made = ask("operator", "init", "-key-shares=1", "-key-threshold=1", "-format=json")
    ask("operator", "unseal", made["unseal_keys_b64"][0])
    extra.append(f"VAULT_TOKEN={made['root_token']}")
    eventually(lambda: vault.run("vault", "secrets", "enable", "database", extra=extra).returncode == 0)
    url = "connection_url=postgresql://{{username}}:{{password}}@127.0.0.1:5432/postgres?sslmode=disable"
    account = ("username=postgres", f"password={PASSWORD}")
    ask("write", "database/config/shop", "plugin_name=postgresql-database-plugin", "allowed_roles=shop", url, *account)
    ask("write", "database/roles/shop", "db_name=shop", f"creation_statements={ROLE}")
    lease = ask("read", "-format=json", "database/creds/shop")

    assert 0 == log_in(lease["data"]["username"], lease["data"]["password"])
    ask("lease", "revoke", "-sync", lease["lease_id"])
    assert 2 == log_in(lease["data"]["username"], lease["data"]["password"])
    assert 0 == vault.run("vault", "auth", "enable", "kubernetes", extra=extra).returncode
    assert PASSWORD not in vault.log.read_text()
