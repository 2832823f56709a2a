"""SecretsController: a level's charts, closed to the network, and the keys that Sealed Secrets opens by."""

import base64
from functools import partial
from types import MappingProxyType
from typing import Any, NotRequired, TypedDict

import pulumi

from .. import _kit
from .._inputs import Problem, refuse, resolve
from ..namespace import RestrictedNamespace, RestrictedNamespaceArgs
from ..secrets import SecretsLevel, vault_tls
from ..secrets.sealing_keys import key_secret, parse
from .charts import NAMESPACES, Chart, charts
from .keeper import keeper
from .network import policies
from .vault_servers import VaultSeal, faults, names


class SecretsControllerChartArgs(TypedDict):
    """A chart by name (the key), version and repository."""

    version: str
    """Exact version."""
    repository: str
    """Address of the repository."""


class SecretsControllerSealArgs(TypedDict):
    """The key of a cloud's key service that opens Vault; who may use it follows from the identity of Vault's pods."""

    kind: VaultSeal
    """The key service, by Vault's name of it."""
    region: str
    """Where the key is."""
    key: pulumi.Input[str]
    """The key: at AWS its id or ARN, at Google its name."""
    key_ring: NotRequired[str]
    """At Google: the key ring that the key is in."""
    project: NotRequired[str]
    """At Google: the project that the key is in."""


class SecretsControllerVaultArgs(TypedDict):
    """What Vault is given by its keeper."""

    keeper_image: str
    """Image of the keeper."""
    seed: pulumi.Input[str]
    """32 bytes in hexadecimal, from which its server's key and certificate follow."""
    prefix: str
    """What the names of our Secrets begin with there; holds the environment."""
    source_namespace: NotRequired[str]
    """Namespace from which External Secrets fills Vault. Default none: others fill it."""
    databases: NotRequired[list[str]]
    """Secrets with credentials of databases, for which Vault makes others on demand. Default none."""
    seal: NotRequired[SecretsControllerSealArgs]
    """What opens it; three servers keep it then. Default none: one server, which the keeper opens by shares of its key."""


class SecretsControllerArgs(TypedDict):
    """Inputs of SecretsController."""

    level: SecretsLevel
    """Level of the ladder; native needs no controller."""
    charts: dict[str, SecretsControllerChartArgs]
    """The pins of the level's charts."""
    namespace: NotRequired[str]
    """Namespace of the level's programs. Default the level's own: for sealed kube-system, where kubeseal looks."""
    sealing_keys: NotRequired[str]
    """Level sealed: the escrow, pairs of private key and certificate in PEM, oldest first."""
    storage_class: NotRequired[str]
    """Level vault: StorageClass of its volume. Default the cluster's own."""
    vault: NotRequired[SecretsControllerVaultArgs]
    """Level vault: what its keeper gives it."""
    identity_endpoints: NotRequired[dict[str, int]]
    """Addresses at which a pod gets credentials of its cloud identity, each with its port. Default none."""
    store_endpoint: NotRequired[str]
    """Level external: address of what stands in for AWS Secrets Manager. Default Amazon's own."""
    team: NotRequired[str]
    """Team that owns it. Default `platform`."""
    environment: NotRequired[str]
    """Environment it belongs to. Default `development`."""


DEFAULTS: MappingProxyType[str, Any] = MappingProxyType(
    {
        "namespace": "",
        "storage_class": "",
        "store_endpoint": "",
        "identity_endpoints": {},
        "team": "platform",
        "environment": "development",
    }
)


