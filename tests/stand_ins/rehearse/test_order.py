"""What a rehearsal judges and plays, without an engine."""
# ruff: noqa: E501  (a case on one line reads as a table)

import json
from pathlib import Path

import pytest

from local.toolchain.pins import versions
from stand_ins.rehearse import commands, controllers, login, report, stage
from stand_ins.rehearse.engine import Step
from stand_ins.rehearse.order import disorder, unbound
from stand_ins.rehearse.stack import copied, is_managed, tools
from workspace.home import REPOSITORY
from workspace.progress import Problem

STACK = "urn:pulumi:eks::causeway::"
CLUSTER, INGRESS, SUBNET, ENTRY = (
    Step("delete", "", f"{STACK}{rest}")
    for rest in (
        "causeway:index:EksCluster$aws:eks/cluster:Cluster::cluster",
        "causeway:index:Shop$kubernetes:networking.k8s.io/v1:Ingress::web",
        "causeway:index:EksNetwork$aws:ec2/subnet:Subnet::private",
        "causeway:index:EksCluster$aws:eks/accessEntry:AccessEntry::admin",
    )
)
NAMESPACE = Step("delete", "", f"{STACK}causeway:index:RestrictedNamespace$kubernetes:core/v1:Namespace::shop-namespace")
OTHER = Step("delete", "", f"{STACK}causeway:index:RestrictedNamespace$kubernetes:core/v1:Namespace::monitoring-namespace")
VOLUME = Step("delete", "", "rehearsal:index:Volume::/api/v1/namespaces/shop/persistentvolumeclaims/data-0")
GONE = "went before rehearsal:index:Volume::/api/v1/namespaces/shop/persistentvolumeclaims/data-0, which nobody could then take away"
SECRETS_KEY = Step("delete", "", f"{STACK}causeway:index:EksKeys$aws:kms/key:Key::secrets-key")
THINGS = {
    "aws:eks/cluster:Cluster|c": {"outputs": {"name": "c", "arn": "arn:aws:eks:eu-central-1:1:cluster/c"}},
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation|c#a": {"inputs": {"clusterName": "c"}},
}
ASKED = ["--region", "eu-central-1", "eks", "get-token", "--cluster-name", "c", "--output", "json"]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([INGRESS, ENTRY, CLUSTER, SUBNET], []),
        ([INGRESS, ENTRY, SECRETS_KEY, CLUSTER, SUBNET], []),
        ([CLUSTER, INGRESS, SUBNET], ["aws:eks/cluster:Cluster::cluster went before kubernetes:networking.k8s.io/v1:Ingress::web, which needs it"]),
        ([ENTRY, INGRESS, CLUSTER], ["aws:eks/accessEntry:AccessEntry::admin went before kubernetes:networking.k8s.io/v1:Ingress::web, which needs it"]),
        ([INGRESS, SUBNET, CLUSTER], ["aws:ec2/subnet:Subnet::private went before aws:eks/cluster:Cluster::cluster, which needs it"]),
        ([INGRESS], ["no cluster was deleted"]),
        ([INGRESS, OTHER, VOLUME, NAMESPACE, CLUSTER], []),
        ([INGRESS, NAMESPACE, VOLUME, CLUSTER], [f"kubernetes:core/v1:Namespace::shop-namespace {GONE}"]),
        ([INGRESS, NAMESPACE, CLUSTER, VOLUME], [f"kubernetes:core/v1:Namespace::shop-namespace {GONE}", f"aws:eks/cluster:Cluster::cluster {GONE}"]),
    ],
)  # fmt: skip
def test_order(steps: list[Step], expected: list[str]) -> None:
    """Issue 8, item 3: what is in the cluster goes before it and before its administrators, the network after it."""
    assert expected == disorder(steps)


def test_order_that_nothing_guarantees() -> None:
    """Issue 8, item 3: a dependency that is missing is found though a destroy may have been right by chance."""
    bound = {INGRESS.urn: [ENTRY.urn], ENTRY.urn: [CLUSTER.urn], CLUSTER.urn: [SUBNET.urn], SUBNET.urn: []}

    assert [] == unbound(bound)
    assert ["aws:eks/cluster:Cluster::cluster does not depend on aws:ec2/subnet:Subnet::private: it could outlive it"] == unbound(
        {**bound, CLUSTER.urn: []}
    )


