"""A cluster to work on and a Pulumi project of the test's own."""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from stand_ins.plugins.install import install_stand_ins
from tests.live.platform import Platform
from tests.stand_ins.plugins.live.stack import Stack
from workspace.home import Home

KUBECONFIG = "CAUSEWAY_TEST_KUBECONFIG"


@pytest.fixture(scope="session")
def kubeconfig(request: pytest.FixtureRequest) -> Path:
    """The cluster to test on: the one that CAUSEWAY_TEST_KUBECONFIG names, or the platform of all live tests."""
    if named := os.environ.get(KUBECONFIG):
        return Path(named).absolute()
    platform: Platform = request.getfixturevalue("platform")
    return platform.home / "kubeconfig"


@pytest.fixture(scope="session")
def stand_ins(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with the stand-ins installed and nothing else."""
    home = Home(state=tmp_path_factory.mktemp("home"), cache=Home.load().cache, cluster="none")
    install_stand_ins(home)
    return home


@pytest.fixture
def namespace() -> str:
    return f"plugin-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def stack(tmp_path: Path, stand_ins: Home, kubeconfig: Path, namespace: str) -> Iterator[Stack]:
    """A project whose program the test writes; destroyed at the end, whatever the test did."""
    engine = shutil.which("pulumi") or str(next((stand_ins.cache / "tools").glob("pulumi-*/pulumi")))
    made = Stack(tmp_path / "project", tmp_path / "backend", stand_ins, engine, kubeconfig, namespace)
    yield made
    made.clean_up()
