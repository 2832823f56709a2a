"""An image whose cached file was damaged after it was built: found at import, dropped, built anew by the next run."""

from pathlib import Path

import pytest

from local.cluster import images, layout
from local.images import Image, build, build_all
from local.images.recipe import Layer, Recipe
from local.toolchain import Installed, Route
from workspace.home import Home
from workspace.progress import Problem, Progress

LAYER = Layer("files", files=[{"from": "local/images/files/root", "to": "/"}])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(build, "recipes", lambda: [Recipe("one", "one:1", [LAYER], ["true"])])
    return Home(tmp_path / "state", tmp_path / "cache", "test")


def bring(built: list[Image], home: Home, complaint: str) -> None:
    """Import by a `ctr` that ends with `complaint`, as containerd's does for a layer whose sum is another."""
    program = home.cache / "runtime" / "ctr"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f"#!/bin/sh\necho '{complaint}' >&2\nexit 1\n")
    program.chmod(0o755)
    cluster = layout.locate(home, simulated=True)
    cluster.directory.mkdir(parents=True, exist_ok=True)
    images.bring(built, cluster, {"container-runtime": Installed("container-runtime", "1", program.parent, Route.DEBIAN)}, Progress())


def test_damaged_image_is_dropped_and_built_anew(home: Home) -> None:
    """Item 9: an image with a flipped byte is named in one line and dropped with its layers; the next run builds it."""
    built = build_all(home, Progress())
    good = built[0].tar.read_bytes()

    with pytest.raises(Problem, match=r"^image one:1 could not be imported: ctr: wrong diff id: its cached file was dropped"):
        bring(built, home, "ctr: wrong diff id")

    assert not list((home.cache / "images").iterdir())
    assert good == build_all(home, Progress())[0].tar.read_bytes()


def test_full_disk_drops_no_image(home: Home) -> None:
    """Item 9: an import that finds no room keeps the image, which is whole."""
    built = build_all(home, Progress())

    with pytest.raises(Problem, match="no space left on device: free some room"):
        bring(built, home, "ctr: no space left on device")

    assert built[0].tar.exists()
