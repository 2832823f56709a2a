"""Check: names, namespaces and refusals."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from stand_ins.plugins.kubernetes import checking
from stand_ins.plugins.kubernetes.cluster import Cluster
from stand_ins.plugins.kubernetes.properties import UNKNOWN, Secret, decode, encode
from stand_ins.plugins.kubernetes.settings import ProviderSettings

POD = "kubernetes:core/v1:Pod"


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    file = tmp_path / "kubeconfig"
    context = "{name: x, context: {cluster: c, namespace: shop}}"
    file.write_text(f"{{clusters: [{{name: c, cluster: {{server: 'http://localhost:1'}}}}], contexts: [{context}], current-context: x}}")
    return Cluster(ProviderSettings(kubeconfig=str(file)))


def checked(cluster: Cluster, news: dict[str, Any], olds: dict[str, Any] | None = None, token: str = POD) -> dict[str, Any]:
    urn = f"urn:pulumi:dev::p::{token}::web"
    request = provider_pb2.CheckRequest(urn=urn, news=encode(news), olds=encode(olds or {}), randomSeed=b"seed")
    asyncio.run(checking.check(request, token, cluster))
    return decode(request.news)


def test_identity_is_completed(cluster: Cluster) -> None:
    """apiVersion and kind come from the type, the namespace from the kubeconfig's context."""
    result = checked(cluster, {"metadata": {"name": "a"}})

    assert ("v1", "Pod", {"name": "a", "namespace": "shop"}) == (result["apiVersion"], result["kind"], result["metadata"])


def test_auto_name(cluster: Cluster) -> None:
    """A nameless object is named after its resource, is marked so, and keeps that name afterwards."""
    first = checked(cluster, {})
    second = checked(cluster, {}, first)

    assert first["metadata"]["name"].startswith("web-")
    assert {"pulumi.com/autonamed": "true"} == first["metadata"]["annotations"]
    assert first == second


def test_a_name_that_is_not_known_yet_counts_as_given(cluster: Cluster) -> None:
    """A name computed from another resource is not replaced by an auto-name in a preview."""
    assert UNKNOWN is checked(cluster, {"metadata": {"name": UNKNOWN}})["metadata"]["name"]
    assert UNKNOWN is checked(cluster, {"metadata": UNKNOWN})["metadata"]


def test_cluster_scoped_kinds_get_no_namespace(cluster: Cluster) -> None:
    """A Namespace is in no namespace."""
    assert "namespace" not in checked(cluster, {"metadata": {"name": "a"}}, token="kubernetes:core/v1:Namespace")["metadata"]


def test_scope_of_a_definition_in_the_same_program(cluster: Cluster) -> None:
    """A cluster-scoped custom resource gets no namespace, though the server does not know its kind yet."""
    names = {"plural": "tabs", "kind": "Tab"}
    spec = {"group": "example.com", "scope": "Cluster", "names": names}
    checked(cluster, {"spec": spec}, token="kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition")

    assert "namespace" not in checked(cluster, {"metadata": {"name": "a"}}, token="kubernetes:example.com/v1:Tab")["metadata"]


def test_the_data_of_a_secret_becomes_secret(cluster: Cluster) -> None:
    """A Secret's data is marked before it can reach the state."""
    token = "kubernetes:core/v1:Secret"

    result = checked(cluster, {"stringData": {"a": "x"}, "data": Secret({"b": "eA=="})}, token=token)

    assert (Secret({"a": "x"}), Secret({"b": "eA=="})) == (result["stringData"], result["data"])


def test_what_only_the_server_writes_is_dropped(cluster: Cluster) -> None:
    """Fields copied from a live object do not come back as inputs."""
    result = checked(cluster, {"metadata": {"name": "a", "uid": "1", "resourceVersion": "2"}})

    assert {"name", "namespace"} == result["metadata"].keys()


@pytest.mark.parametrize(
    ("token", "news", "words"),
    [
        ("kubernetes:core/v1:PodList", {}, "list resources"),
        ("kubernetes:core/v1:ConfigMapPatch", {"kind": "ConfigMap"}, "metadata.name"),
        (POD, {"metadata": {"generateName": "a-"}}, "generateName"),
    ],
)
def test_refusals(cluster: Cluster, token: str, news: dict[str, Any], words: str) -> None:
    """What cannot work is refused by name before anything is sent."""
    with pytest.raises(checking.Refused, match=words):
        checked(cluster, news, token=token)
