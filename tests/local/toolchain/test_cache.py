"""Where tools lie in the cache: another recipe has another directory, the same recipe never a second one."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from local.toolchain import cache
from local.toolchain.pins import GoModule, Pin
from workspace.home import Home

TINY = Pin("tiny", "1.0.0", go=GoModule("tiny", {"version": "1"}))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "state", tmp_path / "cache", "test")


@pytest.fixture(autouse=True)
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The module that the tool is built from, in a repository of its own."""
    monkeypatch.setattr(cache, "REPOSITORY", tmp_path)
    folder = tmp_path / "local" / "build" / "tiny"
    folder.mkdir(parents=True)
    (folder / "go.mod").write_text("module tiny\n")
    return folder


def of_a_changed_file(module: Path) -> Pin:
    (module / "go.mod").write_text("module tiny\n\nrequire example.org/other v1.2.3\n")
    return TINY


def of_a_further_file(module: Path) -> Pin:
    (module / "main.go").write_text("package main\n")
    return TINY


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda _: replace(TINY, version="1.0.1"), id="version"),
        pytest.param(lambda _: replace(TINY, go=GoModule("tiny", {"version": "2"})), id="variable"),
        pytest.param(lambda _: replace(TINY, go=GoModule("tiny", {"version": "1"}, tags=["small"])), id="tag"),
        pytest.param(lambda _: replace(TINY, links={"small": "tiny"}), id="link"),
        pytest.param(of_a_changed_file, id="file of the module"),
        pytest.param(of_a_further_file, id="further file"),
    ],
)
def test_another_recipe_is_another_directory(home: Home, module: Path, change: Callable[[Path], Pin]) -> None:
    """Whatever decides what a tool is gives it a directory of its own, so that nothing built otherwise is taken for it."""
    before = cache.directory(TINY, home)

    assert before != cache.directory(change(module), home)


def test_what_is_accepted_from_path_is_no_part_of_the_recipe(home: Home) -> None:
    """The lowest version that is taken from PATH does not change what is made."""
    assert cache.directory(TINY, home) == cache.directory(replace(TINY, minimum="0.9.0"), home)


def test_directory_without_digest_is_used_for_its_own_recipe_only(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was made before directories had digests is not made again, unless the recipe has changed since or it is not whole."""
    monkeypatch.setattr(cache, "BEFORE_DIGESTS", {"tiny": cache.digest(TINY)})
    before = home.cache / "tools" / "tiny-1.0.0"
    before.mkdir(parents=True)
    unfinished = cache.directory(TINY, home)
    (before / cache.MARKER).touch()

    assert before == cache.directory(TINY, home)
    assert before not in (unfinished, cache.directory(replace(TINY, links={"small": "tiny"}), home))
