"""A workload as a Helm chart for Git: rendered by WorkloadPattern, with a hole wherever environment or target decide.

What Argo CD renders from it is, object for object, what `pulumi up` makes of the same inputs on the same target; tests compare.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .._kit import Manifest
from .._yaml import write
from ..workload import Pattern, render
from ..workload.args import WorkloadPatternArgs
from .bridge import workload_facts
from .sync_policy import protected

CHART_VERSION = "1.0.0"
OWN_IMAGES = "causeway/"
_TAG, _ENVIRONMENT, _TRIGGER, _ANNOTATION = "0.0.0-hole", "hole-environment", "hole-trigger", "hole.invalid/annotation"
_FRONT, _NAMES, _STORAGE_CLASS, _INGRESS_CLASS = "192.0.2.1/32", "192.0.2.2/32", "hole-class", "hole-ingress"
_PLATFORM: dict[str, Any] = {
    "domain": "hole.invalid",
    "dns_apps": [],
    "dns_cidrs": [_NAMES],
    "enable_monitors": True,
    "ingress_annotations": {_ANNOTATION: "x"},
    "ingress_cidrs": [_FRONT],
    "ingress_class": _INGRESS_CLASS,
    "storage_class": _STORAGE_CLASS,
}
_IMAGE = f"hole.invalid/image:{_TAG}"
_MARK = re.compile(r"'@@(\d+)@@'")
_OPTIONAL = re.compile(r"^(?P<indent> *)(?P<key>[\w./-]+): '@@\?(?P<number>\d+)@@'$", re.MULTILINE)
_CHECKSUM = "causeway.dev/config-checksum"


class _Hole(NamedTuple):
    """A value that the chart takes: a template expression, left out with its key where it is `optional` and empty."""

    expression: str
    optional: bool = False


def chart(name: str, inputs: Mapping[str, Any]) -> dict[str, str]:
    """The files of the chart by path. `inputs` are those of WorkloadPattern without what the target decides.

    Raises `pulumi.InputPropertiesError` for inputs that a workload would be refused for.
    """
    render(name, inputs)  # refuses what the holes would hide, such as a floating tag
    shown = _objects(name, inputs)
    watched = {_identity(made) for made in shown} - {_identity(made) for made in _objects(name, inputs, monitors=False)}
    holes: list[_Hole] = []
    documents = [_document(_opened(protected(made), inputs, holes), _condition(made, watched, inputs), holes) for made in shown]
    description = f"{name}, rendered by causeway gitops init; its environments are in ../envs."
    about = {"apiVersion": "v2", "name": name, "description": description, "version": CHART_VERSION}
    return {
        "Chart.yaml": write([about], explicit_start=False),
        "values.yaml": write([values(inputs)], explicit_start=False),
        "values.schema.json": json.dumps(schema(values(inputs)), indent=1) + "\n",
        "templates/objects.yaml": "".join(documents),
    }


def values(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The chart's values: what an environment may set, then what the bridge sets."""
    repository, _, tag = str(inputs["image"]).rpartition(":")
    found: dict[str, Any] = {"image": {"repository": repository, "tag": tag}}
    if _has_replicas(inputs):
        found["replicas"] = inputs.get("replicas", 2 if Pattern(inputs["pattern"]) is Pattern.STATELESS else 1)
    if "ingress" in inputs:
        found["host"] = inputs["ingress"].get("host", "")
    if "schedule" in inputs.get("batch", {}):
        found["schedule"] = inputs["batch"]["schedule"]
    if "storage" in inputs:
        found["storage"] = {"size": inputs["storage"].get("size") or "1Gi"}
    requested = _container(_objects("values", inputs, monitors=False))["resources"]
    found["resources"] = {**requested["requests"], "memoryLimit": requested["limits"]["memory"]}
    return {**found, "environment": str(inputs.get("environment", "development")), "target": workload_facts({}, "")}


