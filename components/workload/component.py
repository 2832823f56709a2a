"""WorkloadPattern: one typed call makes every object that a workload needs (args.py has the inputs)."""

from typing import Any

import pulumi

from .. import _kit
from .args import Pattern, WorkloadPatternArgs
from .model import Workload, read
from .patterns.network import ingress_hosts
from .render import KINDS, objects

# Applied before the object that holds the pods, since pods cannot start, or would start unguarded, without them.
_PREREQUISITES = ("ServiceAccount", "Role", "RoleBinding", "NetworkPolicy", "ConfigMap")


class WorkloadPattern(pulumi.ComponentResource):
    """A workload of one of the four patterns, or a DaemonSet or Job, complete and right by default."""

    TOKEN = "causeway:index:WorkloadPattern"

    kind: pulumi.Output[str]
    """Kind of the object that holds the pods."""
    namespace: pulumi.Output[str]
    """Namespace of every object."""
    pattern: pulumi.Output[str]
    """The pattern, as given."""
    host: pulumi.Output[str | None]
    """Name inside the cluster, none where the pattern has no Service."""
    url: pulumi.Output[str | None]
    """Address from outside the cluster, none without an ingress."""
    exceptions: pulumi.Output[dict[str, str]]
    """Rules that it may break, each with the reason."""

    def __init__(self, name: str, args: WorkloadPatternArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        workload = read(name, args)
        manifests = objects(workload)
        super().__init__(self.TOKEN, name, None, _kit.component_options(opts))
        self._opts = opts
        children = self._register(workload.name, manifests)
        self.kind = pulumi.Output.from_input(KINDS[workload.pattern])
        self.namespace = pulumi.Output.from_input(workload.namespace)
        self.pattern = pulumi.Output.from_input(workload.pattern.value)
        self.host = pulumi.Output.from_input(_host(workload))
        self.url = _url(workload, children)
        self.exceptions = pulumi.Output.from_input(workload.inputs["exceptions"])
        self.register_outputs({key: getattr(self, key) for key in ("kind", "namespace", "pattern", "host", "url", "exceptions")})

    def _register(self, named: str, manifests: list[_kit.Manifest]) -> dict[str, _kit.KubernetesObject]:
        """Register each manifest; those that pods depend on come first and are waited for."""
        prerequisites: list[pulumi.Resource] = []
        children: dict[str, _kit.KubernetesObject] = {}
        for manifest in manifests:
            kind = manifest["kind"]
            depends_on = [] if kind in _PREREQUISITES else prerequisites
            options = _kit.child_options(self, self._opts, depends_on)
            if kind in KINDS.values():
                # A namespace that still holds pods waits for half their longest grace period before it looks again.
                options.deleted_with = None
            name = _kit.child_name(self._name, manifest, named)
            child = _kit.register(name, manifest, options, ("status",) if kind == "Ingress" else ())
            children[kind] = child
            if kind in _PREREQUISITES:
                prerequisites.append(child)
        return children


def _host(workload: Workload) -> str | None:
    has_service = workload.pattern in (Pattern.STATELESS, Pattern.STATEFUL)
    return f"{workload.name}.{workload.namespace}.svc.cluster.local" if has_service else None


def _url(workload: Workload, children: dict[str, _kit.KubernetesObject]) -> pulumi.Output[str | None]:
    if "ingress" not in workload.inputs:
        return pulumi.Output.from_input(None)
    wanted = workload.inputs["ingress"]
    scheme = "https" if wanted.keys() & {"tls_secret", "tls_issuer"} else workload.platform["ingress_scheme"]
    path = next(iter(wanted.get("paths", {})), wanted.get("path", "/"))
    if hosts := ingress_hosts(workload):
        return pulumi.Output.from_input(f"{scheme}://{hosts[0]}{path}")
    return children["Ingress"].status.apply(lambda status: _front_door(status, scheme, path))


def _front_door(status: dict[str, Any] | None, scheme: str, path: str) -> str | None:
    """The URL at the address that the ingress controller published, None while it has published none."""
    address = _kit.address(status)
    return f"{scheme}://{address}{path}" if address else None
