"""Kubernetes objects that a cloud's platform makes for itself, and the rule by which volumes go before their namespace."""

from collections.abc import Sequence
from typing import Any

import pulumi

from components import _kit
from stack.settings import Settings

Manifest = dict[str, Any]
PART_OF = "causeway"
ADMISSION = "admissionregistration.k8s.io/v1"
VOLUMES_FIRST = "causeway-volumes-first"
MANAGED_BY = {"app.kubernetes.io/managed-by": "causeway"}
_GONE = (
    "params.spec.persistentVolumeReclaimPolicy != 'Delete' || !has(params.spec.claimRef)"
    " || params.spec.claimRef.namespace != object.metadata.name"
)


def volumes_first(labels: dict[str, str]) -> list[Manifest]:
    """No namespace of ours is gone before the disks that were claimed in it.

    A deleted claim is gone at once, its disk when the driver gets to it; nothing in Kubernetes waits for that, and a
    cluster that is deleted in between leaves the disk to be paid for. So the API server refuses the last step of a
    namespace's deletion while a volume claimed there is still to be deleted; Kubernetes takes that step again, at least
    once a minute, and `pulumi destroy` waits for it as for any deletion. Volumes that are to be kept (`Retain`) hold
    nothing up. Load balancers need no such rule: their Ingress or Service stays until its controller has removed them.
    """
    metadata = {"name": VOLUMES_FIRST, "labels": labels}
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["UPDATE"], "resources": ["namespaces/finalize"]}
    policy = {
        "failurePolicy": "Fail",
        "paramKind": {"apiVersion": "v1", "kind": "PersistentVolume"},
        "matchConstraints": {"objectSelector": {"matchLabels": MANAGED_BY}, "resourceRules": [rule]},
        "validations": [{"expression": _GONE, "messageExpression": "'volume ' + params.metadata.name + ' is still to be deleted'"}],
    }
    # Every volume is a parameter; without any there is nothing to wait for.
    volumes = {"selector": {}, "parameterNotFoundAction": "Allow"}
    binding = {"policyName": VOLUMES_FIRST, "validationActions": ["Deny"], "paramRef": volumes}
    return [
        {"apiVersion": ADMISSION, "kind": "ValidatingAdmissionPolicy", "metadata": metadata, "spec": policy},
        {"apiVersion": ADMISSION, "kind": "ValidatingAdmissionPolicyBinding", "metadata": metadata, "spec": binding},
    ]


def platform_labels(settings: Settings) -> dict[str, str]:
    """The labels of what the platform makes for itself."""
    return _kit.common_labels(
        "platform", component="platform", part_of=PART_OF, team=settings.team, environment=settings.environment.value, version="1"
    )


def make_objects(
    manifests: Sequence[Manifest], provider: pulumi.ProviderResource, depends_on: Sequence[pulumi.Resource] = ()
) -> tuple[pulumi.Resource, ...]:
    """Register the objects in their order, each after the one before."""
    made: list[pulumi.Resource] = []
    for manifest in manifests:
        options = pulumi.ResourceOptions(provider=provider, depends_on=made[-1:] or list(depends_on))
        made.append(_kit.register(_kit.child_name("platform", manifest), manifest, options))
    return tuple(made)
