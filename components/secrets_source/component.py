"""SecretsSource: a closed namespace whose Secrets External Secrets writes into a store, and the store's stand-in beside them."""

from types import MappingProxyType
from typing import Any, NotRequired, TypedDict

import pulumi

from .. import _kit
from .._inputs import Problem, refuse, resolve
from ..namespace import RestrictedNamespace, RestrictedNamespaceArgs
from ..secrets import SecretsLevel, SecretsStoreBackendArgs
from ..secrets.access import access
from ..secrets_controller import NAMESPACES
from ..workload import WorkloadPattern, WorkloadPlatformArgs
from . import stand_in


class SecretsSourceArgs(TypedDict):
    """Inputs of SecretsSource."""

    level: SecretsLevel
    """Level of the ladder: external or vault."""
    backend: SecretsStoreBackendArgs
    """The level's store, with the `source_namespace` that is made."""
    stand_in_image: NotRequired[str]
    """Level external: image of moto, where it stands in for AWS Secrets Manager. Default none: the store is a real one."""
    workload_platform: NotRequired[WorkloadPlatformArgs]
    """What the target decides of workloads."""
    team: NotRequired[str]
    """Team that owns it. Default `platform`."""
    environment: NotRequired[str]
    """Environment it belongs to. Default `development`."""


DEFAULTS: MappingProxyType[str, Any] = MappingProxyType({"workload_platform": {}, "team": "platform", "environment": "development"})


class SecretsSource(pulumi.ComponentResource):
    """Where one store gets its values from."""

    TOKEN = "causeway:index:SecretsSource"

    namespace: pulumi.Output[str]
    """Namespace of the Secrets that are written into the store."""

    def __init__(self, name: str, args: SecretsSourceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = resolve("secrets-source", name, SecretsSourceArgs, args, DEFAULTS)
        refuse("secrets-source", name, _problems(inputs))
        super().__init__(self.TOKEN, name, None, _kit.component_options(opts))
        self._inputs, self._namespace = inputs, inputs["backend"]["source_namespace"]
        owner: RestrictedNamespaceArgs = {"team": inputs["team"], "environment": inputs["environment"]}
        room = RestrictedNamespace(self._namespace, owner, pulumi.ResourceOptions(parent=self))
        self._inside = pulumi.ResourceOptions(parent=self, deleted_with=room.object)
        self._access([room, *self._stand_in(room)])
        self.namespace = pulumi.Output.from_input(self._namespace)
        self.register_outputs({"namespace": self.namespace})

    def _stand_in(self, room: pulumi.Resource) -> list[pulumi.Resource]:
        """The store itself, where none is outside."""
        inputs = self._inputs
        if "stand_in_image" not in inputs:
            return []
        owner = {"team": inputs["team"], "environment": inputs["environment"]}
        reader = NAMESPACES[SecretsLevel.EXTERNAL]
        wanted: Any = stand_in.workload(self._namespace, inputs["stand_in_image"], reader, inputs["workload_platform"], owner)
        return [WorkloadPattern(stand_in.NAME, wanted, _kit.child_options(self, self._inside, [room]))]

    def _access(self, needed: list[pulumi.Resource]) -> None:
        """The SecretStore by which the store is written, and what it needs."""
        level, backend = self._inputs["level"], self._inputs["backend"]
        known = {"namespace": self._namespace, "labels": {}, "rotations": {}, "classes": {}, **self._inputs}
        writing: SecretsStoreBackendArgs = {**backend, "provider": backend["source_provider"]} if "source_provider" in backend else backend
        for kind, manifest in access(level, writing, known).items():
            options = _kit.child_options(self, self._inside, needed)
            needed = [_kit.register(f"{self._namespace}-{kind}", manifest, options)]


def _problems(inputs: SecretsSourceArgs) -> list[Problem]:
    found = []
    if inputs["level"] not in (SecretsLevel.EXTERNAL, SecretsLevel.VAULT):
        found.append(Problem("level", f"'{inputs['level'].value}' has no store to fill; levels that have: external, vault"))
    if "source_namespace" not in inputs["backend"]:
        found.append(Problem("backend.source_namespace", "is required: where the values are"))
    if "stand_in_image" in inputs and inputs["level"] is not SecretsLevel.EXTERNAL:
        found.append(Problem("stand_in_image", f"stands in for a store of level 'external', not of '{inputs['level'].value}'"))
    return found
