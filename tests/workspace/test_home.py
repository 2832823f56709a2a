"""What the variables may hold that say where things are: a cluster's name is part of a folder that `down` deletes as root."""

import os
import pwd
from pathlib import Path

import pytest

from workspace import pulumi
from workspace.home import LONGEST_NAME, Home
from workspace.progress import Problem


@pytest.mark.parametrize(
    "name", ["..", ".", "/", "../x", "a/b", "/var", "A", "a b", "a_b", "-a", "a-", "a.b", "a\n", "é", "x" * (LONGEST_NAME + 1)]
)
def test_name_that_cannot_be_a_clusters_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Item 6: no name leads `down` out of the folder of local clusters, or to a node that Kubernetes would refuse."""
    monkeypatch.setenv("CAUSEWAY_CLUSTER", name)

    with pytest.raises(Problem, match=r"^CAUSEWAY_CLUSTER: given .*; allowed: at most 40 lower-case letters"):
        Home.load()


@pytest.mark.parametrize(("given", "near"), [("My Cluster", "my-cluster"), ("../x", "x"), ("team_a", "team-a")])
def test_nearest_name_is_told(monkeypatch: pytest.MonkeyPatch, given: str, near: str) -> None:
    """Item 9: the line names the nearest right one."""
    monkeypatch.setenv("CAUSEWAY_CLUSTER", given)

    with pytest.raises(Problem, match=f"did you mean '{near}'"):
        Home.load()


@pytest.mark.parametrize("name", ["a", "causeway", "t4711", "crash-1", "x" * LONGEST_NAME])
def test_name_is_taken_as_given(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """What is allowed is used, and its folder lies in that of all local clusters."""
    monkeypatch.setenv("CAUSEWAY_CLUSTER", name)
    home = Home.load()

    assert (name, Path("/var/lib/causeway")) == (home.cluster, home.cluster_directory.resolve().parent)


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user whom the system does not know, as a container's may be, in a shell that has no HOME."""

    def unknown(_: int) -> None:
        raise KeyError

    for name in ("HOME", "XDG_CACHE_HOME", "CAUSEWAY_CACHE", "PULUMI_ACCESS_TOKEN", "PULUMI_BACKEND_URL", "PULUMI_CREDENTIALS_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)


@pytest.mark.usefixtures("homeless")
def test_without_a_home_directory_the_line_says_what_to_set() -> None:
    """Item 9: HOME is named, and what else will do."""
    with pytest.raises(Problem, match=rf"^HOME: given nothing, and user {os.geteuid()} has no home directory; fix: export HOME="):
        Home.load()


@pytest.mark.usefixtures("homeless")
def test_without_a_home_directory_a_cache_is_enough(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With CAUSEWAY_CACHE nothing else is asked for, and Pulumi's state is the checkout's own."""
    monkeypatch.setenv("CAUSEWAY_CACHE", str(tmp_path))
    home = Home.load()

    assert (tmp_path, f"file://{home.backend}") == (home.cache, pulumi.backend(home))
