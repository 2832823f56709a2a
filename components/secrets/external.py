"""Level external: a reference in the namespace, the value in a store outside; External Secrets brings it. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from .._kit import Manifest
from .model import Place

API = "external-secrets.io/v1"
PUSH_API = "external-secrets.io/v1alpha1"
REFRESH_INTERVAL = "1h"
"""Requirements 4.3: how soon a new value in the store arrives; a change of the reference is read at once."""
PUSH_INTERVAL = "15s"
"""Where the values come from the cluster itself: how often the store is compared with them, and the reference with the store.

A store that lost its values has them again after two of these, and none of them costs anything.
"""
READY = "condition=Ready"


def secret_store(name: str, namespace: str, labels: Mapping[str, str], provider: Mapping[str, Any]) -> Manifest:
    """The store as this namespace may use it; one for each level, since a migration has both."""
    metadata = {"name": name, "namespace": namespace, "labels": dict(labels), "annotations": {"pulumi.com/waitFor": READY}}
    return {"apiVersion": API, "kind": "SecretStore", "metadata": metadata, "spec": {"provider": dict(provider)}}


def external_secret(
    wanted: Place, keys: Iterable[str], prefix: str, refresh_interval: str = REFRESH_INTERVAL, *, is_left: bool = False
) -> Manifest:
    """The reference: each key by its name, none by a pattern, and all out of one answer.

    Read one by one, while a new version is written, some keys would be of the old one. A key that the answer lacks is an error, so
    the Secret keeps what it has. It outlives its reference, so that a level can be left without a gap and a store that is down takes
    nothing away (`Orphan`, `Retain`); a candidate goes with it. One that `is_left` for another level does not write over what that makes.
    """
    target = {
        "name": wanted.name,
        "creationPolicy": "Owner" if wanted.is_candidate else "Orphan",
        "deletionPolicy": "Retain",
        "template": {"metadata": wanted.template(), "type": "Opaque", "data": {key: _given(key) for key in sorted(keys)}},
    }
    return {
        "apiVersion": API,
        "kind": "ExternalSecret",
        "metadata": wanted.metadata(wait_for=READY),
        "spec": {
            "refreshInterval": refresh_interval,
            **({"refreshPolicy": "OnChange"} if is_left else {}),
            "secretStoreRef": {"kind": "SecretStore", "name": wanted.level.value},
            "target": target,
            "dataFrom": [{"extract": {"key": remote_name(prefix, wanted)}}],
        },
    }


def _given(key: str) -> str:
    """A key's value as the store has it, in the operator's own templates."""
    return f'{{{{ or (index . "{key}") (fail "the store has no {key}") }}}}'


def push_secret(source: Place, store: str, remote: str) -> Manifest:
    """Writes the Secret `source` into the store, whole: for a store that has nobody else to fill it."""
    metadata = source.metadata(wait_for=READY)
    return {
        "apiVersion": PUSH_API,
        "kind": "PushSecret",
        # With the time of the last rotation among them, a new value is written at once.
        "metadata": {**metadata, "annotations": {**source.annotations, **metadata["annotations"]}},
        "spec": {
            "refreshInterval": PUSH_INTERVAL,
            "updatePolicy": "Replace",
            "deletionPolicy": "Delete",
            "secretStoreRefs": [{"kind": "SecretStore", "name": store}],
            "selector": {"secret": {"name": source.name}},
            "data": [{"match": {"remoteRef": {"remoteKey": remote}}}],
        },
    }


def remote_name(prefix: str, wanted: Place) -> str:
    """What the store calls the Secret: all of its keys are one value there, as JSON."""
    return f"{prefix}{wanted.original}"
