"""From a stack's resources to the manifests that the rules judge."""

from collections.abc import Mapping
from typing import Any

_KUBERNETES = "kubernetes:"
_NOT_OBJECTS = ("kubernetes:helm.sh/", "kubernetes:yaml", "kubernetes:kustomize")


def manifest(resource_type: str, properties: Mapping[str, Any]) -> dict[str, Any] | None:
    """The object behind a resource, None for what is no Kubernetes object.

    A typed resource may leave kind and API version to its type.
    """
    if not resource_type.startswith(_KUBERNETES) or resource_type.startswith(_NOT_OBJECTS):
        return None
    _, group_version, kind = resource_type.split(":")
    api_version = group_version.removeprefix("core/")
    plain = {key: value for key, value in properties.items() if not key.startswith("__")}
    return {"metadata": {}, "spec": {}, **plain, "kind": kind, "apiVersion": plain.get("apiVersion") or api_version}