class SecretsController(pulumi.ComponentResource):
    """The programs of one level."""

    TOKEN = "causeway:index:SecretsController"

    namespace: pulumi.Output[str]
    """Namespace of the level's programs."""

    def __init__(self, name: str, args: SecretsControllerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = resolve("secrets-controller", name, SecretsControllerArgs, args, DEFAULTS)
        refuse("secrets-controller", name, _problems(inputs))
        super().__init__(self.TOKEN, name, None, _kit.component_options(opts))
        self._inputs, self._namespace = inputs, inputs["namespace"] or NAMESPACES[inputs["level"]]
        seal = inputs["vault"].get("seal") if inputs["level"] is SecretsLevel.VAULT else None
        wanted = charts(inputs["level"], inputs["storage_class"], inputs["store_endpoint"], seal)
        self._labels = _labels(inputs, wanted[0])
        ready = self._room()
        pods, endpoints = [chart.pods for chart in wanted], inputs["identity_endpoints"]
        ready += [self._register(policy, list(ready)) for policy in policies(self._namespace, self._labels, pods, endpoints)]
        ready += self._keys(ready)
        ready += self._server_key(list(ready))
        releases = [self._release(chart, ready) for chart in wanted]
        self._keep(releases)
        self.namespace = pulumi.Output.from_input(self._namespace)
        self.register_outputs({"namespace": self.namespace})

    def _room(self) -> list[pulumi.Resource]:
        """A closed namespace of its own, but for one that Kubernetes has."""
        if self._namespace == "kube-system":
            return []
        owner: RestrictedNamespaceArgs = {"team": self._inputs["team"], "environment": self._inputs["environment"]}
        return [RestrictedNamespace(self._namespace, owner, pulumi.ResourceOptions(parent=self))]

    def _keys(self, depends_on: list[pulumi.Resource]) -> list[pulumi.Resource]:
        """Every key that ever sealed anything, the private halves marked secret."""
        made: list[pulumi.Resource] = []
        for number, pair in enumerate(parse(self._inputs["sealing_keys"]) if "sealing_keys" in self._inputs else [], 1):
            data: dict[str, object] = {
                "tls.key": pulumi.Output.secret(base64.b64encode(pair.private.encode()).decode()),
                "tls.crt": base64.b64encode(pair.certificate.encode()).decode(),
            }
            # The controller takes the newest by its creation, so they are made in their order.
            made.append(self._register(key_secret(number, self._namespace, self._labels, data), [*depends_on, *made[-1:]]))
        return made

    def _server_key(self, depends_on: list[pulumi.Resource]) -> list[pulumi.Resource]:
        """Level vault: what its server is known by; the private half marked secret."""
        if self._inputs["level"] is not SecretsLevel.VAULT:
            return []
        wanted = self._inputs["vault"]
        pair = pulumi.Output.secret(wanted["seed"]).apply(partial(vault_key, are_three="seal" in wanted))
        data = {"tls.key": pair.apply(lambda pair: encoded(pair.private)), "tls.crt": pair.apply(lambda pair: encoded(pair.certificate))}
        metadata = {"name": vault_tls.SECRET, "namespace": self._namespace, "labels": self._labels}
        manifest = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "kubernetes.io/tls", "data": data}
        return [self._register(manifest, depends_on)]

    def _keep(self, depends_on: list[pulumi.Resource]) -> None:
        """Level vault: what opens it, and is ready once it is open and configured."""
        if self._inputs["level"] is SecretsLevel.VAULT:
            for manifest in keeper(self._namespace, self._labels, self._inputs["vault"]):
                depends_on = [self._register(manifest, depends_on)]

    def _register(self, manifest: _kit.Manifest, depends_on: list[pulumi.Resource]) -> pulumi.Resource:
        name = f"{manifest['metadata']['name']}-{manifest['kind'].lower()}"
        return _kit.register(name, manifest, _kit.child_options(self, None, depends_on))

    def _release(self, chart: Chart, depends_on: list[pulumi.Resource]) -> pulumi.Resource:
        inputs = {"namespace": self._namespace, "skipAwait": not chart.waits, "values": chart.values}
        options = pulumi.ResourceOptions(parent=self, depends_on=depends_on)
        return _kit.release(chart.chart, chart.release, inputs, self._inputs["charts"][chart.chart], options)


def vault_key(seed: str, *, are_three: bool = False) -> vault_tls.ServerKey:
    """The pair by which Vault inside the cluster is known."""
    return vault_tls.server_key(seed, names(are_three=are_three))


def vault_authority(seed: str, *, are_three: bool = False) -> str:
    """What its certificate is known by, as SecretsStore takes it."""
    return encoded(vault_key(seed, are_three=are_three).certificate)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _problems(inputs: SecretsControllerArgs) -> list[Problem]:
    level = inputs["level"]
    if level is SecretsLevel.NATIVE:
        return [Problem("level", "'native' needs no controller; levels that do: sealed, external, vault")]
    found = [
        Problem(f"charts.{chart.chart}", "is required: its version and repository")
        for chart in charts(level, "")
        if chart.chart not in inputs["charts"]
    ]
    if level is SecretsLevel.VAULT and "vault" not in inputs:
        found.append(Problem("vault", "is required at level 'vault': what its keeper gives it"))
    if "seal" in inputs.get("vault", {}):
        found += [Problem(f"vault.seal.{part}", reason) for part, reason in faults(inputs["vault"]["seal"])]
    if level is SecretsLevel.SEALED:
        try:
            parse(inputs.get("sealing_keys", ""))
        except ValueError as wrong:
            found.append(Problem("sealing_keys", f"{wrong}; required at level 'sealed'"))
    return found


def _labels(inputs: SecretsControllerArgs, chart: Chart) -> dict[str, str]:
    return _kit.common_labels(
        "secrets-controller",
        component="secrets",
        part_of="secrets",
        team=inputs["team"],
        environment=inputs["environment"],
        version=inputs["charts"][chart.chart]["version"],
    )
