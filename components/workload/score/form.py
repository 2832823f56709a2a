"""The form of a Score workload file (score.dev/v1b1, the specification's JSON schema), as far as `resolve` has to know it."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

API_VERSION = "score.dev/v1b1"


class ScoreMetadata(TypedDict):
    """Who the workload is."""

    name: str
    annotations: NotRequired[dict[str, str]]


class ScorePort(TypedDict):
    """A port of the service; `targetPort` is the container's, the same unless given."""

    port: int
    targetPort: NotRequired[int]
    protocol: NotRequired[str]


class ScoreService(TypedDict, total=False):
    """What the workload offers."""

    ports: dict[str, ScorePort]


class ScoreHttp(TypedDict):
    """A health question over HTTP."""

    path: str
    port: int
    host: NotRequired[str]
    scheme: NotRequired[str]
    httpHeaders: NotRequired[list[Any]]


class ScoreExec(TypedDict):
    """A health question by a command."""

    command: list[str]


class ScoreProbe(TypedDict, total=False):
    """A health question."""

    httpGet: ScoreHttp
    exec: ScoreExec


class ScoreAmounts(TypedDict, total=False):
    """Processor and memory."""

    cpu: str
    memory: str


class ScoreCompute(TypedDict, total=False):
    """What a container asks for, and what it may have."""

    requests: ScoreAmounts
    limits: ScoreAmounts


class ScoreFile(TypedDict, total=False):
    """A file in the container."""

    content: str
    binaryContent: str
    source: str
    mode: str
    noExpand: bool


class ScoreVolume(TypedDict):
    """A volume mounted in the container."""

    source: str
    path: NotRequired[str]
    readOnly: NotRequired[bool]


class ScoreContainer(TypedDict):
    """One program; files and volumes by the path at which they are."""

    image: NotRequired[str]
    command: NotRequired[list[str]]
    args: NotRequired[list[str]]
    variables: NotRequired[dict[str, str]]
    files: NotRequired[dict[str, ScoreFile]]
    volumes: NotRequired[dict[str, ScoreVolume]]
    resources: NotRequired[ScoreCompute]
    livenessProbe: NotRequired[ScoreProbe]
    readinessProbe: NotRequired[ScoreProbe]
    before: NotRequired[Any]


# `class` is a word of Python's own, so this one cannot be written as a class.
ScoreResource = TypedDict(
    "ScoreResource",
    {
        "type": str,
        "class": NotRequired[str],
        "id": NotRequired[str],
        "metadata": NotRequired[dict[str, Any]],
        "params": NotRequired[dict[str, Any]],
    },
)


class ScoreWorkload(TypedDict):
    """A Score file."""

    apiVersion: str
    metadata: ScoreMetadata
    containers: dict[str, ScoreContainer]
    service: NotRequired[ScoreService]
    resources: NotRequired[dict[str, ScoreResource]]


def as_form(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as `ScoreWorkload` has it.

    Files and volumes are by target: they used to be lists, which the specification still takes. Metadata may have keys of anyone's own.
    """
    found = dict(document)
    if isinstance(document.get("metadata"), Mapping):
        found["metadata"] = {key: value for key, value in document["metadata"].items() if key in ScoreMetadata.__annotations__}
    if isinstance(document.get("containers"), Mapping):
        found["containers"] = {name: _container(value) for name, value in document["containers"].items()}
    return found


def _container(container: Any) -> Any:
    if not isinstance(container, Mapping):
        return container
    return {**container, **{key: _by_target(container[key]) for key in ("files", "volumes") if key in container}}


def _by_target(items: Any) -> Any:
    if not isinstance(items, list) or not all(isinstance(item, Mapping) and isinstance(item.get("target"), str) for item in items):
        return items
    by_target = {item["target"]: {key: value for key, value in item.items() if key != "target"} for item in items}
    return by_target if len(by_target) == len(items) else items
