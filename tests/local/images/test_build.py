"""Building images: the cache, and what happens when something is missing or broken."""

import hashlib
import io
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from local import debian
from local.debian import Package
from local.images import build, build_all, layer, needed
from local.images.recipe import Layer, Recipe, recipes
from workspace.home import Home
from workspace.progress import Problem, Progress

QUIET = Console(file=io.StringIO())


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with an empty cache but for the one tool that the recipe below takes."""
    home = Home(state=tmp_path / "state", cache=tmp_path / "cache", cluster="test")
    tool = layer.tool(TOOL.tool, home)
    tool.parent.mkdir(parents=True)
    tool.write_bytes(b"program")
    return home


Use = Callable[..., None]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Let the given recipes be all that there are."""

    def set_recipes(*given: Recipe) -> None:
        monkeypatch.setattr(build, "recipes", lambda: list(given))

    return set_recipes


SHARED = Layer("shared", files=[{"from": "local/images/files/root", "to": "/"}], directories=[{"path": "/tmp", "mode": "1777"}])
TOOL = Layer("tool", tool={"from": "kubernetes/kubernetes", "to": "/usr/bin/tool"})
RECIPE = Recipe("one", "one:1", [SHARED, TOOL], ["tool"])


def test_a_built_image_is_not_built_again(home: Home, use: Use) -> None:
    """After a build nothing is needed, and building hands back the same image."""
    use(RECIPE)
    before = needed(home)
    built = build_all(home, Progress(QUIET))

    assert (["one:1"], []) == (before, needed(home))
    assert built == build_all(home, Progress(QUIET))


def test_a_damaged_image_is_built_again(home: Home, use: Use) -> None:
    """An image file that was cut short counts as missing."""
    use(RECIPE)
    image = build_all(home, Progress(QUIET))[0]
    size = image.tar.stat().st_size
    os.truncate(image.tar, size // 2)

    assert ["one:1"] == needed(home)
    assert size == build_all(home, Progress(QUIET))[0].tar.stat().st_size


def test_a_changed_tool_or_recipe_makes_another_image(home: Home, use: Use) -> None:
    """Each input of an image is part of what decides whether it is in the cache."""
    use(RECIPE)
    first = build_all(home, Progress(QUIET))[0].digest
    layer.tool(TOOL.tool, home).write_bytes(b"newer program")
    second = build_all(home, Progress(QUIET))[0].digest
    use(replace(RECIPE, user="5:5"))
    third = build_all(home, Progress(QUIET))[0].digest

    assert 3 == len({first, second, third})


def test_only_the_newest_builds_are_kept(home: Home, use: Use) -> None:
    """The cache does not grow with every change: two builds of an image stay, and the layers that they use."""
    for user in range(5):
        use(replace(RECIPE, user=str(user)))
        build_all(home, Progress(QUIET))
    files = sorted(path.name.rsplit("-", 1)[0] for path in (home.cache / "images").glob("*.tar"))

    assert ["layer-shared", "one", "one"] == files


def test_a_missing_tool_is_one_clear_line(home: Home, use: Use) -> None:
    """A recipe whose tool is not there fails naming the tool, and leaves nothing half made."""
    use(replace(RECIPE, layers=[replace(TOOL, tool={"from": "pulumi/pulumi", "to": "/other"})]))

    with pytest.raises(Problem, match=r"^the tool pulumi/pulumi is not in the cache: \./scripts/up builds it before the images$"):
        build_all(home, Progress(QUIET))

    assert [] == list((home.cache / "images").iterdir())


def test_what_a_killed_build_left_is_removed(home: Home, use: Use) -> None:
    """The next build removes the working folder of a process that is gone."""
    use(RECIPE)
    left = home.cache / "images" / "work.4194999"
    left.mkdir(parents=True)

    build_all(home, Progress(QUIET))

    assert not left.exists()


def test_layers_are_shared_byte_for_byte() -> None:
    """Images on the same base name the same layers, so that the container runtime stores them once."""
    by_name = {recipe.name: [item.name for item in recipe.layers] for recipe in recipes()}

    assert by_name["postgres"][:3] == by_name["shop"][:3] == ["root", "busybox", "glibc"]


def test_running_code_does_not_change_an_image(tmp_path: Path) -> None:
    """What Python leaves behind beside the sources is no input."""
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").touch()
    (tmp_path / "a.py").touch()

    assert [tmp_path / "a.py"] == layer.inputs(tmp_path)


@pytest.mark.parametrize("content", [b"", b"half", b"same length, other"])
def test_a_broken_download_is_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """A package file that is short or has another checksum is removed and downloaded anew."""
    whole = b"the whole package!"
    package = Package("a", "1", "a_1_all.deb", len(whole), hashlib.sha256(whole).hexdigest())
    (tmp_path / "bin").mkdir()
    apt = tmp_path / "bin" / "apt-get"
    apt.write_text(f"#!/bin/sh\n[ ! -e a_1_all.deb ] && printf '{whole.decode()}' > a_1_all.deb\n")
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    (tmp_path / "debs").mkdir()
    (tmp_path / "debs" / "a_1_all.deb").write_bytes(content)

    debian.download([package], tmp_path / "debs", lambda _: None)

    assert whole == (tmp_path / "debs" / "a_1_all.deb").read_bytes()
