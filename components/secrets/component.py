"""SecretsStore: Secrets made at one level of the ladder; what others get is a name and a key, never a value."""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import pulumi

from .. import _kit
from .._inputs import resolve
from . import external
from .access import access, interval
from .args import SecretsStoreArgs, SecretsStoreBackendArgs, SecretsStoreKeyArgs
from .checks import check, levels
from .levels import SecretsLevel
from .model import Place, native_secret, place
from .sealed import sealed_secret
from .sealing import public_key, seal
from .values import Values, encoded, values

DEFAULTS: MappingProxyType[str, Any] = MappingProxyType(
    {
        "level": "native",
        "team": "platform",
        "environment": "development",
        "backends": {},
        "databases": {},
        "rotations": {},
        "classes": {},
        "labels": {},
        "resource_prefix": "",
    }
)


class SecretsStore(pulumi.ComponentResource):
    """Secrets of one namespace."""

    TOKEN = "causeway:index:SecretsStore"

    refs: pulumi.Output[dict[str, dict[str, Any]]]
    """`<secret>/<key>` to namespace, secret and key; one that is no secret is `public` besides."""
    versions: pulumi.Output[dict[str, str]]
    """Secret name to the versions of its keys: a roll-out trigger for consumers."""

    def __init__(self, name: str, args: SecretsStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = resolve("secrets", name, SecretsStoreArgs, args, DEFAULTS)
        check(name, inputs)
        inputs["secrets"] = {secret: _versioned(secret, keys, inputs) for secret, keys in inputs["secrets"].items()}
        super().__init__(self.TOKEN, name, None, _kit.component_options(opts))
        self._opts, self._inputs = opts, inputs
        stores = {level: self._store(level) for level in levels(inputs)}
        for secret, keys in inputs["secrets"].items():
            wanted, known = place(secret, inputs), values(secret, keys, inputs)
            for level, needed in stores.items():
                self._make(wanted if level is inputs["level"] else wanted.as_candidate(level), known, needed)
        self.refs = pulumi.Output.from_input(references(inputs))
        self.versions = pulumi.Output.from_input({secret: versions(keys) for secret, keys in inputs["secrets"].items()})
        self.register_outputs({"refs": self.refs, "versions": self.versions})

    def _store(self, level: SecretsLevel) -> list[pulumi.Resource]:
        """What the namespace needs once, before the first Secret of a level."""
        if level in (SecretsLevel.NATIVE, SecretsLevel.SEALED):
            return []
        needed: list[pulumi.Resource] = []
        for kind, manifest in access(level, self._inputs["backends"][level.value], self._inputs).items():
            outside = manifest["metadata"]["namespace"] != self._inputs["namespace"]
            name = f"{self._inputs['namespace']}-{level.value}-{kind}"
            needed = [self._register(name, manifest, needed, elsewhere=outside)]
        return needed

    def _make(self, wanted: Place, known: Values, needed: list[pulumi.Resource]) -> None:
        """One Secret at one level."""
        moving = "candidate" in self._inputs and not wanted.is_candidate
        if wanted.level is SecretsLevel.NATIVE:
            manifest = native_secret(wanted, encoded(known), handover=moving)
            self._register(f"{wanted.name}-secret", manifest, needed, retain=moving)
        elif wanted.level is SecretsLevel.SEALED:
            self._register(f"{wanted.name}-sealed-secret", sealed_secret(wanted, self._sealed(wanted, known)), needed)
        else:
            backend = self._inputs["backends"][wanted.level.value]
            manifest = external.external_secret(wanted, known, backend["prefix"], interval(wanted.level, backend), is_left=moving)
            # Its finalizer is External Secrets' to take off, which would be gone before the namespace is: so it is deleted by itself.
            inside = [*needed, *self._filled(wanted, known, backend)]
            self._register(f"{wanted.name}-external-secret", manifest, inside, elsewhere=True)

    def _sealed(self, wanted: Place, known: Values) -> Values:
        """The sealed texts: made to be read by anyone, so no longer marked secret."""
        inputs = self._inputs
        keys = pulumi.Output.all(seed=inputs["seed"], certificate=inputs["sealing_certificate"])

        def sealed(field: str, both: Mapping[str, Any]) -> str:
            key = public_key(both["keys"]["certificate"])
            seed = both["keys"]["seed"]
            return seal(both["value"], key, seed=seed, namespace=wanted.namespace, name=wanted.name, field=field)

        return {
            field: pulumi.Output.unsecret(pulumi.Output.all(value=value, keys=keys).apply(partial(sealed, field)))
            for field, value in known.items()
        }

    def _filled(self, wanted: Place, known: Values, backend: SecretsStoreBackendArgs) -> list[pulumi.Resource]:
        """What brings the values into the store, the same for a candidate; `causeway secrets rotate` finds it by its names."""
        made: list[pulumi.Resource] = []
        if "writer" in backend:
            writer, name = backend["writer"], external.remote_name(backend["prefix"], wanted)
            text: pulumi.Output[str] = pulumi.Output.secret(pulumi.Output.json_dumps(known, sort_keys=True))
            inputs = {writer["name_input"]: f"{writer['name_prefix']}{name}", writer["value_input"]: text}
            unique, aliases = self._unique(f"{wanted.original}-value")
            options = pulumi.ResourceOptions(parent=self, additional_secret_outputs=[writer["value_input"]], aliases=aliases)
            made.append(pulumi.CustomResource(writer["token"], unique, inputs, options))
        if "source_namespace" in backend:
            store, name = wanted.level.value, external.remote_name(backend["prefix"], wanted)
            source = wanted.as_source(store, backend["source_namespace"])
            known_as = f"{wanted.original}-{store}"
            kept = self._register(f"{known_as}-source", native_secret(source, encoded(known)), elsewhere=True)
            made.append(self._register(f"{known_as}-push", external.push_secret(source, store, name), [kept], elsewhere=True))
        return made

    def _register(
        self,
        name: str,
        manifest: _kit.Manifest,
        depends_on: list[pulumi.Resource] | None = None,
        *,
        retain: bool = False,
        elsewhere: bool = False,
    ) -> pulumi.Resource:
        """`retain`: another level takes the object over; `elsewhere`: it does not go with the namespace of the others, but by itself."""
        options = _kit.child_options(self, self._opts, depends_on or [])
        options.retain_on_delete = retain or None
        if elsewhere:
            options.deleted_with = None
        unique, options.aliases = self._unique(name)
        return _kit.register(unique, manifest, options)

    def _unique(self, name: str) -> tuple[str, list[pulumi.Alias]]:
        """The child's name with what tells this store's from another's, and the name that it had before there was that."""
        prefix = self._inputs["resource_prefix"]
        return f"{prefix}{name}", [pulumi.Alias(name=name)] if prefix else []


def references(inputs: SecretsStoreArgs) -> dict[str, dict[str, Any]]:
    """The consumer contract: where each value is, and not what it is."""
    return {
        f"{secret}/{key}": {"namespace": inputs["namespace"], "secret": secret, "key": key, **_publicity(wanted)}
        for secret, keys in inputs["secrets"].items()
        for key, wanted in keys.items()
    }


def _publicity(wanted: SecretsStoreKeyArgs) -> dict[str, bool]:
    return {"public": True} if wanted.get("public") else {}


def versions(keys: Mapping[str, SecretsStoreKeyArgs]) -> str:
    """The versions of one Secret's keys, as one text."""
    return ",".join(f"{key}={wanted.get('version', 1)}" for key, wanted in sorted(keys.items()))


def _versioned(secret: str, keys: Mapping[str, SecretsStoreKeyArgs], inputs: SecretsStoreArgs) -> dict[str, SecretsStoreKeyArgs]:
    """The keys with the version that the Secret's rotation gives to those that have none of their own."""
    version = inputs["rotations"].get(secret, {}).get("version", 1)
    return {key: {"version": version, **wanted} for key, wanted in keys.items()}
