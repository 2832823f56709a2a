"""Value rules: what a property may be beyond its form. A rule asks a `Judge`, which keeps what it refuses. Pure."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any

from stand_ins.plugins.kubernetes.properties import UNKNOWN, Secret, reveal
from stand_ins.plugins.rehearsal.shapes import Refusal
from stand_ins.plugins.rehearsal.store import Store

ARN = re.compile(r"arn:aws:(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):(?P<account>[0-9]{12}|aws|):(?P<resource>.+)")


@dataclass(frozen=True)
class World:
    """Where a resource goes, and what is there already."""

    region: str
    account: str
    """Account number at AWS, project id at Google."""
    store: Store


@dataclass
class Judge:
    """The inputs of one resource under judgement. What is not given, or not known yet, is not judged."""

    inputs: dict[str, Any]
    urn: str = ""
    refusals: list[Refusal] = field(default_factory=list)

    def at(self, path: str) -> Any:
        """The value at a dotted path; None where it is not given or not known."""
        value: Any = self.inputs
        for part in path.split("."):
            value = reveal(value)
            if not isinstance(value, dict):
                return None
            value = value.get(part)
        value = reveal(value)
        return None if value is UNKNOWN else value

    def refuse(self, path: str, reason: str) -> None:
        self.refusals.append(Refusal(path, reason))

    def needs(self, path: str, why: str) -> None:
        """Refuse where nothing is given at all; what is not known yet counts as given."""
        if path not in self.inputs:
            self.refuse(path, f"is not given: {why}")

    def hidden(self, path: str, most: int) -> None:
        """A value that only its receiver may see, of at most so many bytes."""
        value = self.inputs.get(path)
        if value is not None and value is not UNKNOWN and not isinstance(value, Secret):
            self.refuse(path, "is not marked secret: it would be in the state in the clear")
        if isinstance(self.at(path), str) and not 0 < len(self.at(path).encode()) <= most:
            self.refuse(path, f"is empty, or longer than {most} bytes")

    def text(self, path: str, pattern: str, what: str) -> str | None:
        value = self.at(path)
        if isinstance(value, str) and not re.fullmatch(pattern, value):
            self.refuse(path, f"{value!r} is not {what}")
            return None
        return value if isinstance(value, str) else None

    def one_of(self, path: str, allowed: Collection[Any]) -> None:
        value = self.at(path)
        for item in value if isinstance(value, list) else [value]:
            if item is not None and item is not UNKNOWN and item not in allowed:
                self.refuse(path, f"{item!r} is none of {', '.join(map(str, allowed))}")

    def must_be(self, path: str, wanted: Any, why: str) -> None:
        """Refuse any other value, and none, where only one is right."""
        value = self.at(path)
        if value != wanted:
            self.refuse(path, f"must be {wanted!r}: {why}")

    def number(self, path: str, least: int, most: int) -> None:
        value = self.at(path)
        if isinstance(value, int) and not least <= value <= most:
            self.refuse(path, f"{value} is not between {least} and {most}")

    def network(self, path: str, shortest: int, longest: int) -> IPv4Network | None:
        """An address block with no host bits set and a prefix between the two."""
        value = self.at(path)
        return None if value is None else self.block(path, value, shortest, longest)

    def block(self, path: str, value: str, shortest: int, longest: int) -> IPv4Network | None:
        try:
            found = IPv4Network(value)
        except ValueError as error:
            self.refuse(path, f"{error}")
            return None
        if not shortest <= found.prefixlen <= longest:
            self.refuse(path, f"{value} is not between /{shortest} and /{longest}")
            return None
        return found

    def arn(self, path: str, service: str, resource: str = ".*") -> str | None:
        """An ARN of a service whose last part matches `resource`."""
        value = self.at(path)
        if not isinstance(value, str):
            return None
        parts = ARN.fullmatch(value)
        if not parts or parts["service"] != service or not re.fullmatch(resource, parts["resource"]):
            self.refuse(path, f"{value!r} is not the ARN of {service} {resource}")
            return None
        return value

    def document(self, path: str) -> dict[str, Any] | None:
        """JSON in a text."""
        value = self.at(path)
        if value is None:
            return None
        try:
            found = json.loads(value)
        except ValueError:
            self.refuse(path, "is not JSON")
            return None
        if not isinstance(found, dict):
            self.refuse(path, "is not a JSON object")
            return None
        return found
