"""The keeper and three real servers that a key service opens: here the transit engine of one more Vault, on a cloud its KMS."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from components.secrets import vault as documents
from components.secrets.vault_tls import server_key
from components.secrets_controller.vault_servers import PORT, SERVERS, TLS, VaultSeal, configuration, names
from local import toolchain
from services.vault_keeper.cluster import Cluster, Refused
from services.vault_keeper.keeper import Keeper, Plan
from services.vault_keeper.vault import Vault
from services.vault_keeper.web import Answer, Server
from tests.conftest import SEED
from tests.services.vault_keeper.double import NAMESPACE, Api, serving
from tests.services.vault_keeper.test_real import PREFIX, SECRET, free_port, proof
from tests.waiting import eventually
from workspace.home import Home
from workspace.progress import Progress

pytestmark = pytest.mark.live
PATH = f"secret/data/{PREFIX}shop-database"
VALUE = {"data": {"password": "never-show-this"}}
TRANSIT_TOKEN, KEY = "of-the-key-service", "opens-vault"


class Process:
    """One server, on what it kept."""

    def __init__(self, folder: Path, port: int, arguments: list[str], environment: Mapping[str, str]) -> None:
        self.folder, self.port, self.arguments, self.environment = folder, port, arguments, {**os.environ, **environment}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self.arguments, env=self.environment, stdout=log, stderr=log)

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()


@dataclass(frozen=True)
class Active(Server):
    """What the chart's Service of the active server does."""

    servers: tuple[Server, ...] = ()

    def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        for server in self.servers:
            if health(server) == HTTPStatus.OK:
                return server.ask(method, path, body, headers)
        raise ConnectionRefusedError


def health(server: Server) -> int:
    """200 of the active one, 429 of the others, 501 of a new one, 503 of one that is sealed; 0 where nobody answers."""
    try:
        return server.ask("GET", "/v1/sys/health").status
    except OSError:
        return 0


class Three:
    """Three servers by the product's own configuration: other addresses, and transit in place of a cloud's key."""

    def __init__(self, program: str, folder: Path, transit: int) -> None:
        ports = [(free_port(), free_port()) for _ in SERVERS]
        for name, text in zip(("tls.key", "tls.crt"), server_key(SEED, names(are_three=True)), strict=True):
            (folder / name).write_text(text)
        self.servers = tuple(Server(f"https://127.0.0.1:{port}", str(folder / "tls.crt")) for port, _ in ports)
        self.processes = [self._process(program, folder, number, ports, transit) for number in range(len(ports))]

    def _process(self, program: str, folder: Path, number: int, ports: list[tuple[int, int]], transit: int) -> Process:
        own, (port, other) = folder / f"vault-{number}", ports[number]
        (own / "data").mkdir(parents=True)
        text = configuration(VaultSeal.AWS).replace('seal "awskms"', 'seal "transit"').replace(TLS, str(folder))
        text = text.replace('service_registration "kubernetes" {}', "").replace("/vault/data", str(own / "data"))
        text = text.replace(f"[::]:{PORT + 1}", f"127.0.0.1:{other}").replace(f"[::]:{PORT}", f"127.0.0.1:{port}")
        for address, (there, _) in zip(SERVERS, ports, strict=True):
            text = text.replace(address, f"https://127.0.0.1:{there}")
        (own / "vault.hcl").write_text(text)
        environment = {
            "VAULT_RAFT_NODE_ID": own.name,
            "VAULT_API_ADDR": f"https://127.0.0.1:{port}",
            "VAULT_CLUSTER_ADDR": f"https://127.0.0.1:{other}",
            "VAULT_ADDR": f"http://127.0.0.1:{transit}",
            "VAULT_TOKEN": TRANSIT_TOKEN,
            "VAULT_TRANSIT_SEAL_KEY_NAME": KEY,
            "VAULT_TRANSIT_SEAL_MOUNT_PATH": "transit/",
        }
        return Process(own, port, [program, "server", f"-config={own}/vault.hcl"], environment)

    @property
    def health(self) -> list[int]:
        return [health(server) for server in self.servers]

    def active(self) -> int | None:
        """The number of the active one; None while there is none."""
        return next((number for number, found in enumerate(self.health) if found == HTTPStatus.OK), None)


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Three]:
    program = str(toolchain.ensure(["vault"], Home.load(), Progress())["vault"].program())
    port = free_port()
    dev = ["-dev", "-dev-no-store-token", f"-dev-root-token-id={TRANSIT_TOKEN}", f"-dev-listen-address=127.0.0.1:{port}"]
    key_service = Process(tmp_path, port, [program, "server", *dev], {"HOME": str(tmp_path)})
    made = Three(program, tmp_path, port)
    try:
        key_service.start()
        service = Vault(Server(f"http://127.0.0.1:{port}"))
        eventually(lambda: health(service.server) == HTTPStatus.OK)
        service.write("sys/mounts/transit", {"type": "transit"}, TRANSIT_TOKEN)
        service.write(f"transit/keys/{KEY}", {}, TRANSIT_TOKEN)
        for process in made.processes:
            process.start()
        yield made
    finally:
        for process in (*made.processes, key_service):
            process.stop()


