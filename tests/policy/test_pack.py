"""The policy pack: the constructor's rules over any stack's objects."""

import runpy
from types import SimpleNamespace
from typing import Any

import pulumi_policy
import pytest
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError, unknown_checking_proxy

from components.workload import render
from components.workload.rules import judge
from policy.manifests import manifest
from tests.components.workload.samples import SAMPLES, one
from tests.stacks.program import REPOSITORY, run_stack


@pytest.fixture
def policies(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The pack's policies by name; the pack itself would start a server."""
    made: list[dict[str, Any]] = []
    monkeypatch.setattr(pulumi_policy, "PolicyPack", lambda **given: made.append(given))
    runpy.run_path(str(REPOSITORY / "policy/__main__.py"))
    return {policy.name: policy for policy in made[0]["policies"]}


def _resource(made: dict[str, Any]) -> SimpleNamespace:
    """The resource as the pack's server hands it to a policy."""
    group_version = made["apiVersion"] if "/" in made["apiVersion"] else f"core/{made['apiVersion']}"
    return SimpleNamespace(resource_type=f"kubernetes:{group_version}:{made['kind']}", props=unknown_checking_proxy(made))


def _violations(policies: dict[str, Any], objects: list[dict[str, Any]]) -> list[str]:
    """What both policies report over some objects."""
    reported: list[str] = []
    resources = [_resource(made) for made in objects]
    for resource in resources:
        policies["workload-objects"].validate(resource, reported.append)
    policies["workload-stack"].validate(SimpleNamespace(resources=resources), reported.append)
    return reported


def test_object_is_judged(policies: dict[str, Any]) -> None:
    """An object that somebody else wrote breaks the same rule by the same name."""
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "x"},
        "spec": {"template": {"spec": {"hostNetwork": True}}},
    }
    reported: list[str] = []
    policies["workload-objects"].validate(_resource(deployment), reported.append)

    assert [message for message in reported if message.startswith("host-namespaces: ")]


def test_stack_is_judged(policies: dict[str, Any]) -> None:
    """Objects that do not fit together are found over the whole stack."""
    made = [*render("sample", SAMPLES["worker"]), one(render("sample", SAMPLES["stateless"]), "Service")]  # type: ignore[index]
    reported: list[str] = []
    policies["workload-stack"].validate(SimpleNamespace(resources=[_resource(each) for each in made]), reported.append)

    assert [message for message in reported if message.startswith("service-on-worker: Service sample: ")]


@pytest.mark.parametrize("pattern", SAMPLES)
def test_our_own_objects_pass(policies: dict[str, Any], pattern: Any) -> None:
    """What the constructor makes, the pack lets through."""
    assert [] == _violations(policies, render("sample", SAMPLES[pattern]))


@pytest.mark.usefixtures("home")
def test_our_own_stack_passes(policies: dict[str, Any]) -> None:
    """The pack runs over any stack: this repository's, with every part switched on, is no exception."""
    assert [] == _violations(policies, run_stack("minikube").manifests())


def test_an_exception_has_a_reason(policies: dict[str, Any]) -> None:
    """An annotation that says why takes an object out of one rule, of one object and of several; an empty one does not."""
    bare = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "x"}, "spec": {"template": {"spec": {"hostPID": True}}}}

    def rules(reason: str) -> set[str]:
        annotations = {f"causeway.dev/allow-{rule}": reason for rule in ("host-namespaces", "missing-network-policy")}
        return {
            found.partition(":")[0] for found in _violations(policies, [{**bare, "metadata": {"name": "x", "annotations": annotations}}])
        }

    assert {"host-namespaces", "missing-network-policy"} == rules(" ") - rules("It traces every process of the node.")


def test_what_is_not_known_yet_hides_nothing(policies: dict[str, Any]) -> None:
    """During a preview a value may be unknown: the rules that do not need it judge, and Pulumi hears of those that do."""
    container = {"name": "x", "image": "postgres:15.20", "env": [{"name": UNKNOWN_STRING_VALUE, "value": UNKNOWN_STRING_VALUE}]}
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "x"},
        "spec": {"template": {"spec": {"containers": [container], "restartPolicy": "Never"}}},
    }
    reported: list[str] = []
    with pytest.raises(UnknownValueError):
        policies["workload-objects"].validate(_resource(deployment), reported.append)

    # The first rule of all, and the last that looks at a Deployment's pods, after the one that met the unknown value.
    assert {"database-image", "restart-policy"} <= {found.partition(":")[0] for found in reported}


def test_type_completes_the_object() -> None:
    """A typed resource may leave kind and API version to its type."""
    assert {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {}, "spec": {}} == manifest("kubernetes:apps/v1:Deployment", {})
    assert "v1" == (manifest("kubernetes:core/v1:Service", {}) or {})["apiVersion"]


@pytest.mark.parametrize("other", ["aws:s3:Bucket", "kubernetes:helm.sh/v3:Release", "kubernetes:yaml/v2:ConfigFile"])
def test_other_resources_are_left_alone(other: str) -> None:
    """Only Kubernetes objects are judged."""
    assert manifest(other, {}) is None


def test_an_empty_object_is_judged_without_a_traceback() -> None:
    """A rule over any stack meets objects that lack everything."""
    kinds = (
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "Job",
        "CronJob",
        "Pod",
        "Service",
        "Ingress",
        "NetworkPolicy",
        "HorizontalPodAutoscaler",
    )

    assert list(judge([{"apiVersion": "x", "kind": kind, "metadata": {}, "spec": {}} for kind in kinds]))
