"""Build the local images that are not in the cache yet, layer by layer, and keep what the next build can use again."""

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from local.images import archive, layer
from local.images.archive import LayerFile
from local.images.recipe import Layer, Recipe, recipes
from workspace.home import REPOSITORY, Home
from workspace.processes import is_alive
from workspace.progress import Problem, Progress, Step

FORMAT = 1
"""Raised when the way of packing changes, so that nothing packed the old way is used."""

KEPT = 2
"""How many builds of one image stay in the cache."""


@dataclass(frozen=True)
class Image:
    """An image ready for `ctr images import`; `digest` is its id, the one that the container runtime shows."""

    reference: str
    tar: Path
    digest: str


def needed(home: Home, only: Collection[str] | None = None) -> list[str]:
    """The references of the images that `build_all` would build now; reads no package list and no network."""
    wanted = (recipe for recipe in recipes() if only is None or recipe.name in only)
    return [recipe.reference for recipe in wanted if _cached(recipe, home) is None]


def build_all(home: Home, progress: Progress, only: Collection[str] | None = None) -> list[Image]:
    """Every image (or those named in `only`), built if it is not in the cache; raises Problem naming what is missing."""
    images = []
    for recipe in (recipe for recipe in recipes() if only is None or recipe.name in only):
        image = _cached(recipe, home)
        if image is None:
            _sweep(_folder(home))
            with progress.step(f"image {recipe.reference}") as step:
                try:
                    image = _build(recipe, home, step)
                except OSError as error:
                    raise Problem(f"image {recipe.reference}: {error}") from error
            _prune(recipe, home)
        images.append(image)
    return images


def discard(image: Image) -> None:
    """Drop an image that turned out to be damaged, and the layers it was made of, so that the next build makes it anew."""
    record = image.tar.with_suffix(".json")
    for key in (_read(record) or {}).get("layers", []):
        for layer_record in record.parent.glob(f"layer-*-{key}.json"):
            layer_record.with_suffix(".tar").unlink(missing_ok=True)
            layer_record.unlink()
    image.tar.unlink(missing_ok=True)
    record.unlink(missing_ok=True)


def _folder(home: Home) -> Path:
    return home.cache / "images"


def _record(home: Home, name: str, key: str) -> Path:
    return _folder(home) / f"{name}-{key[:16]}.json"


def _cached(recipe: Recipe, home: Home) -> Image | None:
    """The image as last built from these very inputs, unless its file is missing or cut short."""
    record = _record(home, recipe.name, _image_key(recipe, home))
    tar = record.with_suffix(".tar")
    known = _read(record)
    if known is None or not tar.exists() or tar.stat().st_size != known["size"]:
        return None
    return Image(recipe.reference, tar, known["digest"])


def _read(record: Path) -> dict[str, Any] | None:
    try:
        known: dict[str, Any] = json.loads(record.read_text())
    except (OSError, ValueError):
        return None
    return known


def _image_key(recipe: Recipe, home: Home) -> str:
    described = asdict(recipe) | {"layers": [_layer_key(item, home) for item in recipe.layers]}
    return _digest(described)


def _layer_key(item: Layer, home: Home) -> str:
    """A digest over all that decides the layer's content, the versions of Debian packages excepted."""
    sources = [entry["from"] for entry in (*item.files, item.go, item.wheels) if entry]
    files = {
        str(path.relative_to(REPOSITORY)): [hashlib.sha256(path.read_bytes()).hexdigest(), os.access(path, os.X_OK)]
        for source in sources
        for path in layer.inputs(REPOSITORY / source)
    }
    return _digest([FORMAT, layer.architecture(), asdict(item), files, _tool_identity(item, home)])


