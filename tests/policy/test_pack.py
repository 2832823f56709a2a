"""The policy pack: the constructor's rules over any stack's objects."""

import runpy
from types import SimpleNamespace
from typing import Any

import pulumi_policy
import pytest

from components.workload import render
from components.workload.rules import judge
from policy.manifests import manifest
from tests.components.workload.samples import SAMPLES, one
from tests.stacks.program import REPOSITORY


@pytest.fixture
def policies(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The pack's policies by name; the pack itself would start a server."""
    made: list[dict[str, Any]] = []
    monkeypatch.setattr(pulumi_policy, "PolicyPack", lambda **given: made.append(given))
    runpy.run_path(str(REPOSITORY / "policy/__main__.py"))
    return {policy.name: policy for policy in made[0]["policies"]}


def _resource(made: dict[str, Any]) -> SimpleNamespace:
    group_version = made["apiVersion"] if "/" in made["apiVersion"] else f"core/{made['apiVersion']}"
    return SimpleNamespace(resource_type=f"kubernetes:{group_version}:{made['kind']}", props=made)


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
    reported: list[str] = []
    resources = [_resource(made) for made in render("sample", SAMPLES[pattern])]
    for resource in resources:
        policies["workload-objects"].validate(resource, reported.append)
    policies["workload-stack"].validate(SimpleNamespace(resources=resources), reported.append)

    assert [] == reported


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
