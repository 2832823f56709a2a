"""The rehearsed cloud: inputs against the SDK's classes, and things that are made, changed and removed."""
# ruff: noqa: E501  (a case on one line reads as a table)

from pathlib import Path

import pytest

from stand_ins.plugins.kubernetes.properties import UNKNOWN, Secret
from stand_ins.plugins.rehearsal.cloud import Cloud, Refused
from stand_ins.plugins.rehearsal.sdk import NoSuchType, Sdk
from stand_ins.plugins.rehearsal.store import Store, Thing
from tests.stand_ins.plugins.rehearsal.sdk_double import wheel

VPC, SUBNET, CLUSTER = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:eks/cluster:Cluster"
GOOD = {"cidrBlock": "10.0.0.0/16"}


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    kubernetes = {"server": "https://127.0.0.1:1", "authority": "eA=="}
    return Cloud("aws", Sdk(wheel(tmp_path), "aws"), Store(tmp_path / "things.json"), kubernetes, "eu-central-1", "111122223333")


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        pytest.param(GOOD, [], id="what the class declares passes"),
        pytest.param({}, [("cidrBlock", "is required")], id="missing"),
        pytest.param({**GOOD, "cidrBlok": "x"}, [("cidrBlok", "there is no such property, did you mean 'cidrBlock'?")], id="unknown"),
        pytest.param({**GOOD, "enableDns": "yes"}, [("enableDns", "there is no such property, did you mean 'enable_dns'?")], id="another spelling"),
        pytest.param({**GOOD, "ttl": True}, [("ttl", "expects a whole number, got bool")], id="another form"),
        pytest.param({**GOOD, "rules": [{"prt": 1}]}, [("rules[0].prt", "there is no such property, did you mean 'port'?"), ("rules[0].port", "is required")], id="nested"),
        pytest.param({**GOOD, "tags": {"a": 1}}, [("tags.a", "expects text, got int")], id="in a mapping"),
        pytest.param({"cidrBlock": UNKNOWN, "tags": Secret({"a": "b"})}, [], id="unknown and secret values pass"),
    ],
)  # fmt: skip
def test_inputs_against_the_classes(cloud: Cloud, inputs: dict[str, object], expected: list[tuple[str, str]]) -> None:
    """Issue 8, item 3: unknown, missing and ill-formed properties are errors, by their paths."""
    assert expected == [(item.path, item.reason) for item in cloud.check(VPC, "urn", inputs)]


def test_type_that_the_sdk_does_not_have(cloud: Cloud) -> None:
    """A misspelt token is refused by name."""
    with pytest.raises(NoSuchType, match="aws:ec2/subnet:Subnet is no resource"):
        list(cloud.check(SUBNET, "urn", {}))


def test_reading_is_kept(cloud: Cloud, tmp_path: Path) -> None:
    """The classes are read once; another wheel is read anew."""
    cloud.sdk.resource(VPC)
    cloud.sdk.remember(tmp_path / "kept")
    other, same = Sdk(tmp_path / "pulumi_aws-2.0.0-py3-none-any.whl", "aws"), Sdk(cloud.sdk.wheel, "aws")
    other.recall(tmp_path / "kept")
    same.recall(tmp_path / "kept")

    assert (False, True) == (VPC in other.known, VPC in same.known)


def test_life_of_a_thing(cloud: Cloud) -> None:
    """Create, update, delete; a second one of the same name and a change of nothing are refused."""
    identifier, outputs = cloud.create(VPC, "urn", GOOD)
    again = cloud.update(VPC, "urn", identifier, {**GOOD, "ttl": 5})

    assert f"arn:aws:ec2:eu-central-1:111122223333:vpc/{identifier}" == outputs["arn"]
    assert 5 == again["ttl"]
    with pytest.raises(Refused, match="exists already"):
        cloud.create(VPC, "urn", GOOD)
    cloud.delete(VPC, identifier)
    with pytest.raises(Refused, match="does not exist any more"):
        cloud.update(VPC, "urn", identifier, GOOD)


def test_what_is_used_cannot_go(cloud: Cloud) -> None:
    """Deleting a VPC that still has subnets is an error, as at AWS; a like-named tag is no use of it."""
    identifier, _ = cloud.create(VPC, "urn", GOOD)
    cloud.store.put(Thing(SUBNET, "subnet-1", "urn:s", {"vpcId": identifier}, {}))
    with pytest.raises(Refused, match=r"DependencyViolation: .* is in use by subnet-1"):
        cloud.delete(VPC, identifier)
    cloud.store.put(Thing(SUBNET, "subnet-1", "urn:s", {"tags": {"Name": identifier}}, {}))
    cloud.delete(VPC, identifier)

    assert cloud.store.get(VPC, identifier) is None


def test_a_cluster_leaves_nothing_behind(cloud: Cloud) -> None:
    """Load balancers and volumes go before the cluster, whose controllers alone would remove them."""
    cloud.store.put(Thing(CLUSTER, "c", "urn:c", {"name": "c"}, {}))
    cloud.store.put(Thing("rehearsal:index:Volume", "pvc-1", "claim", {"cluster": ["c"]}, {}))
    with pytest.raises(Refused, match="would leave behind pvc-1"):
        cloud.delete(CLUSTER, "c")


def test_a_protected_cluster_stays(cloud: Cloud) -> None:
    """Deletion protection protects."""
    cloud.store.put(Thing(CLUSTER, "c", "urn:c", {"deletionProtection": True}, {}))
    with pytest.raises(Refused, match="is protected"):
        cloud.delete(CLUSTER, "c")


def test_a_value_is_for_a_secret_that_is_there(cloud: Cloud) -> None:
    """Secrets Manager and Secret Manager refuse a version of no secret, by whatever name it is called."""
    token, given = "aws:secretsmanager/secretVersion:SecretVersion", {"secretId": "causeway/a", "secretString": Secret("canary")}
    with pytest.raises(Refused, match="there is no secret causeway/a"):
        cloud.create(token, "urn", given)
    cloud.store.put(Thing("aws:secretsmanager/secret:Secret", "arn:x", "urn:s", {"name": "causeway/a"}, {}))
    cloud.create(token, "urn", given)

    assert "canary" not in cloud.store.file.read_text()


def test_no_secret_gets_into_the_store(cloud: Cloud) -> None:
    """Secrets stay secret in outputs, and only a digest is kept on disk."""
    _, outputs = cloud.create(VPC, "urn", {**GOOD, "tags": Secret({"password": "canary"})})

    assert isinstance(outputs["tags"], Secret)
    assert "canary" not in cloud.store.file.read_text()


def test_what_cannot_change_is_replaced(cloud: Cloud) -> None:
    """A VPC's block is for ever; its tags are not."""
    found = cloud.difference(VPC, {**GOOD, "ttl": 1}, {"cidrBlock": "10.1.0.0/16", "ttl": 2})

    assert (["cidrBlock", "ttl"], ["cidrBlock"]) == (found.changed, found.replaces)


def test_preview_knows_what_was_given(cloud: Cloud) -> None:
    """Outputs that only the cloud knows are unknown in a preview, and inputs are themselves."""
    assert {**GOOD, "arn": UNKNOWN} == {key: value for key, value in cloud.preview(VPC, GOOD).items() if key in ("cidrBlock", "arn")}
