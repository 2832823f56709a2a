"""`scripts/down` and what it leaves: on clusters of their own, for they are taken down."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.live.platform import Platform, call, checkout
from tests.waiting import eventually

pytestmark = pytest.mark.live

SECRET_ZERO = ("seed", "sealing-keys", "vault-shares")
"""What a team keeps outside the cluster at levels sealed and vault; all else is in Git, but for the volumes."""


@dataclass(frozen=True)
class TakenDown:
    """A platform that is gone, the traces that it had, and the answer to an `up` while it went."""

    platform: Platform
    present: list[str]
    meanwhile: subprocess.CompletedProcess[str]


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Platform]:
    made = checkout(tmp_path, f"lost{os.getpid()}")
    yield made
    made.script("down")


@pytest.fixture(scope="module")
def taken_down(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TakenDown]:
    """A platform that `down` has removed, and what another `up` was told meanwhile."""
    made = checkout(tmp_path_factory.mktemp("down"), f"down{os.getpid()}")
    made.own_the_shop()
    try:
        assert made.script("up").returncode == 0
        present = made.traces()
        first = subprocess.Popen([made.root / "scripts" / "down"], env=made.environment, stderr=subprocess.PIPE, text=True)
        eventually(lambda: "down" in (made.home / "lock").read_text())
        meanwhile = made.script("up")
        _, said = first.communicate()
        assert first.returncode == 0, said
        yield TakenDown(made, present, meanwhile)
    finally:
        made.script("down")


def test_down_leaves_nothing(taken_down: TakenDown) -> None:
    """After `down` there is no process, mount, interface, route, namespace, cgroup or file of the cluster; a repeat is fine."""
    again = taken_down.platform.script("down")

    assert 0 == again.returncode, again.stderr
    assert taken_down.present
    assert [] == taken_down.platform.traces()


def test_second_run_at_the_same_time_says_so(taken_down: TakenDown) -> None:
    """An `up` during a `down` ends at once in one line that names the run under way, and does not disturb it."""
    assert taken_down.meanwhile.returncode == 1
    assert "./scripts/down (process" in taken_down.meanwhile.stderr


def test_lost_cluster_comes_back(own: Platform) -> None:
    """4.16: `down --keep-data`, then from Git, seed, escrow and volumes alone a new cluster opens all and serves the orders from before.

    At level vault, on its way to sealed, so that it has the secret zero of both: the same Vault is opened, by the same shares.
    """
    own.go_bare()
    own.climb("vault", candidate="sealed")
    own.output("python -m cli secrets sealing-key")
    assert own.script("up").returncode == 0
    shop = str(own.stack_output("urls")["shop"]).rstrip("/")
    order = call("POST", f"{shop}/orders", {"item": "atlas", "quantity": 1}).body["id"]
    before, shares = opened(own), (own.home / "vault-shares").read_text()

    down = own.script("down", "--keep-data")
    for path in own.home.iterdir():
        if path.name not in SECRET_ZERO:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    started = time.monotonic()
    up = own.script("up")
    print(f"the new cluster was up, everything opened, after {time.monotonic() - started:.0f} s")

    assert (0, 0) == (down.returncode, up.returncode), down.stderr + up.stderr
    assert (before, shares) == (opened(own), (own.home / "vault-shares").read_text())
    assert "initialised" not in own.output("kubectl logs deployment/vault-keeper -n vault")
    shop = str(own.stack_output("urls")["shop"]).rstrip("/")
    assert eventually(lambda: call("GET", f"{shop}/orders/{order}").status == HTTPStatus.OK)


def opened(platform: Platform) -> list[dict[str, str]]:
    """The shop's Secret as each level made it, and sealed."""
    secrets = [platform.kubectl(f"get secret {name} -n shop")["data"] for name in ("shop-database", "shop-database-candidate")]
    return [*secrets, platform.kubectl("get sealedsecret shop-database-candidate -n shop")["spec"]["encryptedData"]]
