"""SecretsStore: Secrets made at one level of the ladder; what others get is a name and a key, never a value."""

import base64
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, NotRequired, TypedDict

import pulumi

from .. import _kit
from .._inputs import resolve
from .checks import check
from .derive import derive
from .levels import SecretsLevel


class SecretsStoreKeyArgs(TypedDict, total=False):
    """One key of a Secret: a `value`, or a `template` over other keys, or neither: then it is generated."""

    value: pulumi.Input[str]
    """The value, from encrypted config."""
    template: str
    """Text in which `{key}` stands for another key of the same Secret."""
    length: int
    """Characters of a generated value. Default 32."""
    version: int
    """Raise it to rotate a generated value. Default 1."""


class SecretsStoreArgs(TypedDict):
    """Inputs of SecretsStore."""

    namespace: str
    """Namespace of the Secrets."""
    secrets: dict[str, dict[str, SecretsStoreKeyArgs]]
    """Secret name to key to where the value comes from."""
    level: NotRequired[SecretsLevel]
    """Level of the ladder. Default native."""
    seed: NotRequired[pulumi.Input[str]]
    """Secret zero of level native: 32 bytes in hexadecimal; needed for generated values."""
    team: NotRequired[str]
    """Team that owns the Secrets. Default `platform`."""
    environment: NotRequired[str]
    """Environment they belong to. Default `development`."""


DEFAULTS: MappingProxyType[str, Any] = MappingProxyType({"level": "native", "team": "platform", "environment": "development"})
DEFAULT_LENGTH = 32


class SecretsStore(pulumi.ComponentResource):
    """Secrets of one namespace."""

    TOKEN = "causeway:index:SecretsStore"

    refs: pulumi.Output[dict[str, dict[str, str]]]
    """`<secret>/<key>` to namespace, secret and key."""
    versions: pulumi.Output[dict[str, str]]
    """Secret name to the versions of its keys: a roll-out trigger for consumers."""

    def __init__(self, name: str, args: SecretsStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = resolve("secrets", name, SecretsStoreArgs, args, DEFAULTS)
        check(name, inputs)
        super().__init__(self.TOKEN, name, None, opts)
        for secret, keys in inputs["secrets"].items():
            manifest = _manifest(secret, inputs, _values(secret, keys, inputs))
            _kit.register(f"{secret}-secret", manifest, _kit.child_options(self, opts, []))
        self.refs = pulumi.Output.from_input(references(inputs))
        self.versions = pulumi.Output.from_input({secret: versions(keys) for secret, keys in inputs["secrets"].items()})
        self.register_outputs({"refs": self.refs, "versions": self.versions})


def references(inputs: SecretsStoreArgs) -> dict[str, dict[str, str]]:
    """The consumer contract: where each value is, and not what it is."""
    return {
        f"{secret}/{key}": {"namespace": inputs["namespace"], "secret": secret, "key": key}
        for secret, keys in inputs["secrets"].items()
        for key in keys
    }


def versions(keys: Mapping[str, SecretsStoreKeyArgs]) -> str:
    """The versions of one Secret's keys, as one text."""
    return ",".join(f"{key}={wanted.get('version', 1)}" for key, wanted in sorted(keys.items()))


def _manifest(secret: str, inputs: SecretsStoreArgs, data: dict[str, pulumi.Output[str]]) -> _kit.Manifest:
    labels = _kit.common_labels(
        secret,
        component="secret",
        part_of=inputs["namespace"],
        team=inputs["team"],
        environment=inputs["environment"],
        version="1",
    )
    metadata = {"name": secret, "namespace": inputs["namespace"], "labels": labels}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "data": data}


def _values(secret: str, keys: dict[str, SecretsStoreKeyArgs], inputs: SecretsStoreArgs) -> dict[str, pulumi.Output[str]]:
    """The base64 values by key, every one marked secret; templates last, over the others."""
    plain = {key: _value(secret, key, wanted, inputs) for key, wanted in keys.items() if "template" not in wanted}
    known = pulumi.Output.all(**plain)
    composed = {key: _fill(wanted["template"], known) for key, wanted in keys.items() if "template" in wanted}
    return {key: pulumi.Output.secret(value.apply(_encode)) for key, value in {**plain, **composed}.items()}


def _value(secret: str, key: str, wanted: SecretsStoreKeyArgs, inputs: SecretsStoreArgs) -> pulumi.Output[str]:
    if "value" in wanted:
        return pulumi.Output.secret(wanted["value"])
    generate = partial(
        derive,
        namespace=inputs["namespace"],
        name=secret,
        key=key,
        version=wanted.get("version", 1),
        length=wanted.get("length", DEFAULT_LENGTH),
    )
    return pulumi.Output.secret(inputs["seed"]).apply(generate)


def _fill(template: str, known: pulumi.Output[dict[str, str]]) -> pulumi.Output[str]:
    return known.apply(lambda values: template.format(**values))


def _encode(value: str) -> str:
    return base64.b64encode(value.encode()).decode()
