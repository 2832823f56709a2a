"""The form of a rule, and where things are in an object."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from ..._kit import Manifest

LONG_RUNNING = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet")
FINITE = ("Job", "CronJob")
WITH_PODS = (*LONG_RUNNING, *FINITE, "Pod")


ALLOWED = "causeway.dev/allow-"
"""An annotation `causeway.dev/allow-<rule>: <reason>` takes one object out of one rule; without a reason it does not."""


@dataclass(frozen=True)
class Rule:
    """One rule over one object."""

    name: str
    input: str
    """The input of WorkloadPattern that a finding is about."""
    kinds: tuple[str, ...]
    check: Callable[[Manifest], Iterator[str]]


@dataclass(frozen=True)
class RuleAcross:
    """One rule over several objects; it yields the object at fault with what is wrong."""

    name: str
    input: str
    check: Callable[[Sequence[Manifest]], Iterator[tuple[Manifest, str]]]


class Finding(NamedTuple):
    """A broken rule."""

    rule: str
    input: str
    subject: Manifest
    message: str


def pod_template(manifest: Manifest) -> dict[str, Any]:
    """Metadata and spec of the pods that an object makes, or of the pod that it is."""
    spec = manifest.get("spec") or {}
    if manifest["kind"] == "Pod":
        return manifest
    if manifest["kind"] == "CronJob":
        spec = (spec.get("jobTemplate") or {}).get("spec") or {}
    return spec.get("template") or {}


def pod_spec(manifest: Manifest) -> dict[str, Any]:
    """The pod spec of an object that has pods."""
    return pod_template(manifest).get("spec") or {}


def parts(owner: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The mappings in a list of an object; what is none is the API server's to refuse."""
    found = owner.get(key)
    return [cast(dict[str, Any], part) for part in found if isinstance(part, Mapping)] if isinstance(found, Sequence) else []


def called(part: dict[str, Any]) -> str:
    """The name of a container, volume or variable, empty where it has none."""
    return str(part.get("name") or "")


def containers(manifest: Manifest) -> list[dict[str, Any]]:
    """All containers of an object's pods, those that prepare included."""
    spec = pod_spec(manifest)
    return [*parts(spec, "initContainers"), *parts(spec, "containers")]


def main_containers(manifest: Manifest) -> list[dict[str, Any]]:
    """The containers that do the work."""
    return parts(pod_spec(manifest), "containers")


def job_spec(manifest: Manifest) -> dict[str, Any]:
    """The job spec of a Job or CronJob."""
    spec = manifest.get("spec") or {}
    return (spec.get("jobTemplate") or {}).get("spec") or {} if manifest["kind"] == "CronJob" else spec


def labels(manifest: Manifest) -> dict[str, str]:
    return (manifest.get("metadata") or {}).get("labels") or {}


def name(manifest: Manifest) -> str:
    return (manifest.get("metadata") or {}).get("name") or ""


def namespace(manifest: Manifest) -> str:
    return (manifest.get("metadata") or {}).get("namespace") or "default"