@pytest.fixture
def api() -> Iterator[Api]:
    with serving() as double:
        keeper = proof(NAMESPACE, documents.KEEPER)
        double.accounts = {keeper: (NAMESPACE, documents.KEEPER)}
        base = documents.foundation(NAMESPACE)
        config = {"kubernetes_host": double.address, "disable_local_ca_jwt": True, "token_reviewer_jwt": keeper}
        base["write"][f"auth/{documents.AUTH_MOUNT}/config"] = config
        # It waits for ten seconds of its own accord, which tell nothing here.
        base["write"]["sys/storage/raft/autopilot/configuration"] = {"server_stabilization_time": "1s"}
        double.documents = {"keeper": base, "source": documents.writing("secrets-source", PREFIX)}
        yield double


def kept(three: Three, api: Api, folder: Path) -> Keeper:
    (folder / "token").write_text("for the API server")
    (folder / "proof").write_text(next(iter(api.accounts)))
    plan = Plan(5, 3, SECRET, documents.AUTH_MOUNT, documents.KEEPER_ROLE, folder / "proof", opens_itself=True)
    cluster = Cluster(Server(api.address), NAMESPACE, folder / "token")
    return Keeper(Vault(Active("", None, three.servers)), cluster, plan, [Vault(server) for server in three.servers])


def found(look: Callable[[], Any]) -> Callable[[], Any]:
    """`look`, with an answer for where nobody does."""

    def again() -> Any:
        try:
            return look()
        except (Refused, OSError):
            return None

    return again


def test_three_servers_are_kept(three: Three, api: Api, tmp_path: Path) -> None:
    """4.07: a key service opens three servers that become one Vault with three votes; the loss of the active one, of all at once, and of a
    volume is made good with no share and no hand; the shares, which are for recovery, are kept, and told nowhere."""
    keeper = kept(three, api, tmp_path)
    said: list[str] = []
    eventually(found(lambda: said.append(keeper.round()) or said[-1] == "ready"))
    shares, vault = api.data(SECRET), keeper.vault
    shown = proof("secrets-source", documents.ACCOUNT)
    api.accounts[shown] = ("secrets-source", documents.ACCOUNT)
    token, _ = vault.log_in(documents.AUTH_MOUNT, documents.role_name("secrets-source"), shown)

    assert "initialised" in said
    assert sorted([200, 429, 429]) == sorted(three.health)
    assert {f"recovery-share-{number}" for number in range(1, 6)} == set(shares)
    assert vault.ask("POST", PATH, VALUE, token).is_good

    lost = three.active()
    assert lost is not None
    three.processes[lost].stop()
    eventually(found(lambda: vault.ask("GET", PATH, token=token).body["data"]["data"] == VALUE["data"]))
    eventually(found(lambda: keeper.round() == "ready"))

    shutil.rmtree(three.processes[lost].folder / "data")
    (three.processes[lost].folder / "data").mkdir()
    three.processes[lost].start()
    eventually(lambda: three.health[lost] == HTTPStatus.TOO_MANY_REQUESTS)

    for process in three.processes:
        process.stop()
    for process in three.processes:
        process.start()
    eventually(lambda: sorted(three.health) == [200, 429, 429])
    assert VALUE["data"] == vault.ask("GET", PATH, token=token).body["data"]["data"]
    assert "ready" == keeper.round()
    logs = "".join((process.folder / "log").read_text() for process in three.processes)
    assert [] == [text for text in (*shares.values(), "never-show-this") if text in logs]
