"""One Secret as every level sees it: what it is called, whose it is, and how old. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from .._kit import Manifest, common_labels
from .ledger import COPY_OF, LEVEL, ROTATED, ROTATION_CLASS
from .levels import SecretsLevel

CANDIDATE = "-candidate"
"""What the name of a Secret ends with that a level makes beside the one in use, to be compared with it."""
HANDOVER = {"sealedsecrets.bitnami.com/managed": "true"}
"""Lets the controller of Sealed Secrets take an existing Secret over; the other levels need no leave."""
WAIT_FOR = "pulumi.com/waitFor"


@dataclass(frozen=True)
class Place:
    """A Secret that a level is to make; `original` is the name by which its values are known."""

    namespace: str
    original: str
    level: SecretsLevel
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    is_candidate: bool = False

    @property
    def name(self) -> str:
        return f"{self.original}{CANDIDATE}" if self.is_candidate else self.original

    def as_candidate(self, level: SecretsLevel) -> "Place":
        """The same Secret, made beside by another level."""
        return replace(self, level=level, is_candidate=True, annotations={**self._copied, LEVEL: level.value})

    def as_source(self, store: str, namespace: str) -> "Place":
        """The Secret from which a store is filled, the same for a candidate."""
        return replace(self, original=f"{store}-{self.original}", namespace=namespace, is_candidate=False, annotations=self._copied)

    @property
    def _copied(self) -> dict[str, str]:
        """The annotations of what holds the same values elsewhere."""
        return {**self.annotations, COPY_OF: f"{self.namespace}/{self.original}"}

    def template(self, extra: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The labels and annotations that the finished Secret bears."""
        return {"labels": dict(self.labels), "annotations": {**self.annotations, **(extra or {})}}

    def metadata(self, wait_for: str = "") -> dict[str, Any]:
        """The metadata of the object that stands for the Secret."""
        metadata: dict[str, Any] = {"name": self.name, "namespace": self.namespace, "labels": dict(self.labels)}
        return {**metadata, "annotations": {WAIT_FOR: wait_for}} if wait_for else metadata


def place(secret: str, inputs: Mapping[str, Any]) -> Place:
    """The place of one of a SecretsStore's Secrets, from its inputs."""
    labels = common_labels(
        secret,
        component="secret",
        part_of=inputs["namespace"],
        team=inputs["team"],
        environment=inputs["environment"],
        version="1",
    ) | inputs["labels"].get(secret, {})
    rotation = inputs["rotations"].get(secret, {})
    known = {LEVEL: inputs["level"], ROTATION_CLASS: inputs["classes"].get(secret), ROTATED: rotation.get("rotated")}
    annotations = {key: str(value.value if isinstance(value, Enum) else value) for key, value in known.items() if value is not None}
    return Place(inputs["namespace"], secret, inputs["level"], labels, annotations)


def native_secret(wanted: Place, data: Mapping[str, Any], handover: bool = False) -> Manifest:
    """The Secret itself, `data` in base64. With `handover`, another level may take it over."""
    template = wanted.template(HANDOVER if handover else None)
    metadata = {"name": wanted.name, "namespace": wanted.namespace, **template}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "data": dict(data)}
