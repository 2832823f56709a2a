"""GitOpsKeeper: a pod outside Argo CD's namespace that frees what Argo CD holds where nobody else would."""

from types import MappingProxyType
from typing import Any, NotRequired, TypedDict

import pulumi

from .. import _kit
from .._inputs import resolve
from ..namespace import RestrictedNamespace, RestrictedNamespaceArgs
from .manifests import keeper


class GitOpsKeeperArgs(TypedDict):
    """Inputs of GitOpsKeeper."""

    image: str
    """Image of services/argocd_keeper."""
    argocd_namespace: NotRequired[str]
    """Namespace of the Argo CD that is kept. Default `argocd`."""
    team: NotRequired[str]
    """Team that owns it. Default `platform`."""
    environment: NotRequired[str]
    """Environment it belongs to. Default `development`."""


DEFAULTS: MappingProxyType[str, Any] = MappingProxyType({"argocd_namespace": "argocd", "team": "platform", "environment": "development"})


class GitOpsKeeper(pulumi.ComponentResource):
    """The keeper of one Argo CD, in a closed namespace of its own called like the component.

    Every namespace that Argo CD works in has to depend on it, and its own first: so it is the last to go.
    """

    TOKEN = "causeway:index:GitOpsKeeper"

    namespace: pulumi.Output[str]
    """Name of its namespace."""

    def __init__(self, name: str, args: GitOpsKeeperArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = resolve("gitops-keeper", name, GitOpsKeeperArgs, args, DEFAULTS)
        super().__init__(self.TOKEN, name, None, _kit.component_options(opts))
        owner: RestrictedNamespaceArgs = {"team": inputs["team"], "environment": inputs["environment"]}
        room = RestrictedNamespace(name, owner, pulumi.ResourceOptions(parent=self))
        labels = _kit.common_labels(name, component="keeper", part_of="gitops", version="1.0.0", **owner)
        for manifest in keeper(name, labels, inputs["image"], inputs["argocd_namespace"]):
            options = pulumi.ResourceOptions(parent=self, depends_on=[room], deleted_with=room.object)
            _kit.register(_kit.child_name(name, manifest), manifest, options)
        self.namespace = pulumi.Output.from_input(name)
        self.register_outputs({"namespace": self.namespace})
