"""Whether what we make is seen: the selectors of a Prometheus over our monitors and rules, and those over their targets.

A monitor that no Prometheus selects, or that selects no port, is silently ignored by the operator (requirements 1.3).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from .._kit import Manifest
from .metrics import unknown_metrics

Labels = Mapping[str, str]

_SELECTORS: MappingProxyType[str, str] = MappingProxyType(
    {
        "ServiceMonitor": "serviceMonitor",
        "PodMonitor": "podMonitor",
        "Probe": "probe",
        "PrometheusRule": "rule",
        "ScrapeConfig": "scrapeConfig",
    }
)
"""Kind to the beginning of the names of its two selectors in the spec of a Prometheus."""


EVERYTHING: MappingProxyType[str, Any] = MappingProxyType(
    {f"{kind}{field}": {} for kind in _SELECTORS.values() for field in ("Selector", "NamespaceSelector")}
)
"""The selectors of a Prometheus that takes whatever there is."""


def overlooked(manifests: Sequence[Manifest], prometheus: Mapping[str, Any] = EVERYTHING, own: Iterable[str] = ()) -> Iterator[str]:
    """A line for each object that would be silently ignored: not selected, aimed at nothing, or about what nobody measures.

    `own` are the metrics that the workload itself provides beyond the usual ones.
    """
    yield from unselected(prometheus, manifests)
    yield from blind(manifests)
    yield from unknown_metrics(manifests, own)


def matches(selector: Mapping[str, Any] | None, labels: Labels) -> bool:
    """Whether a label selector takes these labels: an empty one takes all, none at all takes nothing.

    Raises ValueError for an operator that Kubernetes does not have.
    """
    if selector is None:
        return False
    wanted = selector.get("matchLabels") or {}
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        _meets(expression, labels) for expression in selector.get("matchExpressions") or []
    )


def unselected(prometheus: Mapping[str, Any], manifests: Sequence[Manifest]) -> Iterator[str]:
    """A line for each monitor or rule that a Prometheus of this spec ignores."""
    for manifest in manifests:
        kind = manifest["kind"]
        if kind not in _SELECTORS:
            continue
        metadata = manifest["metadata"]
        namespace = {"kubernetes.io/metadata.name": metadata["namespace"]}
        for field, labels in (("Selector", metadata.get("labels") or {}), ("NamespaceSelector", namespace)):
            name = f"{_SELECTORS[kind]}{field}"
            if not matches(prometheus.get(name), labels):
                yield f"{kind} {metadata['namespace']}/{metadata['name']} is ignored: {name} is {prometheus.get(name)}"


def blind(manifests: Sequence[Manifest]) -> Iterator[str]:
    """A line for each monitor that finds no port of that name among the Services and pods of `manifests`."""
    for manifest in manifests:
        if manifest["kind"] == "ServiceMonitor":
            wanted, offered = manifest["spec"]["endpoints"], _ports_of_services(manifest, manifests)
        elif manifest["kind"] == "PodMonitor":
            wanted, offered = manifest["spec"]["podMetricsEndpoints"], _ports_of_pods(manifest, manifests)
        else:
            continue
        for endpoint in wanted:
            if endpoint["port"] not in offered:
                path = f"{manifest['metadata']['namespace']}/{manifest['metadata']['name']}"
                yield f"{manifest['kind']} {path} finds no port {endpoint['port']}; there: {', '.join(sorted(offered)) or 'none'}"


def _meets(expression: Mapping[str, Any], labels: Labels) -> bool:
    key, values = expression["key"], expression.get("values") or []
    match expression["operator"]:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case operator:
            raise ValueError(f"'{operator}' is no operator of a label selector: In, NotIn, Exists, DoesNotExist")


def _ports_of_services(monitor: Manifest, manifests: Sequence[Manifest]) -> set[str]:
    found = [manifest for manifest in manifests if manifest["kind"] == "Service" and _chosen(monitor, manifest)]
    return {port["name"] for service in found for port in service["spec"]["ports"]}


def _ports_of_pods(monitor: Manifest, manifests: Sequence[Manifest]) -> set[str]:
    specs = [manifest.get("spec", {}) for manifest in manifests if _same_namespace(monitor, manifest)]
    # A CronJob has its pods one level deeper.
    specs = [spec.get("jobTemplate", {}).get("spec", spec) for spec in specs]
    templates = [spec["template"] for spec in specs if "template" in spec]
    chosen = [template["spec"] for template in templates if matches(monitor["spec"]["selector"], template["metadata"]["labels"])]
    return {port["name"] for spec in chosen for container in spec["containers"] for port in container.get("ports", [])}


def _chosen(monitor: Manifest, candidate: Manifest) -> bool:
    return _same_namespace(monitor, candidate) and matches(monitor["spec"]["selector"], candidate["metadata"].get("labels") or {})


def _same_namespace(monitor: Manifest, candidate: Manifest) -> bool:
    """A monitor of ours looks for targets in its own namespace."""
    return bool(monitor["metadata"]["namespace"] == candidate["metadata"].get("namespace"))