@pytest.mark.parametrize(
    ("words", "refused"),
    [(ASKED, False), ([*ASKED[:5], "other", *ASKED[6:]], True), (["s3", "ls"], True), (["--region", "us-east-1", *ASKED[2:]], True)],
)
def test_login_refuses_what_aws_would(words: list[str], refused: bool) -> None:
    """A token is for a cluster that exists, in its region, and for the one command that the kubeconfig names."""
    assert refused == bool(login.refusal("aws", words, THINGS))


def test_login_without_an_administrator() -> None:
    """Nobody enters a cluster that has no access entry: objects are made after it and deleted before it."""
    alone = {key: thing for key, thing in THINGS.items() if "Cluster|" in key}

    assert "Unauthorized" in str(login.refusal("aws", ASKED, alone))


def test_login_before_the_cluster() -> None:
    """Google's plugin gives no token while there is no cluster."""
    assert "there is no cluster" == login.refusal("gke-gcloud-auth-plugin", [], {})


@pytest.mark.parametrize(
    ("ingress", "served"),
    [
        ({"metadata": {}, "spec": {"ingressClassName": "alb"}}, True),
        ({"metadata": {}, "spec": {"ingressClassName": "nginx"}}, False),
        ({"metadata": {"annotations": {"kubernetes.io/ingress.class": "gce"}}, "spec": {}}, True),
        ({"metadata": {"annotations": {"kubernetes.io/ingress.class": "gce-internal"}}, "spec": {}}, True),
        ({"metadata": {"annotations": {"kubernetes.io/ingress.class": "gce"}}, "spec": {"ingressClassName": "gce"}}, False),
    ],
)
def test_which_ingresses_a_cloud_serves(ingress: dict[str, dict[str, object]], served: bool) -> None:
    """Auto Mode goes by the class, GKE by the annotation alone, as the real controllers do."""
    assert served == controllers.is_served(ingress)


@pytest.mark.parametrize(
    ("metadata", "remaining", "expected"),
    [({}, None, False), ({"deletionTimestamp": "x"}, None, True), ({"deletionTimestamp": "x"}, "True", True), ({"deletionTimestamp": "x"}, "False", False)],
)  # fmt: skip
def test_disk_is_the_last_to_go(metadata: dict[str, str], remaining: str | None, expected: bool) -> None:
    """Issue 8, item 3: the played driver waits for the rest of a namespace, so that one that does not wait for the disk is gone before it."""
    conditions = [{"type": "NamespaceContentRemaining", "status": remaining}] if remaining else []

    assert expected == controllers.is_emptying({"metadata": metadata, "status": {"conditions": conditions}})


def test_rehearsed_parts_are_labelled() -> None:
    """Issue 8, item 3: the end table says of each part whether it was real."""
    for target in ("eks", "gke"):
        real = {row.part: row.real for row in report.parts(target)}

        assert {True, False} == set(real.values())
        assert not real[f"{report.CLOUD[target]} provider"]
        assert not any(row.real for row in report.parts(target, list(report.PROGRAMS)) if row.part not in real)


def test_fresh_cluster_of_each_cloud() -> None:
    """Three zones on both; Auto Mode brings its own kind and no storage class, GKE the other way round."""
    assert 3 == len({node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in stage.nodes("eks")})
    assert (1, 0) == (len(stage.definitions("eks")), len(stage.storage_classes("eks")))
    assert (0, 2) == (len(stage.definitions("gke")), len(stage.storage_classes("gke")))


@pytest.mark.parametrize(("target", "package"), [("eks", "aws"), ("gke", "gcp")])
def test_sdk_and_plugin_have_one_version(target: str, package: str) -> None:
    """The classes that inputs are held to are those of the plugin that a real run uses."""
    required = (REPOSITORY / f"requirements/{target}.txt").read_text()

    assert f"pulumi-{package}=={versions()['plugins'][package]}" in required
    assert json.dumps(stage.sdk(package).version).strip('"') == versions()["plugins"][package]


