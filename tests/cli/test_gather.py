"""Facts are gathered as they are; the network and the real cluster are not needed."""

import json
import os

import pytest

from cli.doctor import gather, host
from local.toolchain import Pin, Route, pins
from local.toolchain.cache import directory
from local.toolchain.pins import GoModule
from tests.cli.conftest import FakePlatform
from workspace.home import Home


@pytest.mark.usefixtures("platform")
def test_state_of_a_checkout() -> None:
    """The facts about a checkout: modes of its files, its backend, and which locks have lost their process."""
    home = Home.load()
    home.seed.touch(mode=0o640)
    home.seed.chmod(0o640)
    locks = home.backend / ".pulumi" / "locks" / "organization" / "causeway" / "minikube"
    locks.mkdir(parents=True)
    here = os.uname().nodename
    for name, process, machine in (("a", os.getpid(), here), ("b", 2**22 + 1, here), ("c", 1, f"not-{here}")):
        content = {"pid": process, "username": "ann", "hostname": machine}
        (locks / f"{name}.json").write_text(json.dumps(content))
    state = gather.state(home)

    assert {str(home.passphrase): None, str(home.seed): 0o640} == state.files
    assert [True, False, None] == [holder.is_alive for holder in state.locks]
    assert str(state.locks[0]).startswith(f"process {os.getpid()} of ann (")
    assert (f"file://{home.backend}", False) == (state.backend, state.local.made)


def test_cluster_facts(platform: FakePlatform) -> None:
    """The facts about a cluster: versions, default StorageClass, IngressClasses and ready nodes."""
    node = {"kind": "Node", "metadata": {"name": "a"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}
    default = {"storageclass.kubernetes.io/is-default-class": "true"}
    storage = {"kind": "StorageClass", "metadata": {"name": "standard", "annotations": default}}
    items = [node, storage, {"kind": "IngressClass", "metadata": {"name": "nginx"}}]
    versions = {"clientVersion": {"gitVersion": "v1.37.1"}, "serverVersion": {"gitVersion": "v1.36.2"}}
    platform.answers("kubectl", {**versions, "items": items})
    facts = gather.cluster(Home.load())

    assert ("1.37.1", "1.36.2", ("standard",), ("nginx",), 1) == (
        facts.client, facts.server, facts.default_storage, facts.ingress_classes, facts.ready_nodes,
    )  # fmt: skip


@pytest.mark.usefixtures("platform")
def test_machine_facts() -> None:
    """The facts about this machine are read without changing it: its own kernel, memory and disks."""
    machine = host.look(Home.load())

    assert (os.geteuid(), os.uname().machine) == (machine.user, machine.architecture)
    assert machine.memory > 0
    assert all(disk.free > 0 for disk in machine.disks)


def test_tool_that_is_cached(platform: FakePlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cached tool is told with its version, its directory and the way it was got."""
    monkeypatch.setenv("CAUSEWAY_CACHE", str(platform.home))
    pin = pins()["kubernetes"]
    folder = directory(pin, Home.load())
    folder.mkdir(parents=True)
    (folder / ".route").write_text(Route.GO.value)
    found = gather.tool(pin, Home.load())

    assert (pin.version, Route.GO.value, str(folder)) == (found.version, found.route, found.directory)


@pytest.mark.parametrize(
    ("pin", "route"),
    [
        pytest.param(Pin("kubernetes", "1.36.2", go=GoModule(".", {})), Route.GO.value, id="can be built"),
        pytest.param(Pin("kubernetes", "1.36.2"), None, id="no way"),
    ],
)
def test_tool_that_is_not_here(platform: FakePlatform, monkeypatch: pytest.MonkeyPatch, pin: Pin, route: str | None) -> None:
    """A missing tool is told with the way it would be got, or none; nothing is fetched."""
    monkeypatch.setenv("CAUSEWAY_CACHE", str(platform.home))
    found = gather.tool(pin, Home.load())

    assert (None, route) == (found.version, found.route)
    assert not (platform.home / "tools").exists()
