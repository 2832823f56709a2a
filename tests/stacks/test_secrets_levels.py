"""The ladder in whole stacks: no workload differs between the levels, and what is missing is said before anything is made."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components import SecretsLevel, SecretsStore, Shop
from components.secrets import vault
from components.secrets.sealing_keys import format_escrow, new_sealing_key, parse
from components.shop import database_secret
from stack import settings
from stack.parts import secrets as ladder
from tests.components.secrets.samples import inputs, sealing_key
from tests.recorder import Recording, run
from tests.stacks.clouds import ANSWERS
from tests.stacks.program import FRONT_DOOR, REPOSITORY, _program, stack_config

SECRETS_KINDS = {"Secret", "SealedSecret", "SecretStore", "ExternalSecret", "PushSecret"}
pytestmark = pytest.mark.usefixtures("home")


def shop(level: SecretsLevel) -> Recording:
    """The shop with its Secrets at one level."""

    def build() -> None:
        store = SecretsStore("secrets", inputs(level, secrets=database_secret("shop")))
        wanted: Any = {
            "namespace": "shop",
            "shop_image": "causeway/shop:1.0.0",
            "postgres_image": "postgres:15.20",
            "secrets_version": store.versions.apply(lambda versions: versions["shop-database"]),
        }
        Shop("shop", wanted, pulumi.ResourceOptions(depends_on=[store]))

    return run(build)


def workloads(recording: Recording) -> list[str]:
    """Every object in the namespaces of workloads but what brings Secrets into them, sorted: the order of registering is chance."""
    manifests = [manifest for manifest in recording.manifests() if manifest["kind"] not in SECRETS_KINDS]
    inside = [one for one in manifests if (one["metadata"].get("namespace") or one["metadata"]["name"]) in ("shop", "monitoring")]
    return sorted(json.dumps(one, sort_keys=True) for one in inside if one["metadata"]["name"] != vault.ACCOUNT)


def test_no_workload_differs_between_the_levels() -> None:
    """Issue 7, 1; 4.08: the four levels give the same workload objects, byte for byte."""
    made = [workloads(shop(level)) for level in SecretsLevel]

    assert len(made[0]) > 15
    assert all(objects == made[0] for objects in made)


def whole(stack: str, secrets: dict[str, Any], **config: str) -> Recording:
    given = stack_config(REPOSITORY / f"Pulumi.{stack}.yaml") | {"causeway:secrets": json.dumps(secrets)}
    given |= {f"causeway:{key}": value for key, value in config.items()}
    return run(_program, config=given, states={**FRONT_DOOR, **ANSWERS}, stack=stack)


@pytest.mark.parametrize(("mode", "expected"), [("autopilot", "sealed-secrets"), ("standard", "kube-system")])
def test_sealed_where_kube_system_is_managed(home: Path, mode: str, expected: str) -> None:
    """Issue 8, item 1: Autopilot lets nobody put anything into kube-system, so nothing of the stack goes there."""
    (home / "sealing-keys").write_text(format_escrow([sealing_key()]))
    gke = json.loads(stack_config(REPOSITORY / "Pulumi.gke.yaml")["causeway:gke"])
    made = whole("gke", {"level": "sealed"}, gke=json.dumps({**gke, "mode": mode}))
    (release,) = (one.inputs for one in made.resources if one.name == "sealed-secrets" and "chart" in one.inputs)
    inside = [made["kind"] for made in made.manifests() if made["metadata"].get("namespace") == "kube-system"]

    assert expected == release["namespace"]
    assert (mode == "standard") == bool(inside)


def test_whole_stack_on_a_cloud(home: Path) -> None:
    """4.06, 4.08: on EKS the levels native, sealed and external leave every other object as it is."""
    seed = (home / "seed").read_text().strip()
    (home / "sealing-keys").write_text(format_escrow([sealing_key()]))
    places = {
        "eks": stack_config(REPOSITORY / "Pulumi.eks.yaml")["causeway:eks"].replace("shop-database", 'shop-database", "grafana-admin')
    }
    made = [workloads(whole("eks", {"level": level}, **places)) for level in ("native", "sealed", "external")]

    assert seed not in str(made)
    assert all(objects == made[0] for objects in made)


@pytest.mark.parametrize("secrets", [{"level": "external"}, {"level": "native", "candidate": "external"}])
def test_whole_stack_on_minikube(secrets: dict[str, Any]) -> None:
    """4.06, 4.08: on minikube moto stands in for the store, filled by External Secrets; no workload differs from level native."""
    recording = whole("minikube", secrets)
    pushed = {push["spec"]["data"][0]["match"]["remoteRef"]["remoteKey"] for push in recording.manifests("PushSecret")}
    read = {source["extract"]["key"] for one in recording.manifests("ExternalSecret") for source in one["spec"]["dataFrom"]}
    (release,) = [one.inputs for one in recording.resources if one.inputs.get("chart") == "external-secrets"]
    urns = recording.urns()

    assert workloads(whole("minikube", {"level": "native"})) == workloads(recording)
    assert pushed == read
    assert "causeway-development/shop-database" in read
    assert [{"name": "AWS_SECRETSMANAGER_ENDPOINT", "value": "http://secrets-manager.secrets-manager.svc.cluster.local"}] == release[
        "values"
    ]["extraEnv"]
    assert "external-secrets" == recording.one("PodMonitor", "external-secrets")["metadata"]["namespace"]
    assert len(urns) == len(set(urns))
    references = [one for one in recording.resources if one.inputs.get("kind") in ("ExternalSecret", "PushSecret")]
    assert {""} == {one.deleted_with for one in references}, "a namespace would take them along, and wait for External Secrets in vain"


@pytest.mark.parametrize(
    ("stack", "token"),
    [("eks", "aws:secretsmanager/secretVersion:SecretVersion"), ("gke", "gcp:secretmanager/secretVersion:SecretVersion")],
)
def test_cloud_store_is_filled_after_its_place(stack: str, token: str) -> None:
    """4.06: a cloud's store gets the value as a secret; the reference names it by the same name, and no credential is kept."""
    config = {"monitoring": json.dumps({"enabled": False})}
    recording = whole(stack, {"level": "external"}, **config)
    (version,) = [one for one in recording.resources if one.type == token]
    store = recording.one("SecretStore")["spec"]["provider"]
    (reference,) = recording.manifests("ExternalSecret")
    name = next(value for key, value in version.inputs.items() if key in ("secretId", "secret"))

    assert set(version.secret) & {"secretString", "secretData"}
    assert name.endswith(reference["spec"]["dataFrom"][0]["extract"]["key"])
    assert "auth" not in next(iter(store.values()))


