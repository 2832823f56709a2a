"""The keeper's rounds beside a Vault that can be broken at will; test_real.py has the real program."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.vault_keeper.__main__ import State, keep
from services.vault_keeper.cluster import Cluster, Refused
from services.vault_keeper.keeper import ROOT_TOKEN, Keeper, Plan
from services.vault_keeper.web import Answer, Server
from tests.services.vault_keeper.double import NAMESPACE, Api, serving

SHARES, ROOT = [f"share of chance {number}" for number in range(5)], "root of chance"
SECRET = "vault-shares"


class Double:
    """A Vault in memory: what it was given, and which tokens it takes."""

    def __init__(self) -> None:
        self.is_initialised, self.is_sealed, self.tokens = False, True, {ROOT}
        self.written: dict[str, Any] = {}
        self.is_known = True

    def status(self) -> dict[str, Any]:
        return {"initialized": self.is_initialised, "sealed": self.is_sealed, "cluster_id": "one"}

    def initialise(self, shares: int, threshold: int, *, opens_itself: bool = False) -> tuple[list[str], str]:
        assert (5, 3) == (shares, threshold)
        self.is_initialised, self.is_sealed = True, not opens_itself
        return SHARES, ROOT

    def unseal(self, shares: list[str]) -> bool:
        self.is_sealed = len(set(shares) & set(SHARES)) < 3
        return not self.is_sealed

    def log_in(self, mount: str, role: str, proof: str) -> tuple[str, float]:
        assert (mount, role, proof) == ("kubernetes", "causeway-keeper", "who I am")
        self.tokens |= {"narrow"} if self.is_known else set()
        return ("narrow", 3600.0) if self.is_known else ("", 0.0)

    def is_valid(self, token: str) -> bool:
        return token in self.tokens

    def enable(self, path: str, body: Any, token: str) -> None:
        self.write(path, body, token)

    def write(self, path: str, body: Any, token: str) -> None:
        if token not in self.tokens:
            raise Refused(f"Vault would not take {path}: it answered 403")
        if path == "auth/token/revoke-self":
            self.tokens.discard(token)
        else:
            self.written[path] = body

    def names(self, path: str, token: str) -> list[str]:
        return [name.removeprefix(f"{path}/") for name in self.written if name.startswith(f"{path}/") and token in self.tokens]

    def remove(self, path: str, token: str) -> None:
        assert token in self.tokens
        del self.written[path]

    def ask(self, *_: Any, **__: Any) -> Answer:
        return Answer(404, {})


@pytest.fixture
def api() -> Iterator[Api]:
    with serving() as double:
        double.documents = {
            "base": {"enable": {"sys/mounts/secret": {}}, "owned": {"sys/policies/acl": "causeway-"}},
            "shop": {"write": {"sys/policies/acl/causeway-shop": {"policy": "{}"}}},
        }
        yield double


def kept(api: Api, vault: Double, folder: Path) -> Keeper:
    (folder / "token").write_text("for the API server\n")
    (folder / "proof").write_text("who I am\n")
    plan = Plan(5, 3, SECRET, "kubernetes", "causeway-keeper", folder / "proof")
    return Keeper(vault, Cluster(Server(api.address), NAMESPACE, folder / "token"), plan)  # type: ignore[arg-type]


def test_a_new_vault_is_ready_after_three_rounds(api: Api, tmp_path: Path) -> None:
    """4.07: initialised, opened, configured; five shares are kept, the first token is ended and gone."""
    vault = Double()
    keeper = kept(api, vault, tmp_path)

    assert ["initialised", "opened", "ready"] == [keeper.round() for _ in range(3)]
    assert {f"share-{number}": share for number, share in enumerate(SHARES, 1)} == api.data(SECRET)
    assert {"narrow"} == vault.tokens
    assert {"sys/mounts/secret", "sys/policies/acl/causeway-shop"} == set(vault.written)


def test_no_share_is_made_that_could_not_be_kept(api: Api, tmp_path: Path) -> None:
    """4.05: shares are told once, so that they can be kept is known before; one that could not be saved after all is saved later."""
    vault = Double()
    keeper = kept(api, vault, tmp_path)
    api.is_read_only = True
    with pytest.raises(Refused, match="may not make Secret vault-shares: the API server answered 403"):
        keeper.round()
    assert not vault.is_initialised

    api.is_read_only = False
    initialise = vault.initialise

    def closing(shares: int, threshold: int, **how: bool) -> tuple[list[str], str]:
        api.is_read_only = True
        return initialise(shares, threshold, **how)

    vault.initialise = closing  # type: ignore[method-assign]
    with pytest.raises(Refused):
        keeper.round()
    assert {} == api.data(SECRET)
    api.is_read_only = False
    assert "opened" == keeper.round()
    assert SHARES[0] == api.data(SECRET)["share-1"]


def test_what_a_kill_left_is_finished(api: Api, tmp_path: Path) -> None:
    """A keeper that ends between any two steps leaves what the next one goes on from, the first token included."""
    vault = Double()
    found = [kept(api, vault, tmp_path).round() for _ in range(3)]

    assert ["initialised", "opened", "ready"] == found
    assert ROOT_TOKEN not in api.data(SECRET)
    vault.tokens.clear()
    api.secrets[SECRET][ROOT_TOKEN] = "cm9vdA=="
    assert "ready" == kept(api, vault, tmp_path).round()
    assert ROOT_TOKEN not in api.data(SECRET)


def test_the_first_token_stays_until_the_keeper_can_log_in(api: Api, tmp_path: Path) -> None:
    """A Vault whose login does not work yet is not locked for good: the first token is given up only for another."""
    vault = Double()
    keeper = kept(api, vault, tmp_path)
    vault.is_known = False
    assert ["initialised", "opened"] == [keeper.round() for _ in range(2)]
    with pytest.raises(Refused, match="would not let role causeway-keeper log in"):
        keeper.round()

    assert ROOT in vault.tokens
    vault.is_known = True
    assert "ready" == keeper.round()
    assert {"narrow"} == vault.tokens


@pytest.mark.parametrize(
    ("present", "said"),
    [
        ({}, "sealed, and Secret vault-shares has 0 of the 3 shares that open it"),
        ({f"share-{number}": "b3RoZXI=" for number in range(1, 6)}, "sealed, and the shares in Secret vault-shares are not of this Vault"),
    ],
    ids=["None are there.", "They are of another Vault."],
)
def test_a_vault_that_cannot_be_opened_is_told(api: Api, tmp_path: Path, present: dict[str, Any], said: str) -> None:
    """Issue 7, 9: what is missing is said in one line, and nothing is made anew over what is there."""
    vault = Double()
    vault.is_initialised = True
    api.secrets[SECRET] = present

    assert said == kept(api, vault, tmp_path).round()
    assert present == api.secrets[SECRET]


def test_a_policy_of_ours_that_nobody_wants_any_more_goes(api: Api, tmp_path: Path) -> None:
    """4.14: a namespace that is gone leaves no right behind; a policy of somebody else stays."""
    vault = Double()
    keeper = kept(api, vault, tmp_path)
    assert "ready" == [keeper.round() for _ in range(3)][-1]
    vault.written["sys/policies/acl/theirs"] = {}
    del api.documents["shop"]

    assert "ready" == keeper.round()
    assert {"sys/mounts/secret", "sys/policies/acl/theirs"} == set(vault.written)


def test_nothing_that_opens_anything_is_told(api: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """4.13: through start, failure and recovery, no share and no token is in what the keeper says."""
    vault = Double()
    keeper, state = kept(api, vault, tmp_path), State()
    state.over = Rounds(6, {2: lambda: setattr(api, "is_read_only", True), 4: lambda: setattr(api, "is_read_only", False)})
    keep(keeper, state)
    said = capsys.readouterr().out

    assert ["initialised", "opened", "may not change Secret vault-shares: the API server answered 403", "ready"] == said.splitlines()
    assert not re.search("of chance|narrow|who I am", said)


class Rounds(threading.Event):
    """Over after so many rounds, none of which is waited for; `between` is done after a round by its number."""

    def __init__(self, count: int, between: dict[int, Any]) -> None:
        super().__init__()
        self.count, self.between, self.number = count, between, 0

    def wait(self, timeout: float | None = None) -> bool:
        del timeout
        self.number += 1
        self.between.get(self.number, lambda: None)()
        if self.number == self.count:
            self.set()
        return self.is_set()
