"""`scripts/down` and what it leaves. Each test has a cluster of its own, for it takes it down."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.live.platform import Platform, call, checkout, eventually

pytestmark = pytest.mark.live

SECRET_ZERO = ("seed", "sealing-keys")
"""What a team keeps outside the cluster at level sealed; all else is in Git, but for the volumes."""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Platform]:
    made = checkout(tmp_path, f"down{os.getpid()}")
    yield made
    made.script("down")


def test_down_leaves_nothing(own: Platform) -> None:
    """After `down` there is no process, mount, interface, route, namespace, cgroup or file of the cluster; a repeat is fine."""
    own.own_the_shop()
    assert own.script("up").returncode == 0
    present = own.traces()

    first, second = own.script("down"), own.script("down")

    assert (0, 0) == (first.returncode, second.returncode), first.stderr + second.stderr
    assert present
    assert [] == own.traces()


def test_lost_cluster_comes_back(own: Platform) -> None:
    """4.16: `down --keep-data`, then from Git, seed, escrow and volumes alone a new cluster opens all and serves the orders from before."""
    own.go_bare()
    own.climb("sealed")
    own.output("python -m cli secrets sealing-key")
    assert own.script("up").returncode == 0
    shop = str(own.stack_output("urls")["shop"]).rstrip("/")
    order = call("POST", f"{shop}/orders", {"item": "atlas", "quantity": 1}).body["id"]
    before = sealed(own)

    down = own.script("down", "--keep-data")
    for path in own.home.iterdir():
        if path.name not in SECRET_ZERO:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    started = time.monotonic()
    up = own.script("up")
    print(f"the new cluster was up, everything opened, after {time.monotonic() - started:.0f} s")

    assert (0, 0) == (down.returncode, up.returncode), down.stderr + up.stderr
    assert before == sealed(own)
    shop = str(own.stack_output("urls")["shop"]).rstrip("/")
    assert eventually(lambda: call("GET", f"{shop}/orders/{order}").status == HTTPStatus.OK)


def sealed(platform: Platform) -> list[dict[str, str]]:
    """The shop's Secret, opened and sealed."""
    opened, closed = (platform.kubectl(f"get {kind} shop-database -n shop") for kind in ("secret", "sealedsecret"))
    return [opened["data"], closed["spec"]["encryptedData"]]


def test_second_run_at_the_same_time_says_so(own: Platform) -> None:
    """A second `up` or `down` during the first ends at once in one line that names the run under way."""
    own.go_bare()
    assert own.script("up").returncode == 0
    first = subprocess.Popen([own.root / "scripts" / "down"], env=own.environment, stderr=subprocess.PIPE, text=True)
    eventually(lambda: "down" in (own.home / "lock").read_text())

    second = own.script("up")
    first.communicate()

    assert second.returncode == 1
    assert "./scripts/down (process" in second.stderr
    assert first.returncode == 0
