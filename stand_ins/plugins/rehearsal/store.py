"""What the rehearsed clouds hold: one JSON file, shared by the plugins and by whoever plays a cloud's controllers.

Secrets never get into it: a digest stands for each.
"""

import fcntl
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from stand_ins.plugins.kubernetes.properties import Secret

UNREFERENCED = frozenset({"name", "tags", "tagsAll", "labels", "resourceLabels", "description", "displayName"})
"""Properties whose text may be the same as another thing's id without meaning it."""


@dataclass(frozen=True)
class Thing:
    """Something that exists at the rehearsed cloud: its type, its id, what it was given, and what it answered."""

    token: str
    id: str
    urn: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]


class Store:
    """The things by type and id."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def all(self) -> list[Thing]:
        return list(self._read().values())

    def of(self, token: str) -> list[Thing]:
        return [thing for thing in self.all() if thing.token == token]

    def get(self, token: str, identifier: str) -> Thing | None:
        return self._read().get(f"{token}|{identifier}")

    def put(self, thing: Thing) -> None:
        with self._changing() as things:
            things[f"{thing.token}|{thing.id}"] = thing

    def remove(self, token: str, identifier: str) -> None:
        with self._changing() as things:
            things.pop(f"{token}|{identifier}", None)

    def users_of(self, thing: Thing) -> list[Thing]:
        """Things that were given the id, ARN or link of `thing`."""
        names = {str(value) for value in (thing.id, thing.outputs.get("arn"), thing.outputs.get("selfLink")) if value}
        others = (other for other in self.all() if (other.token, other.id) != (thing.token, thing.id))
        return [other for other in others if names & set(_texts(other.inputs))]

    def _read(self) -> dict[str, Thing]:
        if not self.file.exists():
            return {}
        return {key: Thing(**value) for key, value in json.loads(self.file.read_text() or "{}").items()}

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Thing]]:
        """Hold the file's lock; written to a second file and renamed, so that readers never see half of it."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            things = self._read()
            yield things
            new = self.file.with_suffix(".new")
            new.write_text(json.dumps({key: asdict(thing) for key, thing in things.items()}, indent=1))
            new.replace(self.file)


def redacted(value: Any) -> Any:
    """`value` with a digest in place of each secret."""
    if isinstance(value, Secret):
        return {"secret": hashlib.sha256(repr(value.value).encode()).hexdigest()}
    if isinstance(value, dict):
        return {key: redacted(item) for key, item in value.items()}
    return [redacted(item) for item in value] if isinstance(value, list) else value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in UNREFERENCED:
                yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