def _tool_identity(item: Layer, home: Home) -> list[str | int]:
    """Recipe, size and time of the layer's program: hashing hundreds of megabytes would take longer than asking is worth."""
    if not item.tool:
        return []
    path = layer.tool(item.tool, home)
    return [path.parent.name, path.stat().st_size, path.stat().st_mtime_ns] if path.exists() else []


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _build(recipe: Recipe, home: Home, step: Step) -> Image:
    key = _image_key(recipe, home)
    record = _record(home, recipe.name, key)
    working = _folder(home) / f"work.{os.getpid()}"
    shutil.rmtree(working, ignore_errors=True)
    working.mkdir(parents=True)
    made: dict[str, dict[str, str]] = {}
    files = []
    try:
        for item in recipe.layers:
            below = _merged(made[name] for name in item.on)
            file, made[item.name] = _layer(item, below, working, home, step)
            files.append(file)
        partial_tar = working / "image.tar"
        digest = archive.save(recipe, files, layer.architecture(), partial_tar, step.update)
        size = partial_tar.stat().st_size
        partial_tar.rename(record.with_suffix(".tar"))
        packages = _merged(made.values())
        layers = [_layer_key(item, home)[:16] for item in recipe.layers]
        _write(record, {"digest": digest, "size": size, "packages": packages, "layers": layers})
    finally:
        shutil.rmtree(working, ignore_errors=True)
    step.update(_summary(recipe, packages, size))
    return Image(recipe.reference, record.with_suffix(".tar"), digest)


def _merged(parts: Iterable[dict[str, str]]) -> dict[str, str]:
    return {name: version for part in parts for name, version in part.items()}


def _layer(item: Layer, below: dict[str, str], working: Path, home: Home, step: Step) -> tuple[LayerFile, dict[str, str]]:
    """The layer from the cache, or made now; with the Debian packages in it."""
    record = _record(home, f"layer-{item.name}", _layer_key(item, home))
    tar = record.with_suffix(".tar")
    known = _read(record)
    if known and tar.exists() and tar.stat().st_size == known["size"]:
        return LayerFile(tar, known["digest"]), known["packages"]
    tree, target = working / f"{item.name}.tree", working / f"{item.name}.tar"
    tree.mkdir()
    made = layer.make(item, below, tree, target, home, partial(_show, step, item))
    shutil.rmtree(tree)
    digest = archive.digest_of(target)
    if item.is_copy:
        return LayerFile(target, digest), made
    size = target.stat().st_size
    target.rename(tar)
    _write(record, {"digest": digest, "size": size, "packages": made})
    return LayerFile(tar, digest), made


def _show(step: Step, item: Layer, detail: str) -> None:
    step.update(f"layer {item.name}: {detail}")


def _write(record: Path, content: dict[str, Any]) -> None:
    working = record.with_suffix(f".{os.getpid()}.partial")
    working.write_text(json.dumps(content, indent=1))
    working.rename(record)


def _summary(recipe: Recipe, packages: dict[str, str], size: int) -> str:
    """The size, and the versions that the packages named by the last layer really have."""
    named = [f"{name} {packages[name]}" for name in recipe.layers[-1].packages if name in packages]
    return ", ".join([f"{size / 1e6:.0f} MB", *named])


def _sweep(folder: Path) -> None:
    """Remove what killed builds left behind."""
    for left in folder.glob("work.*"):
        if not is_alive(int(left.suffix[1:])):
            shutil.rmtree(left, ignore_errors=True)


def _prune(recipe: Recipe, home: Home) -> None:
    """Drop older builds of this image, and layers that no remaining image uses."""
    folder = _folder(home)
    records = sorted(folder.glob(f"{recipe.name}-????????????????.json"), key=lambda path: path.stat().st_mtime)
    for record in records[:-KEPT]:
        record.with_suffix(".tar").unlink(missing_ok=True)
        record.unlink()
    known = [_read(path) or {} for path in folder.glob("*.json") if not path.name.startswith("layer-")]
    used = {key for record in known for key in record.get("layers", [])}
    for record in folder.glob("layer-*.json"):
        if record.stem.rsplit("-", 1)[1] not in used:
            record.with_suffix(".tar").unlink(missing_ok=True)
            record.unlink()
