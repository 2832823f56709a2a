"""Registering a cloud's resources by their type tokens (docs/adr/0010): what an SDK's class does, without its import."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pulumi

from stack import pins


class CloudResource(pulumi.CustomResource):
    """One resource of a cloud."""

    def output(self, name: str) -> pulumi.Output[Any]:
        """An output that `Part.make` was asked for, by its name in the cloud's schema."""
        return cast(pulumi.Output[Any], getattr(self, name))


class Part(pulumi.ComponentResource):
    """A part of a cloud's platform: what `pulumi up` shows as one branch of its tree."""

    def __init__(self, kind: str, name: str, provider: pulumi.ProviderResource) -> None:
        super().__init__(f"causeway:index:{kind}", name, None, pulumi.ResourceOptions(providers=[provider]))

    def make(
        self,
        token: str,
        name: str,
        inputs: Mapping[str, Any],
        outputs: Sequence[str] = (),
        depends_on: Sequence[pulumi.Resource] = (),
        options: pulumi.ResourceOptions | None = None,
    ) -> CloudResource:
        """Register a resource; `outputs` names those that others need besides the id."""
        options = pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(parent=self, depends_on=list(depends_on)))
        return CloudResource(token, name, {**dict.fromkeys(outputs), **inputs}, options)


def cloud_provider(package: str, inputs: Mapping[str, Any]) -> pulumi.ProviderResource:
    """The one provider of a cloud. A provider takes everything but text as JSON."""
    plain = {key: value if isinstance(value, str) else json.dumps(value) for key, value in inputs.items()}
    return pulumi.ProviderResource(package, package, plain, pulumi.ResourceOptions(version=pins.plugin(package)))
