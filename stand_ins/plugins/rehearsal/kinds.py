"""What the rehearsed clouds answer: the id of each type, its computed outputs, and the inputs that it cannot change."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stand_ins.plugins.kubernetes.properties import UNKNOWN, reveal


@dataclass(frozen=True)
class Place:
    """Where a resource is made. `digits` are 17 hexadecimal ones of its own, the same at every run."""

    region: str
    account: str
    digits: str
    kubernetes: Mapping[str, str]
    """`server` and `authority` (base64) of the local cluster that stands for the cloud's."""


Computed = Callable[[dict[str, Any], Place], dict[str, Any]]


def nothing(inputs: dict[str, Any], place: Place) -> dict[str, Any]:  # noqa: ARG001
    return {}


@dataclass(frozen=True)
class Kind:
    """One type: its id and ARN as templates over the place and the inputs, and what only replacing it can change."""

    identifier: str
    arn: str = ""
    replaces: tuple[str, ...] = ()
    computed: Computed = nothing
    inside: tuple[str, str] = ("", "")
    """A type, and the input that names a thing of it by id or name, without which this one cannot be made."""

    def outputs(self, inputs: dict[str, Any], place: Place) -> tuple[str, dict[str, Any]]:
        """The id and every property after the resource was made; what was given as a secret is one."""
        plain = reveal(inputs)
        words = {"region": place.region, "account": place.account, "digits": place.digits, "given": plain}
        identifier = self.identifier.format(**words)
        made = {**inputs, **self.computed(plain, place)}
        if self.arn:
            made["arn"] = self.arn.format(id=identifier, **words)
        if "tags" in inputs:
            made["tagsAll"] = inputs["tags"]
        return identifier, made

    def preview(self, inputs: dict[str, Any], properties: frozenset[str]) -> dict[str, Any]:
        """Every property as far as a preview knows it."""
        place = Place("", "", "", {"server": "", "authority": ""})
        late = {key: _late(value, inputs.get(key)) for key, value in self.computed(inputs, place).items()}
        unknown = {name: UNKNOWN for name in properties if name not in inputs}
        return {**unknown, **inputs, **late, **({"arn": UNKNOWN} if self.arn else {})}


def digits(urn: str) -> str:
    """Plausible, and the same for one resource in every run."""
    return hashlib.sha256(urn.encode()).hexdigest()[:17]


def _late(value: Any, given: Any) -> Any:
    """`value` with everything unknown that was not given."""
    if isinstance(value, dict):
        known = given if isinstance(given, dict) else {}
        return {key: _late(item, known.get(key)) for key, item in value.items()}
    return UNKNOWN if value != given or given is None else value
