"""What every component shares: common labels, and registering a plain manifest as a resource of the usual type."""

import copy
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import pulumi

Manifest = dict[str, Any]

# The engine chooses the plugin by this when a caller gave no provider of their own.
PROVIDER_VERSION = version("pulumi-kubernetes")
_MAX_HISTORY = 3
"""Revisions of a release that Helm keeps: the present one, and two to go back to."""


class KubernetesObject(pulumi.CustomResource):
    """A Kubernetes object registered from its manifest."""

    status: pulumi.Output[dict[str, Any] | None]
    """What the cluster says of it; there only where `register` was asked for it."""


def common_labels(name: str, *, component: str, part_of: str, team: str, environment: str, version: str) -> dict[str, str]:
    """The labels that every object and every pod of ours carries (requirements 3.7, design section 5)."""
    return {
        "app.kubernetes.io/name": name,
        "app.kubernetes.io/instance": name,
        "app.kubernetes.io/version": version,
        "app.kubernetes.io/component": component,
        "app.kubernetes.io/part-of": part_of,
        "app.kubernetes.io/managed-by": "causeway",
        "causeway.dev/team": team,
        "causeway.dev/environment": environment,
    }


def component_options(opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions | None:
    """The caller's options for the component itself. The engine would hand its `deleted_with` to all below: each child decides alone."""
    own = copy.copy(opts)
    if own:
        own.deleted_with = None
    return own


def child_options(
    parent: pulumi.Resource, opts: pulumi.ResourceOptions | None, depends_on: list[pulumi.Resource]
) -> pulumi.ResourceOptions:
    """Options for a child that goes with what its component goes with, if anything."""
    return pulumi.ResourceOptions(parent=parent, depends_on=depends_on, deleted_with=opts.deleted_with if opts else None)


def register(name: str, manifest: Manifest, opts: pulumi.ResourceOptions, outputs: tuple[str, ...] = ()) -> KubernetesObject:
    """Register `manifest` under the type that the SDK's own class has, so that state and plugins see the ordinary thing.

    `outputs` names the top-level fields that the caller wants back (`status`). Registering a manifest costs less
    than half of a typed class and its import (docs/adr/0003-resources-from-manifests.md).
    """
    opts.version = PROVIDER_VERSION
    if "namespace" not in manifest["metadata"]:
        opts.deleted_with = None
    if manifest["kind"] == "Secret":
        opts.additional_secret_outputs = ["data", "stringData"]
    return KubernetesObject(type_token(manifest), name, {**owned(manifest), **dict.fromkeys(outputs)}, opts)


def read(token: str, name: str, identifier: pulumi.Input[str], opts: pulumi.ResourceOptions) -> KubernetesObject:
    """What the cluster says of an object that something else applies; nothing before `identifier` (namespace/name) is known."""
    opts.version, opts.id = PROVIDER_VERSION, identifier
    return KubernetesObject(token, name, {"status": None}, opts)


def owned(manifest: Manifest) -> Manifest:
    """The manifest as the program applies it: what was changed by hand is taken back, not argued about, at the next `up`."""
    metadata = manifest["metadata"]
    annotations = {**metadata.get("annotations", {}), "pulumi.com/patchForce": "true"}
    return {**manifest, "metadata": {**metadata, "annotations": annotations}}


def release(chart: str, name: str, inputs: Mapping[str, Any], pin: Mapping[str, Any], opts: pulumi.ResourceOptions) -> pulumi.Resource:
    """Register a Helm release called `name` of a chart at its pin, the type that `kubernetes.helm.v3.Release` has.

    `inputs` are the rest, by their schema names. It is always uninstalled by itself: it has hooks, and objects outside its namespace.
    """
    opts.version = PROVIDER_VERSION
    opts.deleted_with = None
    pinned = {"chart": chart, "version": pin["version"], "repositoryOpts": {"repo": pin["repository"]}, "name": name}
    return pulumi.CustomResource("kubernetes:helm.sh/v3:Release", chart, {**pinned, "maxHistory": _MAX_HISTORY, **inputs}, opts)


def address(status: Mapping[str, Any] | None) -> str | None:
    """The address that the ingress controller published, None while it has published none."""
    published = (status or {}).get("loadBalancer", {}).get("ingress") or []
    return next((entry.get("ip") or entry.get("hostname") for entry in published), None)


def type_token(manifest: Mapping[str, Any]) -> str:
    """The Pulumi type of a manifest, for example `kubernetes:apps/v1:Deployment` or `kubernetes:core/v1:Service`."""
    api_version = manifest["apiVersion"]
    group_version = api_version if "/" in api_version else f"core/{api_version}"
    return f"kubernetes:{group_version}:{manifest['kind']}"


def child_name(component: str, manifest: Manifest, named: str | None = None) -> str:
    """The child's logical name, `<component>-<kind>`; what an object's own name adds stands between: `web-headless-service`.

    `named` is what the component's objects are called in the cluster, where that is not the component's own name.
    """
    kind = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in manifest["kind"])
    name, own = manifest["metadata"]["name"], named or component
    return f"{component}{name.removeprefix(own) if name.startswith(own) else ''}{kind}"
