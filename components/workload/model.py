"""A workload read from its inputs: what every pure module of this folder takes."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._inputs import merge, resolve
from .._kit import Manifest, common_labels
from .args import Pattern, WorkloadPatternArgs, WorkloadPeerArgs, WorkloadPlatformArgs
from .defaults import DEFAULTS, HEARTBEAT, HEARTBEAT_TIMES, METRICS_PORT, PATTERN_DEFAULTS

PROBES = ("readiness", "liveness", "startup")
QUESTIONS = frozenset(("path", "command", "grpc", "tcp"))
"""The inputs of a probe that are the question; the others say when it is asked."""
_LABEL_LENGTH = 63


@dataclass(frozen=True)
class Workload:
    """One workload with all defaults in place."""

    resource: str
    """Name in the program, which refusals are about."""
    name: str
    """Name of its objects in the cluster."""
    inputs: WorkloadPatternArgs
    given: frozenset[str]
    """The inputs that the caller gave, defaults left out."""
    labels: dict[str, str]
    liveness_given: frozenset[str] = frozenset()
    """What the caller said of liveness: a heartbeat fills in the question."""

    @property
    def pattern(self) -> Pattern:
        return self.inputs["pattern"]

    @property
    def namespace(self) -> str:
        return self.inputs["namespace"]

    @property
    def platform(self) -> WorkloadPlatformArgs:
        return self.inputs["platform"]

    @property
    def selector(self) -> dict[str, str]:
        """The labels that select the pods: `app` alone, since a selector can never change afterwards."""
        return {"app": self.name}

    @property
    def port_name(self) -> str:
        """Name of the main port; probes, Service and Ingress refer to it."""
        return "http" if self.pattern is Pattern.STATELESS else "client"

    @property
    def metrics_port(self) -> int | None:
        """Port that metrics are scraped from, None where there are no metrics."""
        metrics = self.inputs.get("metrics")
        return None if metrics is None else metrics.get("port", self.inputs.get("port", METRICS_PORT))

    @property
    def metrics_port_name(self) -> str:
        return self.port_name if self.metrics_port == self.inputs.get("port") else "metrics"

    def metadata(self, name: str | None = None, **extra: Any) -> dict[str, Any]:
        """Metadata of one object, named like the workload unless `name` says otherwise."""
        given = self.inputs["metadata"].get("annotations", {})
        annotations = {"annotations": dict(given)} if given else {}
        return {"name": name or self.name, "namespace": self.namespace, "labels": dict(self.labels), **annotations, **extra}

    def object(self, api_version: str, kind: str, spec: Mapping[str, Any], name: str | None = None) -> Manifest:
        """A manifest with this workload's metadata."""
        return {"apiVersion": api_version, "kind": kind, "metadata": self.metadata(name), "spec": dict(spec)}

    def pod_selector(self, peer: WorkloadPeerArgs) -> dict[str, Any]:
        """The network policy peer that stands for another workload."""
        return {
            "podSelector": {"matchLabels": {"app": peer["workload"]}},
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": peer.get("namespace", self.namespace)}},
        }


def read(name: str, args: Mapping[str, Any]) -> Workload:
    """Resolve the inputs of workload `name`; raises `pulumi.InputPropertiesError` with every problem of form."""
    inputs = resolve("workload", name, WorkloadPatternArgs, args, _defaults(args))
    given = frozenset(key for key, value in args.items() if value is not None)
    named = inputs.get("name", name)
    liveness = args.get("liveness")
    return Workload(name, named, inputs, given, _labels(named, inputs), frozenset(liveness if isinstance(liveness, Mapping) else ()))


def image_version(image: str) -> str:
    """The tag of an image reference, or the beginning of its digest, as a label's value; `unversioned` where it has neither."""
    reference, _, digest = image.partition("@")
    tag = reference.rpartition("/")[2].partition(":")[2]
    return tag[:_LABEL_LENGTH].strip("-._") or digest.partition(":")[2][:12] or "unversioned"


def _defaults(args: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults for these inputs: who asks a question of his own is not asked the pattern's as well."""
    pattern = args.get("pattern")
    defaults = merge(DEFAULTS, PATTERN_DEFAULTS.get(pattern, {}) if isinstance(pattern, str) else {})
    for probe in PROBES:
        given = args.get(probe)
        if probe in defaults and isinstance(given, Mapping) and given.keys() & QUESTIONS:
            defaults[probe] = {key: value for key, value in defaults[probe].items() if key not in QUESTIONS}
    if isinstance(heartbeat := args.get("heartbeat"), Mapping):
        wanted = merge(HEARTBEAT, heartbeat)
        defaults["heartbeat"], defaults["liveness"] = wanted, {"command": _younger_than(**wanted), **HEARTBEAT_TIMES}
    return defaults


def _younger_than(file: Any, max_age_seconds: Any, **_: Any) -> list[str]:
    """A command that succeeds while the file was touched no longer ago than that."""
    return ["sh", "-c", f"test $(( $(date +%s) - $(stat -c %Y {shlex.quote(str(file))}) )) -lt {max_age_seconds}"]


def _labels(name: str, inputs: WorkloadPatternArgs) -> dict[str, str]:
    component = inputs["component"]
    common = common_labels(
        name,
        component=component,
        part_of=inputs.get("part_of", inputs["namespace"]),
        team=inputs["team"],
        environment=inputs["environment"],
        version=image_version(inputs["image"]),
    )
    ours = {"app": name, "tier": component, **common, "causeway.dev/pattern": inputs["pattern"].value}
    return {**ours, **{key: value for key, value in inputs["metadata"].get("labels", {}).items() if key not in ours}}
