"""Level sealed: a SealedSecret, which only the controller's private key opens. Pure; sealing itself is in sealing.py."""

from collections.abc import Mapping
from typing import Any

from .._kit import Manifest
from .model import HANDOVER, Place

# Without an owner the Secret outlives its SealedSecret: a level can be left without a gap.
_OWNERLESS = {"sealedsecrets.bitnami.com/skip-set-owner-references": "true"}


def sealed_secret(wanted: Place, encrypted: Mapping[str, Any]) -> Manifest:
    """The SealedSecret of strict scope: its text opens under this namespace and name alone. A candidate goes with it."""
    template = wanted.template({} if wanted.is_candidate else {**HANDOVER, **_OWNERLESS})
    return {
        "apiVersion": "bitnami.com/v1alpha1",
        "kind": "SealedSecret",
        "metadata": wanted.metadata(wait_for="condition=Synced"),
        "spec": {"encryptedData": dict(encrypted), "template": {"metadata": template, "type": "Opaque"}},
    }
