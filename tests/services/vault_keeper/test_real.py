"""The keeper and the real Vault, beside a double of the API server: the documents that our components make, and what they allow."""

import base64
import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from http import HTTPStatus
from pathlib import Path
from socket import socket

import pytest

from components.secrets import vault as documents
from components.secrets.vault_tls import server_key
from local import toolchain
from services.vault_keeper.cluster import Cluster, Refused
from services.vault_keeper.keeper import Keeper, Plan
from services.vault_keeper.vault import Vault
from services.vault_keeper.web import Server
from tests.conftest import SEED
from tests.services.vault_keeper.double import NAMESPACE, Api, serving
from tests.waiting import eventually
from workspace.home import Home
from workspace.progress import Progress

pytestmark = pytest.mark.live

PREFIX, SECRET = "causeway-development/", "vault-shares"
CONFIG = """
disable_mlock = true
api_addr = "https://127.0.0.1:{port}"
cluster_addr = "https://127.0.0.1:{other}"
storage "raft" {{ path = "{folder}" }}
listener "tcp" {{
  address = "127.0.0.1:{port}"
  cluster_address = "127.0.0.1:{other}"
  tls_cert_file = "{home}/tls.crt"
  tls_key_file = "{home}/tls.key"
}}
"""


def proof(namespace: str, name: str) -> str:
    """A token of a ServiceAccount; Vault reads it, and whether it is right is the API server's to say."""
    account = {"namespace": namespace, "serviceaccount": {"name": name, "uid": name}}
    claims = {"iss": "cluster", "aud": [documents.AUDIENCE], "sub": f"system:serviceaccount:{namespace}:{name}", "kubernetes.io": account}
    now = int(time.time())
    parts = ({"alg": "RS256", "typ": "JWT"}, {**claims, "iat": now, "nbf": now - 60, "exp": now + 3600})
    return ".".join([*(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts), "c2lnbmVk"])


