"""What an environment sets of a service: each value is judged by the very rules that WorkloadPattern has for the same input."""

from collections.abc import Iterator, Mapping
from typing import Any

from .._inputs import Problem, nearest, refusals
from ..workload import render
from .layout import ENVIRONMENT_KEYS

_PATHS: Mapping[str, str] = {
    "host": "ingress.host",
    "image.tag": "image",
    "replicas": "replicas",
    "resources.cpu": "resources.cpu",
    "resources.memory": "resources.memory",
    "resources.memoryLimit": "resources.memory_limit",
    "schedule": "batch.schedule",
    "storage.size": "storage.size",
}
"""Key of an environment file to the input of WorkloadPattern that it sets."""


def environment_problems(found: Mapping[str, Any], base: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with the values of one environment over those of the chart; a null is a key that is not there."""
    given = {key: value for key, value in leaves(found) if value is not None}
    known = {key: value for key, value in leaves(base) if value is not None} | given
    for key, value in given.items():
        if key not in ENVIRONMENT_KEYS:
            close = nearest(key, list(ENVIRONMENT_KEYS))
            yield Problem(key, f"an environment may not set this{close}; allowed: {', '.join(ENVIRONMENT_KEYS)}")
        elif key == "replicas":
            if type(value) is not int or value < 1:
                yield Problem(key, f"given {value!r}; allowed: a whole number from 1")
            else:
                yield from _refused(key, known)
        elif not isinstance(value, str):
            yield Problem(key, f"given {value!r}; allowed: text: put it in quotes")
        elif not (key == "host" and not value):  # an empty host is the one that the target gives
            yield from _refused(key, known)
    if "image.tag" not in given:
        yield Problem("image.tag", "is required: it is what promotion moves")


def leaves(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted path and value of all that is no mapping, empty ones included."""
    for key, value in tree.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def _refused(key: str, known: Mapping[str, Any]) -> Iterator[Problem]:
    """What WorkloadPattern says of the input that a key sets, in the least workload that has it."""
    for problem in refusals(lambda: render("service", _workload(key, known))):
        if problem.path == _PATHS[key]:
            yield Problem(key, problem.reason)


def _workload(key: str, known: Mapping[str, Any]) -> dict[str, Any]:
    repository = known.get("image.repository")
    tag = known.get("image.tag") if key == "image.tag" else "1.0.0"
    image = f"{repository if isinstance(repository, str) else 'team/service'}:{tag}"
    value = known[key]
    if key == "schedule":
        return {"pattern": "batch", "image": image, "batch": {"schedule": value, "time_zone": "Etc/UTC"}}
    if key == "storage.size":
        return {"pattern": "job", "image": image, "storage": {"mount_path": "/data", "size": value}}
    if key.startswith("resources."):
        sizes = {_PATHS[one].partition(".")[2]: known[one] for one in _PATHS if one.startswith("resources.") and one in known}
        return {"pattern": "worker", "image": image, "resources": {name: size for name, size in sizes.items() if isinstance(size, str)}}
    inner: dict[str, Any] = {"ingress": {"host": value}} if key == "host" else {"replicas": value} if key == "replicas" else {}
    return {"pattern": "stateless", "image": image, "port": 8080, **inner}
