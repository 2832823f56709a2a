"""What SecretsStore refuses beyond the form of its inputs. Messages name keys, never values."""

import string
from collections.abc import Iterator, Mapping
from typing import Any

from .._inputs import Problem, refuse
from .derive import MAXIMUM_LENGTH

MINIMUM_LENGTH = 16


def check(name: str, inputs: Mapping[str, Any]) -> None:
    """Raise `pulumi.InputPropertiesError` with every problem of a SecretsStore's inputs."""
    refuse("secrets", name, list(problems(inputs)))


def problems(inputs: Mapping[str, Any]) -> Iterator[Problem]:
    """Everything wrong with the inputs."""
    if inputs["level"] != "native":
        yield Problem("level", f"'{inputs['level'].value}' is not built yet; use 'native'")
    for secret, keys in inputs["secrets"].items():
        if not keys:
            yield Problem(f"secrets.{secret}", "has no key: name at least one")
        for key, wanted in keys.items():
            path = f"secrets.{secret}.{key}"
            yield from _sources(path, wanted)
            yield from _generated(path, wanted, "seed" in inputs)
            yield from _template(path, wanted, keys)


def _sources(path: str, wanted: Mapping[str, Any]) -> Iterator[Problem]:
    if "value" in wanted and "template" in wanted:
        yield Problem(path, "has both a value and a template: keep one")


def _generated(path: str, wanted: Mapping[str, Any], has_seed: bool) -> Iterator[Problem]:
    if "value" in wanted or "template" in wanted:
        return
    if not has_seed:
        yield Problem(path, "is to be generated, which needs the input 'seed'; or give it a value")
    length = wanted.get("length", MINIMUM_LENGTH)
    if not MINIMUM_LENGTH <= length <= MAXIMUM_LENGTH:
        yield Problem(f"{path}.length", f"{length} is out of range: {MINIMUM_LENGTH} to {MAXIMUM_LENGTH} characters")
    if wanted.get("version", 1) < 1:
        yield Problem(f"{path}.version", f"{wanted['version']} is out of range: versions begin at 1")


def _template(path: str, wanted: Mapping[str, Any], keys: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    for _, field, _, _ in string.Formatter().parse(wanted.get("template", "")):
        if field is not None and ("template" in keys.get(field, {"template": ""})):
            plain = sorted(key for key, other in keys.items() if "template" not in other)
            yield Problem(f"{path}.template", f"'{{{field}}}' is no plain key of this Secret; allowed: {', '.join(plain)}")