def schema(tree: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON schema of the values: no other key, each of its kind. What the target decides is checked on the bridge."""
    return {"$schema": "http://json-schema.org/draft-07/schema#", **_shape(tree)}


def _shape(value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping):
        inner = {key: {"type": "object"} if key == "target" else _shape(item) for key, item in value.items()}
        return {"type": "object", "additionalProperties": False, "properties": inner}
    return {"type": "integer", "minimum": 1} if isinstance(value, int) else {"type": "string"}


def _objects(name: str, inputs: Mapping[str, Any], monitors: bool = True) -> list[Manifest]:
    """The workload's objects with something to recognise in every place that the target or the environment decides."""
    given: dict[str, Any] = {**inputs, "image": _IMAGE, "environment": _ENVIRONMENT, "platform": {**_PLATFORM, "enable_monitors": monitors}}
    if "rollout_triggers" in inputs:
        given["rollout_triggers"] = [_TRIGGER]
    if _has_replicas(inputs):
        given["replicas"] = max(2, inputs.get("replicas", 2))  # so that the budget is there
    known = WorkloadPatternArgs.__annotations__
    return render(name, {key: value for key, value in given.items() if key in known or value is None or key not in inputs})


def _has_replicas(inputs: Mapping[str, Any]) -> bool:
    return Pattern(inputs["pattern"]) in (Pattern.STATELESS, Pattern.WORKER) and "autoscaling" not in inputs


def _identity(made: Manifest) -> tuple[str, str]:
    return made["kind"], made["metadata"]["name"]


def _condition(made: Manifest, watched: set[tuple[str, str]], inputs: Mapping[str, Any]) -> str:
    if _identity(made) in watched:
        return ".Values.target.monitors"
    return "ge (int .Values.replicas) 2" if made["kind"] == "PodDisruptionBudget" and _has_replicas(inputs) else ""


def _container(made: list[Manifest]) -> dict[str, Any]:
    def find(value: Any) -> Any:
        if isinstance(value, Mapping):
            if "containers" in value:
                return value["containers"][0]
            return next((found for inner in value.values() if (found := find(inner))), None)
        return None

    return next(found for manifest in made if (found := find(manifest)))


def _opened(made: Manifest, inputs: Mapping[str, Any], holes: list[_Hole]) -> Manifest:
    """The manifest with a marker in every hole."""

    def mark(expression: str, optional: bool = False) -> str:
        holes.append(_Hole(expression, optional))
        return f"@@{'?' if optional else ''}{len(holes) - 1}@@"

    opened: Manifest = _walk(made, mark, inputs)
    kind, name = made["kind"], made["metadata"]["name"]
    if kind == "Deployment" and _has_replicas(inputs):
        opened["spec"]["replicas"] = mark("int .Values.replicas")
    if kind == "CronJob":
        opened["spec"]["schedule"] = mark(".Values.schedule")
    if kind == "Ingress":
        host = f'default (ternary "" (printf "{name}.%s" .Values.target.domain) (eq .Values.target.domain "")) .Values.host'
        opened["spec"]["rules"][0]["host"] = mark(host, optional=True)
        opened["metadata"]["annotations"] = mark(_ingress_annotations(inputs), optional=True)
    return opened


def _walk(value: Any, mark: Callable[..., str], inputs: Mapping[str, Any], key: str = "") -> Any:
    if key == "resources" and isinstance(value, Mapping) and "limits" in value:
        sizes = {inner: mark(f".Values.resources.{inner}") for inner in value["requests"]}
        return {"requests": sizes, "limits": {**value["limits"], "memory": mark(".Values.resources.memoryLimit")}}
    if isinstance(value, Mapping):
        return {inner: _walk(item, mark, inputs, inner) for inner, item in value.items()}
    if value == [{"ipBlock": {"cidr": _FRONT}}]:
        return mark(".Values.target.frontDoor")
    if value == [{"ipBlock": {"cidr": _NAMES}}]:
        return mark(".Values.target.nameService")
    if isinstance(value, list):
        return [_walk(item, mark, inputs) for item in value]
    if key == "storage" and isinstance(value, str):
        return mark(".Values.storage.size")
    return mark(expression, key == "ingressClassName") if (expression := _expression(key, value, inputs)) else value


def _expression(key: str, value: Any, inputs: Mapping[str, Any]) -> str:
    """The expression that stands for a value of the rendering, empty where it is the same everywhere."""
    if key == "whenUnsatisfiable":
        return ".Values.target.spread"
    if key == _CHECKSUM and "rollout_triggers" in inputs:
        files = json.dumps(inputs.get("files") or {}, sort_keys=True)
        return f'printf {json.dumps(files + "%s%s")} (printf "\\x00") .Values.target.secretsVersion | sha256sum | trunc 16'
    registry = ".Values.target.registry " if str(inputs["image"]).startswith(OWN_IMAGES) else '"" '
    known = {
        _IMAGE: f'printf "%s%s:%s" {registry}.Values.image.repository .Values.image.tag',
        _TAG: ".Values.image.tag",
        _ENVIRONMENT: ".Values.environment",
        _STORAGE_CLASS: ".Values.target.storageClass",
        _INGRESS_CLASS: ".Values.target.ingressClass",
    }
    return known.get(value, "") if isinstance(value, str) else ""


def _ingress_annotations(inputs: Mapping[str, Any]) -> str:
    """The front door's own, the path of the readiness question, and what the workload asked for."""
    path = inputs.get("readiness", {}).get("path", "")
    own = " ".join(json.dumps(word) for pair in inputs["ingress"].get("annotations", {}).items() for word in pair)
    health = f'ternary (dict) (dict .Values.target.healthAnnotation {json.dumps(path)}) (eq .Values.target.healthAnnotation "")'
    return f"merge (dict {own}) ({health if path else 'dict'}) .Values.target.ingressAnnotations"


def _document(opened: Manifest, condition: str, holes: list[_Hole]) -> str:
    """The manifest as a document of the template; what a manifest itself has in double braces stays as it is."""
    text = write([opened]).replace("{{", '{{ "{{" }}')
    text = _OPTIONAL.sub(lambda found: _optional(found, holes), text)
    text = _MARK.sub(lambda found: f"{{{{ toJson ({holes[int(found[1])].expression}) }}}}", text)
    return f"{{{{- if {condition} }}}}\n{text}{{{{- end }}}}\n" if condition else text


def _optional(found: re.Match[str], holes: list[_Hole]) -> str:
    expression = holes[int(found["number"])].expression
    return f"{{{{- with {expression} }}}}\n{found['indent']}{found['key']}: {{{{ toJson . }}}}\n{{{{- end }}}}"
