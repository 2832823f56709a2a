"""What changes between two versions of an object's inputs, as Pulumi's detailed diff."""

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from stand_ins.plugins.kubernetes.properties import UNKNOWN

Path = tuple[str | int, ...]
ABSENT = object()
ADD, DELETE, UPDATE = "ADD", "DELETE", "UPDATE"
PLAIN_KEY = re.compile(r'[^."\[\]]+')
QUANTITY = re.compile(r"([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([munkKMGTPE]i?)?")
QUANTITY_PARENTS = frozenset({"limits", "requests", "hard", "capacity", "overhead", "allocatable", "defaultRequest", "max", "min"})
SCALE = {None: Decimal(1), "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "k": Decimal(1000)}
SCALE |= {letter: Decimal(1000) ** power for power, letter in enumerate("MGTPE", start=2)}
SCALE |= {f"{letter}i": Decimal(1024) ** power for power, letter in enumerate("KMGTPE", start=1)}


@dataclass(frozen=True)
class Change:
    """One property that differs; `kind` is ADD, DELETE or UPDATE."""

    path: Path
    kind: str
    replaces: bool

    @property
    def property_path(self) -> str:
        """The path in Pulumi's notation: `spec.ports[0].port`, `metadata.labels["a.b/c"]`."""
        text = ""
        for part in self.path:
            if isinstance(part, int):
                text += f"[{part}]"
            elif PLAIN_KEY.fullmatch(part):
                text += f".{part}" if text else part
            else:
                text += '["' + part.replace('"', '\\"') + '"]'
        return text


@dataclass
class Comparison:
    """Collects changes; `immutable` holds path patterns in which `*` stands for any list item."""

    immutable: tuple[tuple[str, ...], ...]
    changes: list[Change] = field(default_factory=list)

    def compare(self, path: Path, old: Any, new: Any) -> None:
        if isinstance(old, dict) and isinstance(new, dict):
            for key in old.keys() | new.keys():
                self.compare((*path, key), old.get(key, ABSENT), new.get(key, ABSENT))
        elif isinstance(old, list) and isinstance(new, list):
            for index in range(max(len(old), len(new))):
                self.compare((*path, index), item_at(old, index), item_at(new, index))
        elif new is ABSENT:
            if old is not None:
                self.add(path, DELETE, None)
        elif old is ABSENT:
            if new is not None:
                self.add(path, ADD, new)
        elif not same(path, old, new):
            self.add(path, UPDATE, new)

    def add(self, path: Path, kind: str, new: Any) -> None:
        replaces = any(reaches(pattern, path, new) for pattern in self.immutable)
        self.changes.append(Change(path, kind, replaces or (path == ("metadata",) and kind == DELETE)))


def changes(old: dict[str, Any], new: dict[str, Any], immutable: tuple[tuple[str, ...], ...]) -> list[Change]:
    """Every difference, in the order of its path."""
    comparison = Comparison(immutable)
    comparison.compare((), old, new)
    return sorted(comparison.changes, key=lambda change: change.property_path)


def item_at(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else ABSENT


def same(path: Path, old: Any, new: Any) -> bool:
    if new is UNKNOWN:
        return False
    if type(old) is bool or type(new) is bool:
        return old is new
    if old == new:
        return True
    is_quantity = (len(path) > 1 and path[-2] in QUANTITY_PARENTS) or path[-1:] == ("sizeLimit",)
    return is_quantity and quantity(old) is not None and quantity(old) == quantity(new)


def quantity(value: Any) -> Decimal | None:
    """A Kubernetes quantity as a number: `1000m` and `1` are the same amount."""
    match = QUANTITY.fullmatch(str(value))
    if not match or match[2] not in SCALE:
        return None
    try:
        return Decimal(match[1]) * SCALE[match[2]]
    except InvalidOperation:
        return None


def reaches(pattern: tuple[str, ...], path: Path, new: Any) -> bool:
    """Whether a change at `path` to `new` touches `pattern`: at it, below it, or above it with a value that has it."""
    for expected, part in zip(pattern, path, strict=False):
        if expected != "*" and expected != part:
            return False
    return holds(pattern[len(path) :], new)


def holds(pattern: tuple[str, ...], value: Any) -> bool:
    if not pattern:
        return True
    if pattern[0] == "*":
        return isinstance(value, list) and any(holds(pattern[1:], item) for item in value)
    return isinstance(value, dict) and pattern[0] in value and holds(pattern[1:], value[pattern[0]])


def ignored(change: Change, patterns: list[str]) -> bool:
    """Whether `ignore_changes` names the change's path or a parent of it."""
    path = change.property_path
    return any(path == pattern or path.startswith((f"{pattern}.", f"{pattern}[")) for pattern in patterns)


def deletes_first(old: dict[str, Any], new: dict[str, Any], found: list[Change], autonamed: bool) -> bool:
    """Whether a replacement must delete before it creates: the new object would have the old one's fixed name."""
    if autonamed or not any(change.replaces for change in found):
        return False
    before, after = old.get("metadata", {}), new.get("metadata", {})
    if not isinstance(after, dict) or after.get("name") in (None, UNKNOWN):
        return False
    return all(before.get(key) == after.get(key) for key in ("name", "namespace"))
