"""What counts as the same object on both sides."""

import json
from typing import Any

import pytest

from local.bench.objects import SECRET, by_identity, difference, normal, sent

SERVICE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "web", "namespace": "bench", "uid": "1", "resourceVersion": "7", "labels": {"a": "b"}},
    "spec": {"clusterIP": "198.18.16.9", "clusterIPs": ["198.18.16.9"], "ports": [{"port": 80}]},
    "status": {"loadBalancer": {}},
}


def test_what_the_server_adds_does_not_count() -> None:
    """Two makings of one manifest are the same, whatever uid, version, address and status the server gave them."""
    again = {**SERVICE, "metadata": {**SERVICE["metadata"], "uid": "2", "resourceVersion": "9"}, "status": {}}
    again["spec"] = {**SERVICE["spec"], "clusterIP": "198.18.16.10", "clusterIPs": ["198.18.16.10"]}

    assert None is difference(by_identity([SERVICE]), by_identity([again]))


@pytest.mark.parametrize("change", [{"spec": {"ports": [{"port": 81}]}}, {"metadata": {"name": "web", "namespace": "bench"}}])
def test_what_the_program_gave_does_count(change: dict[str, Any]) -> None:
    """A different port or a missing label is a difference, and the object is named."""
    found = difference(by_identity([SERVICE]), by_identity([{**SERVICE, **change}]))

    assert "v1/Service/bench/web" in str(found)


def test_missing_object_is_a_difference() -> None:
    """An object that only one side has is named."""
    assert "missing" in str(difference(by_identity([SERVICE]), {}))


def test_only_kubernetes_objects_are_sent_to_the_peer() -> None:
    """Components and the provider are no objects: kubectl gets what the API server got."""
    resources = [
        {"type": "causeway:index:WorkloadPattern", "inputs": {}},
        {"type": "pulumi:providers:kubernetes", "custom": True, "inputs": {}},
        {"type": "kubernetes:core/v1:Service", "custom": True, "inputs": SERVICE},
    ]

    assert [SERVICE] == sent({"deployment": {"resources": resources}})


def test_revision_is_the_controllers() -> None:
    """An annotation that a controller writes does not make two objects different."""
    revised = {**SERVICE, "metadata": {**SERVICE["metadata"], "annotations": {"deployment.kubernetes.io/revision": "1"}}}

    assert normal(SERVICE) == normal(revised)


def test_what_was_sent_holds_secrets_as_they_are() -> None:
    """kubectl is given a Secret's values, and not the state's marks around them: neither those of one value nor those of all."""
    one = _secret("cGFzcw==")
    inputs = {"kind": "Secret", "data": _secret({"password": one}), "list": [one], "type": "Opaque"}
    state = {"deployment": {"resources": [{"custom": True, "type": "kubernetes:core/v1:Secret", "inputs": inputs}]}}

    assert [{"kind": "Secret", "data": {"password": "cGFzcw=="}, "list": ["cGFzcw=="], "type": "Opaque"}] == sent(state)


def _secret(value: Any) -> dict[str, str]:
    """As `pulumi stack export --show-secrets` writes a value."""
    return {SECRET: "1b47061264138c4ac30d75fd1eb44270", "plaintext": json.dumps(value)}
