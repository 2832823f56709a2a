"""Who owns which field: conflicts explained, fields taken over from other tools, ownership given up."""

from typing import Any

from stand_ins.plugins.kubernetes.client import APPLY, JSON_PATCH, ApiClient, ApiError

# Managers whose fields become ours at the first update: kubectl, and this provider before server-side apply.
PREDECESSORS = frozenset(
    {
        ("kubectl", "Apply"),
        ("kubectl", "Update"),
        ("before-first-apply", "Update"),
        ("pulumi-kubernetes", "Update"),
        ("pulumi-kubernetes.exe", "Update"),
        ("pulumi-resource-kubernetes", "Update"),
    }
)
CLIENT_SIDE = frozenset({"pulumi-kubernetes", "pulumi-kubernetes.exe", "pulumi-resource-kubernetes"})
HELP = (
    "https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/"
    "managing-resources-with-server-side-apply/#handle-field-conflicts-on-existing-resources"
)


def explained(error: ApiError, manager: str) -> ApiError:
    """An apply conflict with both managers named; any other error as it is."""
    if error.status != 409 or error.reason != "Conflict":
        return error
    lines = [f"server-side apply field conflict detected, see {HELP} for troubleshooting help"]
    lines.append(f'The resource managed by field manager "{manager}" had an apply conflict: {error}')
    return ApiError(error.status, {"message": "\n".join(lines), "reason": error.reason, "details": error.details})


def has_client_side_manager(live: dict[str, Any]) -> bool:
    entries = live["metadata"].get("managedFields") or []
    return any(entry["operation"] == "Update" and entry["manager"] in CLIENT_SIDE for entry in entries)


async def take_over(client: ApiClient, path: str, live: dict[str, Any], manager: str) -> None:
    """Put the predecessors' fields under our manager, or their values would conflict with ours."""
    entries = live["metadata"].get("managedFields") or []
    taken = merged_entries(entries, manager)
    if taken != entries:
        operations = [
            {"op": "test", "path": "/metadata/resourceVersion", "value": live["metadata"]["resourceVersion"]},
            {"op": "replace", "path": "/metadata/managedFields", "value": taken},
        ]
        await client.request("PATCH", path, operations, JSON_PATCH)


def merged_entries(entries: list[dict[str, Any]], manager: str) -> list[dict[str, Any]]:
    """managedFields in which our manager's applied entry has swallowed those of its predecessors."""
    ours: dict[str, Any] | None = None
    others: list[dict[str, Any]] = []
    for entry in entries:
        own = entry["manager"] == manager and entry["operation"] == "Apply"
        old = (entry["manager"], entry["operation"]) in PREDECESSORS
        if entry.get("subresource") or not (own or old):
            others.append(entry)
        elif ours is None:
            ours = {**entry, "manager": manager, "operation": "Apply"}
        else:
            ours = {**ours, "fieldsV1": union(ours["fieldsV1"], entry["fieldsV1"])}
    return entries if ours is None or ours in entries else [ours, *others]


def union(left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    return {key: union(left.get(key, {}), right.get(key, {})) for key in left.keys() | right.keys()}


def without_ignored(item: dict[str, Any], live: dict[str, Any], manager: str, ignored: list[str]) -> dict[str, Any]:
    """The manifest with `ignore_changes` fields as the cluster has them, or left out where only others own them."""
    for path in ignored:
        keys = path.split(".")
        current = get_path(live, keys)
        if foreign(live, manager, keys):
            item = set_path(item, keys, ABSENT)
        elif current is not ABSENT:
            item = set_path(item, keys, current)
    return item


ABSENT = object()


def foreign(live: dict[str, Any], manager: str, keys: list[str]) -> bool:
    owners = {entry["manager"] for entry in live["metadata"].get("managedFields") or [] if owns(entry.get("fieldsV1", {}), keys)}
    return bool(owners) and manager not in owners


def owns(fields: dict[str, Any], keys: list[str]) -> bool:
    for key in keys:
        if f"f:{key}" not in fields:
            return False
        fields = fields[f"f:{key}"]
    return True


def get_path(item: Any, keys: list[str]) -> Any:
    for key in keys:
        if not isinstance(item, dict) or key not in item:
            return ABSENT
        item = item[key]
    return item


def set_path(item: dict[str, Any], keys: list[str], value: Any) -> dict[str, Any]:
    """`item` with the value at a path, or without the path when the value is ABSENT."""
    key, *rest = keys
    if not rest:
        kept = {name: old for name, old in item.items() if name != key}
        return kept if value is ABSENT else {**item, key: value}
    child = item.get(key)
    if not isinstance(child, dict):
        return item if value is ABSENT or child is not None else {**item, key: set_path({}, rest, value)}
    return {**item, key: set_path(child, rest, value)}


async def relinquish(client: ApiClient, path: str, item: dict[str, Any], manager: str) -> None:
    """Give up every field a manager owns; what nobody else owns returns to its default."""
    metadata = {key: item["metadata"][key] for key in ("name", "namespace") if item["metadata"].get(key)}
    empty = {"apiVersion": item["apiVersion"], "kind": item["kind"], "metadata": metadata}
    await client.request("PATCH", path, empty, APPLY, {"fieldManager": manager, "force": "false"})
