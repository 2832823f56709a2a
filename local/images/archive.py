"""Tar files that are the same bytes whenever their content is the same: layers, and images as `docker save` writes them."""

import hashlib
import io
import json
import os
import stat
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.images.recipe import Recipe

EPOCH = "1970-01-01T00:00:00Z"


@dataclass(frozen=True)
class LayerFile:
    """A packed layer; `digest` is the SHA-256 of the uncompressed tar, which the image configuration calls its diff id."""

    path: Path
    digest: str


def pack(tree: Path, target: Path, modes: Mapping[str, int], owners: Mapping[str, int]) -> None:
    """Write all below `tree` as a layer: sorted, time zero, root's; no set-uid bit survives.

    Files become 0755 or 0644 and folders 0755; `modes` and `owners` name the exceptions by path in the image.
    """
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(tree.rglob("*")):
            name = path.relative_to(tree).as_posix()
            entry = archive.gettarinfo(path, arcname=name)
            executable = entry.isdir() or entry.mode & stat.S_IXUSR
            entry.mode = 0o777 if entry.issym() else modes.get(f"/{name}", 0o755 if executable else 0o644)
            entry.uid = entry.gid = owners.get(f"/{name}", 0)
            entry.uname = entry.gname = ""
            entry.mtime = 0
            if entry.isreg():
                with path.open("rb") as content:
                    archive.addfile(entry, content)
            else:
                archive.addfile(entry)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file's content, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def configuration(recipe: Recipe, layers: list[LayerFile], architecture: str) -> bytes:
    """The image's configuration as JSON; its SHA-256 is the image id."""
    config: dict[str, Any] = {
        "Entrypoint": recipe.entrypoint or None,
        "Cmd": recipe.command or None,
        "User": recipe.user,
        "WorkingDir": recipe.directory,
        "Env": [f"{name}={value}" for name, value in _environment(recipe).items()],
        "StopSignal": recipe.stop_signal or None,
        "ExposedPorts": {f"{port}/tcp": {} for port in recipe.ports} or None,
        "Volumes": {volume: {} for volume in recipe.volumes} or None,
    }
    document = {
        "architecture": architecture,
        "os": "linux",
        "created": EPOCH,
        "config": {name: value for name, value in config.items() if value is not None},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer.digest}" for layer in layers]},
        "history": [{"created": EPOCH, "created_by": f"causeway layer {layer.name}"} for layer in recipe.layers],
    }
    return json.dumps(document, indent=1, sort_keys=True).encode()


def _environment(recipe: Recipe) -> dict[str, str]:
    return {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"} | recipe.environment


def save(recipe: Recipe, layers: list[LayerFile], architecture: str, target: Path, show: Callable[[str], None]) -> str:
    """Write the image to `target` as `docker save` does and hand back its id, `sha256:...`."""
    config = configuration(recipe, layers, architecture)
    identity = hashlib.sha256(config).hexdigest()
    names = [f"{layer.digest}/layer.tar" for layer in layers]
    manifest = [{"Config": f"{identity}.json", "RepoTags": [recipe.reference], "Layers": names}]
    total = sum(os.path.getsize(layer.path) for layer in layers)
    show(f"writing {total / 1e6:.0f} MB")
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as archive:
        _add(archive, f"{identity}.json", io.BytesIO(config), len(config))
        for layer, name in zip(layers, names, strict=True):
            with layer.path.open("rb") as content:
                _add(archive, name, content, layer.path.stat().st_size)
        listing = json.dumps(manifest).encode()
        _add(archive, "manifest.json", io.BytesIO(listing), len(listing))
    return f"sha256:{identity}"


def _add(archive: tarfile.TarFile, name: str, content: Any, size: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = size
    entry.mode = 0o644
    archive.addfile(entry, content)
