"""Check: the inputs of an object completed (name, namespace) and refused where they cannot be right.

It works on the engine's message itself instead of decoding it: most runs change nothing, and Check is then half of the
provider's work.
"""

from collections.abc import MutableMapping
from typing import Any

from stand_ins.plugins.kubernetes import kinds, naming
from stand_ins.plugins.kubernetes.cluster import Cluster
from stand_ins.plugins.kubernetes.objects import DEFINITION, SERVER_SET
from stand_ins.plugins.kubernetes.properties import SECRET, SIGNATURE, UNKNOWN_TEXT

MANAGED_BY = "app.kubernetes.io/managed-by"
DISABLED = 2


class Refused(Exception):
    """The inputs are wrong; the text says how to put it right."""


def fields_of(value: Any) -> MutableMapping[str, Any] | None:
    """The fields of a struct value, through a secret mark; None when it is unknown or no struct."""
    if value.WhichOneof("kind") != "struct_value":
        return None
    fields: MutableMapping[str, Any] = value.struct_value.fields
    if SIGNATURE not in fields:
        return fields
    return fields_of(fields["value"]) if fields[SIGNATURE].string_value == SECRET else None


def text(fields: MutableMapping[str, Any] | None, key: str) -> str:
    """A string field; empty when absent. An unknown one is its marker, so it counts as given."""
    if fields is None or key not in fields:
        return ""
    value = fields[key]
    inner = fields_of_secret(value)
    return str((inner if inner is not None else value).string_value)


def fields_of_secret(value: Any) -> Any:
    if value.WhichOneof("kind") == "struct_value" and SIGNATURE in value.struct_value.fields:
        return value.struct_value.fields["value"]
    return None


async def check(request: Any, token: str, cluster: Cluster) -> None:
    """Complete `request.news` in place."""
    if kinds.is_list(token):
        raise Refused(
            "list resources exist for compatibility with YAML manifests and Helm charts, "
            "and cannot be created directly. Use the underlying resource type instead"
        )
    fields = request.news.fields
    api_version, kind = identify(fields, token)
    patch = kinds.is_patch(token, kind)
    metadata = metadata_fields(fields)
    old = fields_of(request.olds.fields["metadata"]) if "metadata" in request.olds.fields else None
    server_side = cluster.settings.server_side_apply
    if patch:
        refuse_patch(server_side, metadata)
    if metadata is not None:
        complete_metadata(request, metadata, old, server_side)
        if not text(metadata, "namespace") and await cluster.is_namespaced(api_version, kind):
            metadata["namespace"].string_value = cluster.default_namespace
    if (api_version, kind) == ("v1", "Secret"):
        for key in fields.keys() & {"data", "stringData"}:
            mark_secret(fields[key])
    if kind == DEFINITION:
        remember_definition(fields, cluster)


def complete_metadata(request: Any, metadata: MutableMapping[str, Any], old: MutableMapping[str, Any] | None, server_side: bool) -> None:
    for key in SERVER_SET:
        if key in metadata:
            del metadata[key]
    name(request, metadata, old, server_side)
    if not server_side:
        set_managed_by(metadata, old, bool(request.olds.fields))


def identify(fields: MutableMapping[str, Any], token: str) -> tuple[str, str]:
    api_version, kind = kinds.token_version(token)
    if "apiVersion" not in fields:
        fields["apiVersion"].string_value = api_version
    if "kind" not in fields:
        fields["kind"].string_value = kind
    return fields["apiVersion"].string_value, fields["kind"].string_value


def metadata_fields(fields: MutableMapping[str, Any]) -> MutableMapping[str, Any] | None:
    if "metadata" not in fields:
        fields["metadata"].struct_value.SetInParent()
    return fields_of(fields["metadata"])


def refuse_patch(server_side: bool, metadata: MutableMapping[str, Any] | None) -> None:
    if not server_side:
        raise Refused("patch resources require Server-Side Apply mode, which is enabled using the `enableServerSideApply` Provider config")
    if metadata is not None and not text(metadata, "name"):
        raise Refused("patch resources require the `.metadata.name` field to be set")


def name(request: Any, metadata: MutableMapping[str, Any], old: MutableMapping[str, Any] | None, server_side: bool) -> None:
    """Give a nameless object the name it had, or a new one of the resource's name; mark it as ours to change."""
    if text(metadata, "name"):
        return
    if text(metadata, "generateName"):
        if server_side:
            raise Refused("the `.metadata.generateName` field is not supported in Server-Side Apply mode")
        return
    if old is not None:
        if not text(fields_of(old["annotations"]) if "annotations" in old else None, naming.AUTONAMED):
            return
        metadata["name"].string_value = text(old, "name")
    else:
        metadata["name"].string_value = new_name(request)
    if "annotations" not in metadata:
        metadata["annotations"].struct_value.SetInParent()
    annotations = fields_of(metadata["annotations"])
    if annotations is not None:
        annotations[naming.AUTONAMED].string_value = "true"


def new_name(request: Any) -> str:
    if request.HasField("autonaming"):
        if request.autonaming.mode == DISABLED:
            raise Refused("autonaming is disabled, resource requires the .metadata.name field to be set")
        return str(request.autonaming.proposed_name)
    return naming.autoname(naming.urn_name(request.urn), request.randomSeed)


def set_managed_by(metadata: MutableMapping[str, Any], old: MutableMapping[str, Any] | None, existed: bool) -> None:
    """Label what client-side apply makes; what existed keeps its labels as they are."""
    if existed and not text(fields_of(old["labels"]) if old is not None and "labels" in old else None, MANAGED_BY):
        return
    if "labels" not in metadata:
        metadata["labels"].struct_value.SetInParent()
    labels = fields_of(metadata["labels"])
    if labels is not None:
        labels[MANAGED_BY].string_value = "pulumi"


def mark_secret(value: Any) -> None:
    kind = value.WhichOneof("kind")
    if kind == "string_value" and value.string_value == UNKNOWN_TEXT:
        return
    if kind == "struct_value" and SIGNATURE in value.struct_value.fields:
        return
    inner = type(value)()
    inner.CopyFrom(value)
    value.Clear()
    fields = value.struct_value.fields
    fields[SIGNATURE].string_value = SECRET
    fields["value"].CopyFrom(inner)


def remember_definition(fields: MutableMapping[str, Any], cluster: Cluster) -> None:
    spec = fields_of(fields["spec"]) if "spec" in fields else None
    names = fields_of(spec["names"]) if spec is not None and "names" in spec else None
    kind = text(names, "kind")
    if kind:
        cluster.add_definition(text(spec, "group"), kind, text(spec, "scope") == "Namespaced")
