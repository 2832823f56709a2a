"""RestrictedNamespace: a namespace that admits only restricted pods and denies every flow that nobody declared."""

from types import MappingProxyType
from typing import Any, NotRequired, TypedDict

import pulumi

from .. import _kit
from .._inputs import resolve


class RestrictedNamespaceArgs(TypedDict):
    """Inputs of RestrictedNamespace."""

    team: NotRequired[str]
    """Team that owns the namespace. Default `platform`."""
    environment: NotRequired[str]
    """Environment it belongs to. Default `development`."""


DEFAULTS: MappingProxyType[str, Any] = MappingProxyType({"team": "platform", "environment": "development"})


class RestrictedNamespace(pulumi.ComponentResource):
    """A namespace under the restricted Pod Security Standard, closed to the network by default."""

    TOKEN = "causeway:index:RestrictedNamespace"

    namespace: pulumi.Output[str]
    """Name of the namespace."""

    def __init__(self, name: str, args: RestrictedNamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = resolve("namespace", name, RestrictedNamespaceArgs, args, DEFAULTS)
        super().__init__(self.TOKEN, name, None, _kit.component_options(opts))
        namespace, default_deny = manifests(name, inputs)
        self.object = _kit.register(f"{name}-namespace", namespace, _kit.child_options(self, opts, []))
        self._deny_by_default(name, default_deny, opts)
        self.namespace = pulumi.Output.from_input(name)
        self.register_outputs({"namespace": self.namespace})

    def _deny_by_default(self, name: str, manifest: _kit.Manifest, opts: pulumi.ResourceOptions | None) -> None:
        options = _kit.child_options(self, opts, [self.object])
        options.deleted_with = self.object
        _kit.register(f"{name}-network-policy", manifest, options)


def manifests(name: str, inputs: RestrictedNamespaceArgs) -> tuple[_kit.Manifest, _kit.Manifest]:
    """The namespace and the policy that closes it."""
    labels = _kit.common_labels(
        name,
        component="namespace",
        part_of=name,
        team=inputs["team"],
        environment=inputs["environment"],
        version="1",
    )
    admission = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    return (
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {**labels, **admission}}},
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": "default-deny", "namespace": name, "labels": labels},
            "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
        },
    )
