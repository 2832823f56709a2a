from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.home import Home
from local.images import Image, build_all
from local.progress import Progress
from tests.local.images.sandbox import Container, unpack


@pytest.fixture(scope="session")
def images() -> dict[str, Image]:
    """Every image by its name without repository and tag, from the user's cache."""
    return {image.reference.split("/")[-1].split(":")[0]: image for image in build_all(Home.load(), Progress())}


Contain = Callable[..., Container]


@pytest.fixture
def contain(images: dict[str, Image], tmp_path: Path) -> Iterator[Contain]:
    """Unpack an image and hand back a container of it that is not started; all are gone after the test."""
    containers: list[Container] = []
    roots: dict[str, tuple[Path, dict[str, Any]]] = {}

    def make(name: str, volume: Path | None = None, **environment: str) -> Container:
        if name not in roots:
            root = tmp_path / name
            root.mkdir()
            roots[name] = (root, unpack(images[name], root))
        containers.append(Container(*roots[name], tmp_path / f"{name}.log", volume, **environment))
        return containers[-1]

    yield make
    for container in containers:
        container.remove()
