"""Layers and images are the same bytes whenever their content is the same."""

import hashlib
import json
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

from local.images import archive
from local.images.archive import LayerFile
from local.images.recipe import Layer, Recipe


def tree(root: Path, order: int, time: int) -> Path:
    """The same content, made in a different order and at a different time."""
    names = ["usr/bin/program", "etc/plain", "etc/other"]
    for name in names[::order]:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
        os.utime(path, (time, time))
    (root / "usr/bin/program").chmod(0o4711)
    (root / "etc/plain").chmod(0o600)
    (root / "bin").symlink_to("usr/bin")
    (root / "tmp").mkdir(mode=0o700)
    return root


def members(path: Path) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(path) as content:
        return {member.name: member for member in content.getmembers()}


def test_a_layer_does_not_depend_on_time_order_or_mode(tmp_path: Path) -> None:
    """Packing the same content twice gives the same bytes."""
    for number, order in enumerate((1, -1)):
        archive.pack(tree(tmp_path / str(number), order, number), tmp_path / f"{number}.tar", {"/tmp": 0o1777}, {"/tmp": 999})

    assert archive.digest_of(tmp_path / "0.tar") == archive.digest_of(tmp_path / "1.tar")


def test_a_layer_is_roots_and_has_no_set_uid(tmp_path: Path) -> None:
    """Files are 0755 or 0644 of root at time zero, the named exceptions apart."""
    archive.pack(tree(tmp_path / "tree", 1, 5), tmp_path / "layer.tar", {"/tmp": 0o1777}, {"/tmp": 999})
    found = members(tmp_path / "layer.tar")

    assert (0o755, 0o644, 0o1777) == (found["usr/bin/program"].mode, found["etc/plain"].mode, found["tmp"].mode)
    assert {0} == {member.mtime for member in found.values()}
    assert {"tmp": 999} == {name: member.uid for name, member in found.items() if member.uid}
    assert sorted(found) == list(found)


@pytest.fixture
def image(tmp_path: Path) -> dict[str, Any]:
    """A saved image of one layer: its file, id, and what it says."""
    layer = tmp_path / "layer.tar"
    archive.pack(tree(tmp_path / "tree", 1, 5), layer, {}, {})
    recipe = Recipe(
        "a", "repository/a:1", [Layer("one")], ["run"], ["now"], "7:7", environment={"A": "b"}, stop_signal="SIGINT", ports=[80]
    )
    target = tmp_path / "image.tar"
    identity = archive.save(recipe, [LayerFile(layer, archive.digest_of(layer))], "amd64", target, lambda _: None)
    with tarfile.open(target) as content:
        files = {member.name: content.extractfile(member).read() for member in content.getmembers()}  # type: ignore[union-attr]
    return {"id": identity, "files": files}


def test_an_image_is_what_docker_save_writes(image: dict[str, Any]) -> None:
    """manifest.json names the reference, the configuration by its digest, and the layers by theirs."""
    manifest = json.loads(image["files"]["manifest.json"])[0]
    config = image["files"][manifest["Config"]]
    digests = [hashlib.sha256(image["files"][name]).hexdigest() for name in manifest["Layers"]]

    assert ["repository/a:1"] == manifest["RepoTags"]
    assert image["id"] == f"sha256:{hashlib.sha256(config).hexdigest()}" == f"sha256:{manifest['Config'].removesuffix('.json')}"
    assert [f"sha256:{digest}" for digest in digests] == json.loads(config)["rootfs"]["diff_ids"]


def test_the_configuration_says_how_to_start(image: dict[str, Any]) -> None:
    """User, entrypoint, command, environment, port and stop signal stand in the image's configuration."""
    manifest = json.loads(image["files"]["manifest.json"])[0]
    config = json.loads(image["files"][manifest["Config"]])["config"]

    expected = ("7:7", ["run"], ["now"], {"80/tcp": {}}, "SIGINT")
    assert expected == tuple(config[key] for key in ("User", "Entrypoint", "Cmd", "ExposedPorts", "StopSignal"))
    assert "A=b" in config["Env"]