def test_monitoring_knows_the_age_of_every_secret() -> None:
    """4.11: each Secret's age is told: since its last rotation, or since it was made, with its class and owner."""
    recording = whole("minikube", {"rotations": {"shop-database": {"version": 2, "rotated": "2026-11-24T06:00:00Z"}}})
    (group,) = recording.one("PrometheusRule", "causeway-rotations")["spec"]["groups"]
    ages = {rule["labels"]["secret"]: (rule["expr"], rule["labels"]["class"], rule["labels"]["team"]) for rule in group["rules"]}

    assert {ref["secret"] for ref in recording.outputs["secretRefs"].values()} == set(ages)
    assert ("vector(1795500000)", "database", "platform") == ages["shop-database"]
    assert 'secret="grafana-admin"' in ages["grafana-admin"][0]
    assert ("api-key", "platform") == ages["grafana-admin"][1:]


@pytest.mark.parametrize(
    ("stack", "expected"),
    [("eks", {("169.254.170.23/32", 80)}), ("gke", {("169.254.169.252/32", 988), ("169.254.169.254/32", 80)})],
)
def test_reader_of_a_cloud_store_may_ask_for_its_identity(stack: str, expected: set[tuple[str, int]]) -> None:
    """4.06: network policies let External Secrets, and nobody else, reach what hands out cloud identities on each node."""
    recording = whole(stack, {"level": "external"}, monitoring=json.dumps({"enabled": False}))
    found = {
        (policy["metadata"]["name"], peer["ipBlock"]["cidr"], port["port"])
        for policy in recording.manifests("NetworkPolicy")
        for way in policy["spec"].get("egress", [])
        for peer in way.get("to", [])
        for port in way.get("ports", [])
        if peer.get("ipBlock", {}).get("cidr", "").startswith("169.254.16") or "169.254.170" in peer.get("ipBlock", {}).get("cidr", "")
    }

    assert {("external-secrets", *one) for one in expected} == {one for one in found if one[2] != 53}


def test_place_that_is_missing_is_said() -> None:
    """Issue 7, 9: a Secret for which the cloud's settings name no place is refused by its name."""
    with pytest.raises(Exception, match=r"secrets\.grafana-admin: has no place in the store of level 'external'; places: shop-database"):
        whole("eks", {"level": "external"})


def test_missing_escrow_is_one_line() -> None:
    """Issue 7, 9: level sealed without its keys says what is missing and how to make it, and makes nothing."""
    with pytest.raises(pulumi.RunError, match="sealing-keys: given nothing, needed: the sealing keys of level sealed; fix: causeway"):
        whole("eks", {"level": "sealed"})


def test_escrow_in_the_clear_is_refused() -> None:
    """4.13: keys that stand unencrypted in a stack file are known, and not used."""
    with pytest.raises(pulumi.RunError, match="escrow: given in the clear") as refused:
        whole("eks", {"level": "sealed"}, escrow=format_escrow([sealing_key()]))

    assert "PRIVATE" not in str(refused.value)


def test_newest_key_seals(home: Path) -> None:
    """4.05: of the keys in escrow the last one seals; all are handed to the controller."""
    (home / "sealing-keys").write_text(format_escrow([new_sealing_key(datetime(2026, 1, 1, tzinfo=UTC), bits=1024), sealing_key()]))
    wanted = settings.parse(stack_config(REPOSITORY / "Pulumi.eks.yaml") | {"causeway:secrets": json.dumps({"level": "sealed"})})

    def build() -> None:
        pulumi.export("certificate", ladder.store(wanted)["sealing_certificate"])

    assert {"certificate": sealing_key().certificate} == run(build).outputs
    assert 2 == len(parse(ladder.controllers(wanted)["sealed-controller"]["sealing_keys"]))
