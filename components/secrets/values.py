"""Where the values of a Secret come from: given, generated, or composed of others; every one marked secret."""

import base64
from collections.abc import Mapping
from functools import partial

import pulumi

from .args import SecretsStoreArgs, SecretsStoreKeyArgs
from .derive import derive

DEFAULT_LENGTH = 32
Values = dict[str, pulumi.Output[str]]


def values(secret: str, keys: Mapping[str, SecretsStoreKeyArgs], inputs: SecretsStoreArgs) -> Values:
    """The values by key; templates last, over the others."""
    plain = {key: _value(secret, key, wanted, inputs) for key, wanted in keys.items() if "template" not in wanted}
    known = pulumi.Output.all(**plain)
    composed = {key: _fill(wanted["template"], known) for key, wanted in keys.items() if "template" in wanted}
    return {key: pulumi.Output.secret(value) for key, value in {**plain, **composed}.items()}


def encoded(known: Mapping[str, pulumi.Output[str]]) -> Values:
    """The values as a Secret holds them."""
    return {key: pulumi.Output.secret(value.apply(_base64)) for key, value in known.items()}


def _base64(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


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
    return known.apply(lambda given: template.format(**given))
