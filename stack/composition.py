"""What the parts of one stack share: settings, platform, namespaces, and what each part hands on."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components import RestrictedNamespace
from platforms import Platform
from stack import pins
from stack.part import Part
from stack.settings import Settings


class Stack:
    """One stack while it is being made."""

    def __init__(self, settings: Settings, platform: Platform, parts: Sequence[Part]) -> None:
        self.settings = settings
        self.platform = platform
        self.parts = tuple(part for part in parts if part.is_on(settings))
        """The parts that are on, in their order."""
        self.ready: list[pulumi.Resource] = list(platform.ready)
        """What every namespace comes after, and goes before."""
        self.images = {name: platform.image(reference) for name, reference in pins.images().items()}
        self.owner: Any = {"team": settings.team, "environment": settings.environment.value}
        self.handed: dict[str, Any] = {}
        """Part to what others take from it."""
        self._outputs: dict[str, list[pulumi.Input[Mapping[str, Any]]]] = {"urls": [], "workloads": [], "secretRefs": []}

    def on_platform(self) -> pulumi.ResourceOptions:
        """Options for what belongs to the platform itself."""
        return pulumi.ResourceOptions(provider=self.platform.provider, depends_on=list(self.ready))

    def namespace(self, name: str) -> pulumi.ResourceOptions:
        """A closed namespace, and options for what is in it: it takes its objects with it, so a destroy need not delete each."""
        made = RestrictedNamespace(name, self.owner, self.on_platform())
        return pulumi.ResourceOptions(provider=self.platform.provider, depends_on=[made], deleted_with=made.object)

    def show(self, **outputs: pulumi.Input[Mapping[str, Any]]) -> None:
        """Add to the stack's outputs `urls`, `workloads` or `secretRefs`; later entries win."""
        for name, part in outputs.items():
            self._outputs[name].append(part)

    def make(self) -> None:
        """Plan and prepare all parts, make them in order, and export what they show."""
        for step in ("plan", "prepare", "make", "finish"):
            for part in self.parts:
                getattr(part, step)(self)
        for name, shown in self._outputs.items():
            pulumi.export(name, merged(shown))


def merged(parts: Sequence[pulumi.Input[Mapping[str, Any]]]) -> pulumi.Output[dict[str, Any]]:
    """One mapping out of several, later ones over earlier ones."""
    return pulumi.Output.all(*parts).apply(lambda known: {key: value for part in known for key, value in part.items()})
