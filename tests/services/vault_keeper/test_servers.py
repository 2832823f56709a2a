"""The keeper beside three servers that a key service opens; test_key_service.py has the real program."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.vault_keeper.cluster import Cluster
from services.vault_keeper.keeper import Keeper, Plan
from services.vault_keeper.web import Server
from tests.services.vault_keeper.double import NAMESPACE, Api, serving
from tests.services.vault_keeper.test_keeper import ROOT, SECRET, SHARES, Double


class One(Double):
    """A server, which may be away; Vault answers for as many as have a vote."""

    is_away, votes = False, 1

    def status(self) -> dict[str, Any]:
        if self.is_away:
            raise ConnectionRefusedError
        return super().status()

    def voters(self, token: str) -> int:
        assert token == "narrow"
        return self.votes


class Active(One):
    """Whichever server is active: the first, once it is open."""

    def __init__(self, first: One) -> None:
        super().__init__()
        self.first = first

    def status(self) -> dict[str, Any]:
        if not self.first.is_initialised or self.first.is_sealed:
            raise ConnectionRefusedError
        return self.first.status()


@pytest.fixture
def api() -> Iterator[Api]:
    with serving() as double:
        yield double


def kept(api: Api, folder: Path, servers: list[One], active: One | None = None) -> Keeper:
    (folder / "token").write_text("for the API server\n")
    (folder / "proof").write_text("who I am\n")
    plan = Plan(5, 3, SECRET, "kubernetes", "causeway-keeper", folder / "proof", opens_itself=True)
    cluster = Cluster(Server(api.address), NAMESPACE, folder / "token")
    return Keeper(active or Active(servers[0]), cluster, plan, servers)  # type: ignore[arg-type]


def test_one_server_begins_and_all_are_waited_for(api: Api, tmp_path: Path) -> None:
    """4.07: one server is initialised, and opened by its key service; it is ready once all three have a vote, and the shares are kept."""
    servers = [One(), One(), One()]
    active = Active(servers[0])
    keeper = kept(api, tmp_path, servers, active)
    found = [keeper.round() for _ in range(2)]
    active.votes = 3

    assert ["initialised", "configured, and 1 of 3 servers have a vote"] == found
    assert "ready" == keeper.round()
    assert [True, False, False] == [server.is_initialised for server in servers]
    assert {f"recovery-share-{number}": share for number, share in enumerate(SHARES, 1)} == api.data(SECRET)
    assert ROOT not in active.tokens
    active.votes = 2
    assert "ready" == keeper.round(), "a server that is lost later is the StatefulSet's to bring back"


@pytest.mark.parametrize("lost", range(3))
def test_a_server_that_lost_its_volume_does_not_begin_anew(api: Api, tmp_path: Path, lost: int) -> None:
    """4.07: what is new to one server is not new to the others: it joins them, and nobody's data is left behind."""
    servers = [One(), One(), One()]
    for server in servers:
        server.is_initialised = True
    servers[lost] = One()

    assert "sealed, and its key service has not opened it yet" == kept(api, tmp_path, servers, servers[lost]).round()
    assert not servers[lost].is_initialised


def test_nothing_is_made_while_a_server_does_not_answer(api: Api, tmp_path: Path) -> None:
    """4.07: a server that is away may have what the others lack."""
    servers = [One(), One(), One()]
    servers[2].is_away = True

    with pytest.raises(ConnectionRefusedError):
        kept(api, tmp_path, servers).round()
    assert (False, {}) == (servers[0].is_initialised, api.secrets)
