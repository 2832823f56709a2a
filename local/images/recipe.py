"""Recipes of images as data: read `recipes.toml`, refuse what makes no sense, all mistakes at once."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from local.toolchain.pins import versions
from workspace.home import REPOSITORY
from workspace.progress import Problem

RECIPES = Path(__file__).with_name("recipes.toml")

PARTS = {
    "files": {"from", "to"},
    "directories": {"path", "mode", "owner"},
    "links": {"target", "folder", "names"},
    "tool": {"from", "to"},
    "go": {"from", "to"},
    "wheel": {"package", "version", "sha256", "member", "to"},
    "wheels": {"from", "to"},
}
"""What each part of a layer may say; `directories.mode` is octal text, `owner` a uid that is the gid too."""


@dataclass(frozen=True)
class Layer:
    """One layer: what goes into it. Every part is optional; the order of packing is that of the fields.

    `on` names the layers below, whose Debian packages are not repeated. `exclude` are packages of the closure that the
    image does without, `alone` packages taken without what they depend on. `omit` are path patterns that are left out,
    `compile` folders whose Python is compiled.
    """

    name: str
    on: list[str] = field(default_factory=list)
    packages: list[str] = field(default_factory=list)
    exclude: list[str] = field(default_factory=list)
    alone: list[str] = field(default_factory=list)
    wheels: dict[str, str] = field(default_factory=dict)
    wheel: dict[str, str] = field(default_factory=dict)
    tool: dict[str, str] = field(default_factory=dict)
    go: dict[str, str] = field(default_factory=dict)
    files: list[dict[str, str]] = field(default_factory=list)
    omit: list[str] = field(default_factory=list)
    compile: list[str] = field(default_factory=list)
    directories: list[dict[str, Any]] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_copy(self) -> bool:
        """Whether the layer only repeats one big file that the cache holds anyway."""
        return bool(self.tool or self.wheel)


@dataclass(frozen=True)
class Recipe:
    """One image: its layers from the bottom up, and how a container of it starts, as in the OCI image configuration."""

    name: str
    reference: str
    layers: list[Layer]
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    user: str = ""
    directory: str = "/"
    environment: dict[str, str] = field(default_factory=dict)
    stop_signal: str = ""
    ports: list[int] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)


@cache
def recipes() -> list[Recipe]:
    """Every image of `recipes.toml`, in its order."""
    return parse(tomllib.loads(RECIPES.read_text()), versions()["images"])


def parse(document: dict[str, Any], references: dict[str, str]) -> list[Recipe]:
    """The recipes in `document`; raises Problem with every mistake, one per line, each with its path."""
    mistakes = list(_mistakes(document, references))
    if mistakes:
        raise Problem("recipes.toml:\n" + "\n".join(mistakes))
    layers = {name: Layer(name=name, **entry) for name, entry in document["layers"].items()}
    return [
        Recipe(name=name, reference=references[name], **entry | {"layers": [layers[layer] for layer in entry["layers"]]})
        for name, entry in document["images"].items()
    ]


def _mistakes(document: dict[str, Any], references: dict[str, str]) -> Iterator[str]:
    layers: dict[str, Any] = document.get("layers", {})
    for name, entry in layers.items():
        yield from _unknown(f"layers.{name}", entry, {item.name for item in fields(Layer)} - {"name"})
        for part, allowed in PARTS.items():
            said = entry.get(part, [])
            for item in said if isinstance(said, list) else [said]:
                yield from _unknown(f"layers.{name}.{part}", item, allowed)
                yield from _paths(f"layers.{name}.{part}", item)
        for below in entry.get("on", []):
            if below not in layers:
                yield f"layers.{name}.on: no layer {below}; there are {', '.join(layers)}"
    for name, entry in document.get("images", {}).items():
        yield from _unknown(f"images.{name}", entry, {item.name for item in fields(Recipe)} - {"name", "reference"})
        if name not in references:
            yield f"images.{name}: versions.json names no such image; it names {', '.join(references)}"
        yield from _stacking(name, entry.get("layers", []), layers)


def _unknown(path: str, entry: dict[str, Any], allowed: set[str]) -> Iterator[str]:
    for key in sorted(entry.keys() - allowed):
        yield f"{path}.{key}: unknown; allowed are {', '.join(sorted(allowed))}"


def _paths(path: str, item: dict[str, Any]) -> Iterator[str]:
    for key in ("to", "path", "folder"):
        if key in item and (not item[key].startswith("/") or ".." in item[key].split("/")):
            yield f"{path}.{key}: {item[key]} must be an absolute path without `..`"
    if path.endswith(".tool"):
        if item.get("from", "").split("/")[0] not in versions()["tools"]:
            yield f"{path}.from: {item.get('from')} must be a tool of versions.json, a slash, and its program"
    elif "from" in item and not (REPOSITORY / item["from"]).exists():
        yield f"{path}.from: the repository has no {item['from']}"


def _stacking(image: str, names: list[str], layers: dict[str, Any]) -> Iterator[str]:
    """A layer needs those it stands on below it in each image."""
    if not names:
        yield f"images.{image}.layers: must name at least one layer"
    for position, name in enumerate(names):
        if name not in layers:
            yield f"images.{image}.layers: no layer {name}; there are {', '.join(layers)}"
            continue
        for below in layers[name].get("on", []):
            if below not in names[:position]:
                yield f"images.{image}.layers: {name} stands on {below}, which must come before it"
