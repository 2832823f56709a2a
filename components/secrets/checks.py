"""What SecretsStore refuses beyond the form of its inputs. Messages name keys, never values."""

import string
from collections.abc import Iterator, Mapping
from typing import Any

from .._inputs import Problem, refuse
from .derive import MAXIMUM_LENGTH
from .levels import SecretsLevel

MINIMUM_LENGTH = 16


def check(name: str, inputs: Mapping[str, Any]) -> None:
    """Raise `pulumi.InputPropertiesError` with every problem of a SecretsStore's inputs."""
    refuse("secrets", name, list(problems(inputs)))


def problems(inputs: Mapping[str, Any]) -> Iterator[Problem]:
    """Everything wrong with the inputs."""
    if "candidate" in inputs and inputs["candidate"] is inputs["level"]:
        yield Problem("candidate", f"'{inputs['level'].value}' is the level itself: there is nothing to compare")
    for level in levels(inputs):
        yield from _needs(level, inputs)
    for secret, keys in inputs["secrets"].items():
        if not keys:
            yield Problem(f"secrets.{secret}", "has no key: name at least one")
        elif all(wanted.get("public") for wanted in keys.values()):
            yield Problem(f"secrets.{secret}", "holds nothing secret, every key is public: keep it in a ConfigMap")
        for key, wanted in keys.items():
            path = f"secrets.{secret}.{key}"
            yield from _sources(path, wanted)
            yield from _generated(path, wanted, "seed" in inputs)
            yield from _template(path, wanted, keys)


def levels(inputs: Mapping[str, Any]) -> list[SecretsLevel]:
    """The levels at which Secrets are made: the one in use, and the candidate."""
    return [inputs["level"], *([inputs["candidate"]] if "candidate" in inputs else [])]


def _needs(level: SecretsLevel, inputs: Mapping[str, Any]) -> Iterator[Problem]:
    """What a level cannot do without."""
    if level is SecretsLevel.SEALED:
        for needed in ("sealing_certificate", "seed"):
            if needed not in inputs:
                yield Problem(needed, "is required at level 'sealed'")
    if level in (SecretsLevel.EXTERNAL, SecretsLevel.VAULT):
        path = f"backends.{level.value}"
        backend = inputs["backends"].get(level.value, {})
        for needed in ("provider" if level is SecretsLevel.EXTERNAL else "server", "prefix"):
            if needed not in backend:
                yield Problem(f"{path}.{needed}", f"is required at level '{level.value}'")
        yield from _kept_apart(path, backend, inputs)


def _kept_apart(path: str, backend: Mapping[str, Any], inputs: Mapping[str, Any]) -> Iterator[Problem]:
    """4.12: two environments never read the same value; and every name has its place."""
    if inputs["environment"] not in backend.get("prefix", inputs["environment"]):
        reason = f"'{backend['prefix']}' does not hold the environment '{inputs['environment']}': another one could share its secrets"
        yield Problem(f"{path}.prefix", reason)
    for secret in inputs["secrets"]:
        if secret not in backend.get("names", [secret]):
            allowed = ", ".join(sorted(backend["names"])) or "none"
            yield Problem(f"secrets.{secret}", f"has no place in the store of level '{inputs['level'].value}'; places: {allowed}")


def _sources(path: str, wanted: Mapping[str, Any]) -> Iterator[Problem]:
    if "value" in wanted and "template" in wanted:
        yield Problem(path, "has both a value and a template: keep one")
    if wanted.get("public") and "value" not in wanted:
        yield Problem(f"{path}.public", "is true of a key without a value: what is generated or composed is secret")


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
