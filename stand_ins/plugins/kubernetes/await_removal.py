"""Why an object that is being deleted is still there, in words: what is left in it, whose finalizers, which pods."""

from typing import Any

from stand_ins.plugins.kubernetes.await_diagnosis import label_selector, pod_state
from stand_ins.plugins.kubernetes.client import ApiClient, ApiError, Unreachable

FOREGROUND = "foregroundDeletion"
MOST = 3
"""Objects of one kind that are named; the rest are counted."""


async def holding(client: ApiClient, item: dict[str, Any]) -> list[str]:
    """What keeps `item`, as far as it can be seen; only its own finalizers where the server does not answer."""
    try:
        return [*await _contents(client, item), *_finalizers(item)]
    except (ApiError, Unreachable) as error:
        return [f"what is left could not be asked: {error}", *_finalizers(item)]


def still(item: dict[str, Any], seconds: float, reasons: list[str]) -> str:
    """One line about a deletion that takes its time."""
    return f"{item['kind']} {item['metadata']['name']} is still there after {seconds:.0f} s: {'; '.join(reasons) or 'nothing says why'}"


async def definitions(client: ApiClient, release: str) -> list[str]:
    """The definitions of a Helm release that are being deleted, and what keeps each."""
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    try:
        found = (await client.request("GET", path))["items"]
    except (ApiError, Unreachable):
        return []
    going = [item for item in found if "deletionTimestamp" in item["metadata"] and _release(item) == release]
    return [
        f"{item['metadata']['name']}: {reason}"
        for item in going
        for reason in await holding(client, {**item, "kind": "CustomResourceDefinition"})
    ]


async def _contents(client: ApiClient, item: dict[str, Any]) -> list[str]:
    metadata, found = item["metadata"], []
    if item["kind"] == "Namespace":
        from workspace.holding import kinds_left  # a deletion that is in time needs none of it

        for kind in kinds_left(item):
            plural, _, group = kind.partition(".")
            found += _named(kind, await _listed(client, group, plural, f"/namespaces/{metadata['name']}"))
    elif item["kind"] == "CustomResourceDefinition":
        spec = item["spec"]
        found += _named(metadata["name"], await _listed(client, spec["group"], spec["names"]["plural"], ""))
    elif selector := label_selector(item):
        path = f"/api/v1/namespaces/{metadata['namespace']}/pods"
        found += [pod_state(pod) for pod in (await client.request("GET", path, query={"labelSelector": selector}))["items"][:MOST]]
    return found


async def _listed(client: ApiClient, group: str, plural: str, where: str) -> list[dict[str, Any]]:
    """Every object of a kind, by the version that the server prefers; none where the kind is gone."""
    try:
        version = f"apis/{(await client.request('GET', f'/apis/{group}'))['preferredVersion']['groupVersion']}" if group else "api/v1"
        return list((await client.request("GET", f"/{version}{where}/{plural}"))["items"])
    except ApiError as error:
        if error.status == 404:
            return []
        raise


def _named(kind: str, items: list[dict[str, Any]]) -> list[str]:
    """The objects of one kind by name, with what keeps each; those with a finalizer first."""
    items = sorted(items, key=lambda item: not item["metadata"].get("finalizers"))
    if kind == "pods":
        found = [pod_state(item) for item in items[:MOST]]
    else:
        found = [" ".join([kind, item["metadata"]["name"], *(f"({word})" for word in _finalizers(item))]) for item in items[:MOST]]
    return [*found, f"{len(items) - MOST} more of {kind}"] if len(items) > MOST else found


def _finalizers(item: dict[str, Any]) -> list[str]:
    names = item["metadata"].get("finalizers") or []
    words = [f"finalizer {', '.join(name for name in names if name != FOREGROUND)}"] if set(names) - {FOREGROUND} else []
    return [*words, *(["what it owns goes first"] if FOREGROUND in names else [])]


def _release(item: dict[str, Any]) -> str:
    return str((item["metadata"].get("annotations") or {}).get("meta.helm.sh/release-name", ""))
