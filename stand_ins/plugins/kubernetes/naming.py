"""Names and identity of objects: auto-naming, ids and field managers."""

import hashlib
import secrets
from typing import Any

AUTONAMED = "pulumi.com/autonamed"
MANAGER_ANNOTATION = "pulumi.com/patchFieldManager"
CLIENT_SIDE_MANAGER = "pulumi-kubernetes"
SUFFIX_CHARACTERS = 8


def autoname(base: str, seed: bytes) -> str:
    """`base` and eight hexadecimal characters, from the engine's seed where it gives one."""
    suffix = hashlib.sha256(seed).hexdigest()[:SUFFIX_CHARACTERS] if seed else secrets.token_hex(SUFFIX_CHARACTERS // 2)
    return f"{base}-{suffix}"


def urn_name(urn: str) -> str:
    return urn.rsplit("::", 1)[1]


def annotations(item: dict[str, Any]) -> dict[str, Any]:
    """An object's annotations; an empty map where they are absent or not known yet."""
    metadata = item.get("metadata")
    found = metadata.get("annotations") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def is_true(item: dict[str, Any], annotation: str) -> bool:
    return annotations(item).get(annotation) == "true"


def object_id(item: dict[str, Any]) -> str:
    """`namespace/name`, or `name` for what is in no namespace."""
    metadata = item["metadata"]
    namespace = metadata.get("namespace")
    return f"{namespace}/{metadata['name']}" if namespace else str(metadata["name"])


def split_id(identifier: str) -> tuple[str, str]:
    namespace, _, name = identifier.rpartition("/")
    return namespace, name


def field_manager(urn: str, inputs: dict[str, Any], state: dict[str, Any], server_side: bool) -> str:
    """The manager named by annotation, else the one in the state, else one of the resource's own.

    The official provider draws the last at random. Ours is made of the URN: after a killed run, the repetition is the
    same manager and cannot conflict with itself.
    """
    if not server_side:
        return CLIENT_SIDE_MANAGER
    given = annotations(inputs).get(MANAGER_ANNOTATION) or state.get("__fieldManager")
    return str(given) if given else f"{CLIENT_SIDE_MANAGER}-{hashlib.sha256(urn.encode()).hexdigest()[:8]}"