WELL = {"name": "web", "healthy": True, "state": "ready"}
ANSWERS = {"status": {"workloads": [WELL]}, "urls": {"urls": [{"name": "shop"}]}, "secrets": {"secrets": [{"name": "a"}, {"name": "b"}]}}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"status": {"workloads": [WELL, {**WELL, "name": "worker", "healthy": False, "state": "0 of 1 ready"}]}},
            "worker is 0 of 1 ready",
        ),
        ({"urls": {"urls": []}}, "shows no URLs"),
        ({"secrets": {"secrets": []}}, "shows no secrets"),
    ],
)
def test_look(change: dict[str, dict[str, list[object]]], expected: str) -> None:
    """Issue 8, item 7: a workload that is ill, and a command that shows nothing, end a rehearsal."""
    assert "healthy workloads: 1, URLs: 1, secrets: 2" == commands.judge(ANSWERS)
    with pytest.raises(Problem, match=expected):
        commands.judge({**ANSWERS, **change})


CONTENT = {
    "config": {"causeway:platform": "eks", "causeway:seed": {"secure": "v1:x"}, "causeway:gitops": {"enabled": True, "token": {"secure": "v1:y"}}},
    "encryptionsalt": "v1:z",
    "secretsprovider": "awskms://alias/k",
}  # fmt: skip


def test_stack_file_of_its_owner(tmp_path: Path) -> None:
    """Issue 8, item 3: any stack file is rehearsed, from a copy without what only its owner can decrypt; the file stays as it is."""
    file = tmp_path / "Pulumi.mine.yaml"
    file.write_text(json.dumps(CONTENT))
    copy, left_out = copied("eks", file, tmp_path)
    copy.set("causeway:eks", "deletionProtection", False)

    assert ["causeway:seed", "causeway:gitops.token"] == left_out
    assert {
        "causeway:platform": "eks",
        "causeway:gitops": {"enabled": True},
        "causeway:eks": {"deletionProtection": False},
    } == copy.settings
    assert CONTENT == json.loads(file.read_text())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("config: {causeway:platform: gke}", "causeway:platform is 'gke', and 'eks' is to be rehearsed"),
        ("config: [", "line 2: is not YAML"),
        ("{}", "has no settings"),
        (None, "is missing"),
    ],
)
def test_stack_file_that_cannot_be_rehearsed(text: str | None, expected: str, tmp_path: Path) -> None:
    """What is no stack file of the target is one line that names the file."""
    file = tmp_path / "Pulumi.mine.yaml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(Problem, match=expected) as refused:
        copied("eks", file, tmp_path)

    assert 1 == len(str(refused.value).splitlines())


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, ["prometheus-operator"]),
        ({"causeway:gitops": {"enabled": True}}, ["prometheus-operator", "argo-cd"]),
        ({"causeway:secrets": {"level": "native", "candidate": "sealed"}}, ["prometheus-operator", "sealed-secrets"]),
        ({"causeway:secrets": {"level": "external"}}, ["prometheus-operator", "external-secrets"]),
        ({"causeway:secrets": {"level": "native", "previous": "vault"}}, ["prometheus-operator", "external-secrets"]),
    ],
)
def test_tools_of_a_stack(more: dict[str, object], expected: list[str], tmp_path: Path) -> None:
    """Issue 8, item 3: what a stack's own charts need is there, and nothing is built for a chart that it does not have."""
    file = tmp_path / "Pulumi.mine.yaml"
    file.write_text(json.dumps({"config": {"causeway:platform": "eks", **more}}))

    assert expected == tools(file)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"causeway:platform": "gke", "causeway:gke": {}}, True),
        ({"causeway:platform": "gke", "causeway:gke": {"mode": "standard"}}, False),
        ({"causeway:platform": "eks", "causeway:eks": {}}, False),
    ],
)
def test_cluster_whose_kube_system_is_managed(config: dict[str, object], expected: bool, tmp_path: Path) -> None:
    """Issue 8, item 3: a rehearsal of Autopilot refuses what Google's warden does."""
    file = tmp_path / "Pulumi.mine.yaml"
    file.write_text(json.dumps({"config": config}))

    assert expected == is_managed(file)
