from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from local.images import LOCAL_IMAGES, Image, build_all
from tests.local.images.sandbox import Container, unpack
from workspace.home import Home
from workspace.progress import Progress

Unpacked = tuple[Path, dict[str, Any]]


@pytest.fixture(scope="session")
def images() -> dict[str, Image]:
    """Every image by its name without repository and tag, from the user's cache."""
    return {image.reference.split("/")[-1].split(":")[0]: image for image in build_all(Home.load(), Progress(), LOCAL_IMAGES)}


@pytest.fixture(scope="session")
def roots(images: dict[str, Image], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Unpacked]:
    """An image's root file system and configuration; unpacked once, so tests must leave it as it is."""

    @cache
    def root(name: str) -> Unpacked:
        folder = tmp_path_factory.mktemp(name)
        # pytest's own folders are for root only; a container's root is for everyone.
        folder.chmod(0o755)
        return folder, unpack(images[name], folder)

    return root


Contain = Callable[..., Container]


@pytest.fixture
def contain(roots: Callable[[str], Unpacked], tmp_path: Path) -> Iterator[Contain]:
    """A container of an image that is not started yet; all are gone after the test."""
    containers: list[Container] = []

    def make(name: str, volume: Path | None = None, **environment: str) -> Container:
        containers.append(Container(*roots(name), tmp_path / f"{name}.log", volume, **environment))
        return containers[-1]

    yield make
    for container in containers:
        container.remove()