def free_port() -> int:
    with closing(socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Program:
    """The real server, which can be killed and started again on what it kept."""

    def __init__(self, folder: Path) -> None:
        port, self.folder = free_port(), folder
        (folder / "data").mkdir()
        (folder / "vault.hcl").write_text(CONFIG.format(port=port, other=free_port(), folder=folder / "data", home=folder))
        for name, text in zip(("tls.key", "tls.crt"), server_key(SEED, ["vault.vault.svc.cluster.local"]), strict=True):
            (folder / name).write_text(text)
        self.program = toolchain.ensure(["vault"], Home.load(), Progress())["vault"].program()
        self.vault = Vault(Server(f"https://127.0.0.1:{port}", str(folder / "tls.crt")))
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([self.program, "server", f"-config={self.folder}/vault.hcl"], stdout=log, stderr=log)

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    made = Program(tmp_path_factory.mktemp("vault"))
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """What our components would have put into the cluster; only the way to ask who somebody is differs."""
    with serving() as double:
        keeper = proof(NAMESPACE, documents.KEEPER)
        double.accounts = {keeper: (NAMESPACE, documents.KEEPER)}
        base = documents.foundation(NAMESPACE, [f"{PREFIX}shop-database"])
        base["write"][f"auth/{documents.AUTH_MOUNT}/config"] = {
            "kubernetes_host": double.address,
            "disable_local_ca_jwt": True,
            "token_reviewer_jwt": keeper,
        }
        database = {"workload": "database", "port": 5432, "database": "shop"}
        double.documents = {
            "keeper": base,
            "source": documents.writing("secrets-source", PREFIX),
            "shop": documents.reading("shop", [f"{PREFIX}shop-database"]),
            "shop-database": documents.on_demand("shop", "shop-database", f"{PREFIX}shop-database", database),
        }
        yield double


def kept(program: Program, api: Api) -> Keeper:
    (program.folder / "token").write_text("for the API server")
    (program.folder / "proof").write_text(next(iter(api.accounts)))
    plan = Plan(5, 3, SECRET, documents.AUTH_MOUNT, documents.KEEPER_ROLE, program.folder / "proof")
    return Keeper(program.vault, Cluster(Server(api.address), NAMESPACE, program.folder / "token"), plan)


def becomes_ready(keeper: Keeper) -> str:
    """What the keeper says once Vault is open and configured; a Vault that has just started or been opened is not at once."""

    def look() -> str | None:
        try:
            found = keeper.round()
        except (Refused, OSError):
            return None
        return found if found.startswith("ready") else None

    return eventually(look)


def token(program: Program, api: Api, namespace: str, name: str) -> str:
    """A token of Vault for a ServiceAccount, by the role of its namespace."""
    shown = proof(namespace, name)
    api.accounts[shown] = (namespace, name)
    return program.vault.log_in(documents.AUTH_MOUNT, documents.role_name(namespace), shown)[0]


def test_a_vault_is_kept(program: Program, api: Api) -> None:
    """4.07, 4.14: real rounds on a real server: names of our prefix are written by the source, each namespace reads its own and no
    other; killed, the server is opened again by the shares that were kept; the log holds none of them, and no value."""
    keeper, vault = kept(program, api), program.vault
    assert "ready, but for database/config/shop-database" == becomes_ready(keeper)
    shares = api.data(SECRET)
    source, shop = token(program, api, "secrets-source", documents.ACCOUNT), token(program, api, "shop", documents.ACCOUNT)
    path = f"secret/data/{PREFIX}shop-database"
    value = {"data": {"username": "shop", "password": "never-show-this"}}

    assert {f"share-{number}" for number in range(1, 6)} == set(shares)
    assert vault.ask("POST", path, value, source).is_good
    assert HTTPStatus.FORBIDDEN == vault.ask("POST", "secret/data/causeway-production/shop-database", value, source).status
    assert value["data"] == vault.ask("GET", path, token=shop).body["data"]["data"]
    assert HTTPStatus.FORBIDDEN == vault.ask("GET", f"secret/data/{PREFIX}grafana-admin", token=shop).status
    assert HTTPStatus.FORBIDDEN == vault.ask("POST", path, value, shop).status
    assert "" == token(program, api, "shop", "default")

    program.stop()
    program.start()
    assert becomes_ready(keeper).startswith("ready")
    assert value["data"] == vault.ask("GET", path, token=shop).body["data"]["data"]
    log = (program.folder / "log").read_text()
    assert [] == [text for text in (*shares.values(), "never-show-this") if text in log]
    assert '"path":"sys/policies/acl/causeway-shop"' in log


def test_the_keeper_alone_goes_on_with_a_narrow_login(program: Program, api: Api) -> None:
    """4.07: the first token ends; what the keeper logs in with gives namespaces their access and takes it, and opens no other Secret."""
    keeper, vault = kept(program, api), program.vault
    api.documents["mail"] = documents.reading("mail", [f"{PREFIX}mail"])
    becomes_ready(keeper)
    assert token(program, api, "mail", documents.ACCOUNT)
    narrow, _ = vault.log_in(documents.AUTH_MOUNT, documents.KEEPER_ROLE, next(iter(api.accounts)))
    api.documents["monitoring"] = documents.reading("monitoring", [f"{PREFIX}grafana-admin"])
    del api.documents["mail"]
    becomes_ready(keeper)

    assert HTTPStatus.FORBIDDEN == vault.ask("GET", f"secret/data/{PREFIX}grafana-admin", token=narrow).status
    assert HTTPStatus.FORBIDDEN == vault.ask("PUT", "sys/policies/acl/theirs", {"policy": "{}"}, narrow).status
    assert HTTPStatus.FORBIDDEN == vault.ask("PUT", "sys/seal", {}, narrow).status
    assert ("", True) == (
        token(program, api, "mail", documents.ACCOUNT),
        bool(token(program, api, "monitoring", documents.ACCOUNT)),
    )
