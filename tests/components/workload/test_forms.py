"""The forms of inputs: what the cluster would refuse, or misread, is refused before by its path; what only looks wrong is taken."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from components.workload.rules.forms import RANGES
from tests.components.workload.samples import inputs, objects, one, pod_spec

# Input -> pattern, and what else has to be given for it to count.
GIVEN: dict[str, tuple[str, dict[str, Any]]] = {
    "metrics": ("stateless", {}),
    "autoscaling": ("stateless", {"autoscaling": {"max_replicas": 1000, "min_replicas": 1}, "replicas": 1}),
    "autoscaling.max_replicas": ("stateless", {"autoscaling": {"min_replicas": 1}}),
    "autoscaling.backlog_per_replica": ("worker", {"autoscaling": {"max_replicas": 5, "backlog_metric": "waiting"}}),
    "heartbeat": ("worker", {}),
    "rollout.partition": ("stateful", {}),
    "backlog": ("worker", {"metrics": {}, "backlog": {"metric": "age_seconds"}}),
    "batch": ("batch", {"batch": {"schedule": "@daily", "time_zone": "Etc/UTC"}}),
    "grace_period_seconds": ("worker", {}),
    "drain_seconds": ("stateless", {"grace_period_seconds": 3700}),
}
# A finding of a rule over objects comes with it: the limits of these two are other rules' too.
JUDGED_TOO = {"user", "autoscaling.max_replicas", "autoscaling.min_replicas", "batch.starting_deadline_seconds"}
LONG = "a" * 63

WRONG: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "A namespace with a capital": ("worker", {"namespace": "Shop"}, "namespace", "is no namespace"),
    "A workload that cannot be": ("stateless", {"allow_from": [{"workload": "web_api"}]}, "allow_from[0].workload", "is no name"),
    "A namespace that cannot be": ("stateless", {"allow_to": [{"namespace": "a.b"}]}, "allow_to[0].namespace", "is no name"),
    "An address of 33 bits": ("stateless", {"allow_to": [{"cidr": "203.0.113.0/33"}]}, "allow_to[0].cidr", "is no address range"),
    "A port of a peer": ("stateless", {"allow_from": [{"workload": "a", "port": 0}]}, "allow_from[0].port", "out of range"),
    "Every port of a worker": ("worker", {"allow_from": [{"workload": "a"}]}, "allow_from[0].port", "is required"),
    "A Secret with a capital": ("worker", {"secrets": {"A": {"name": "Shop", "key": "k"}}}, "secrets.A.name", "is no name of a Secret"),
    "A key with a slash": ("worker", {"secrets": {"A": {"name": "shop", "key": "a/b"}}}, "secrets.A.key", "is no key"),
    "A host with a scheme": ("stateless", {"ingress": {"host": "https://shop.example.com"}}, "ingress.host", "neither scheme nor port"),
    "A certificate's name": ("stateless", {"ingress": {"tls_secret": "Shop TLS"}}, "ingress.tls_secret", "is no name of a Secret"),
    "A StorageClass": ("stateful", {"storage": {"mount_path": "/d", "storage_class": "G P"}}, "storage.storage_class", "is no name"),
    "A relative health path": ("stateless", {"readiness": {"path": "healthz"}}, "readiness.path", "begin with /"),
    "A relative way in": ("stateless", {"ingress": {"path": "api"}}, "ingress.path", "begin with /"),
    "A relative path of metrics": ("stateless", {"metrics": {"path": "metrics"}}, "metrics.path", "begin with /"),
    "Two questions in one probe": ("stateless", {"liveness": {"path": "/", "command": ["x"]}}, "liveness", "keep one"),
    "A question without a program": ("stateless", {"liveness": {"command": []}}, "liveness.command", "names no program"),
    "A worker asked by a path": ("worker", {"liveness": {"path": "/healthz"}}, "liveness", "give a command"),
    "A heartbeat without a place": (
        "worker",
        {"heartbeat": {}, "writable_paths": ["/cache"]},
        "heartbeat.file",
        "in none of writable_paths",
    ),
    "A heartbeat and a question": ("worker", {"heartbeat": {}, "liveness": {"command": ["alive"]}}, "heartbeat", "a question of its own"),
    "A heartbeat of a server": ("stateless", {"heartbeat": {}}, "heartbeat", "is asked at its port"),
    "A worker asked nothing, but often": ("worker", {"liveness": {"period_seconds": 5}}, "liveness", "give a command, a heartbeat"),
    "An internet without a port": ("worker", {"allow_to": [{"internet": True}]}, "allow_to[0].port", "is required with internet"),
    "No internet": ("worker", {"allow_to": [{"internet": False, "port": 443}]}, "allow_to[0].internet", "drop the flow"),
    "The internet and a range": ("worker", {"allow_to": [{"internet": True, "cidr": "10.0.0.0/8", "port": 1}]}, "allow_to[0]", "keep one"),
    "A flow to all addresses": ("worker", {"allow_to": [{"cidr": "0.0.0.0/0", "port": 443}]}, "allow_to", "or internet with a port"),
    "A directory out of the tree": ("worker", {"writable_paths": ["/var/../.."]}, "writable_paths[0]", "below the root"),
    "A directory with a colon": ("worker", {"writable_paths": ["/a:b"]}, "writable_paths[0]", "below the root"),
    "A directory twice": ("worker", {"writable_paths": ["/tmp", "/tmp/"]}, "writable_paths[1]", "mounted twice"),
    "A file over a directory": ("worker", {"files": {"/tmp": ""}}, "files./tmp", "mounted twice"),
    "A directory for a file": ("worker", {"files": {"/etc/": ""}}, "files./etc/", "no absolute path of a file"),
    "Two files of one key": ("worker", {"files": {"/etc/a_b": "", "/etc/a/b": ""}}, "files", "/etc/a_b, /etc/a/b would all be 'etc_a_b'"),
    "Files of a megabyte and more": ("worker", {"files": {"/etc/a": "ä" * 2**19, "/etc/b": "b"}}, "files", "have 1048577 bytes"),
    "A second port 80": ("stateless", {"metrics": {"port": 80}}, "metrics.port", "the Service has port 80 already"),
    "Metrics of a run": ("batch", {"metrics": {}}, "metrics", "ends by itself"),
    "A metric that cannot be": (
        "worker",
        {"autoscaling": {"max_replicas": 2, "backlog_metric": "a b"}},
        "autoscaling.backlog_metric",
        "'_'",
    ),
    "A digit that is none": ("batch", {"batch": {"schedule": "² 0 * * *", "time_zone": "Etc/UTC"}}, "batch.schedule", "is no number"),
}
RIGHT: dict[str, tuple[str, dict[str, Any]]] = {
    "A wildcard host": ("stateless", {"ingress": {"host": f"*.{LONG}.example.com"}}),
    "A host's bits in a range": ("stateless", {"allow_to": [{"cidr": "203.0.113.7/24"}, {"cidr": "2001:db8::/32"}]}),
    "A worker with a port for one peer": ("worker", {"allow_from": [{"workload": "a", "port": 9000}]}),
    "A worker that says itself how it lives": ("worker", {"writable_paths": [], "liveness": {"command": ["alive"]}}),
    "A heartbeat asked more often": ("worker", {"heartbeat": {}, "liveness": {"period_seconds": 5}}),
    "No replicas at all": ("stateless", {"replicas": 0}),
    "A file with a space": ("worker", {"files": {"/etc/my app.toml": ""}}),
    "A megabyte of files": ("worker", {"files": {"/etc/a": "a" * 2**20}}),
    "A main port 80 with metrics": ("stateless", {"port": 80, "metrics": {}}),
}


def nested(path: str, value: Any) -> dict[str, Any]:
    """`a.b` and a value as inputs."""
    head, _, rest = path.partition(".")
    return {head: nested(rest, value) if rest else value}


def merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs with others laid over them, one level deep."""
    return {**one, **{key: {**one.get(key, {}), **value} if isinstance(value, dict) else value for key, value in other.items()}}


def refusals(pattern: str, changes: Mapping[str, Any]) -> dict[str, str]:
    try:
        objects(pattern, **changes)
    except pulumi.InputPropertiesError as refused:
        return {error["property_path"]: error["reason"] for error in refused.errors or []}
    return {}


@pytest.mark.parametrize(("path", "lowest", "highest"), RANGES, ids=[path for path, _, _ in RANGES])
def test_range(path: str, lowest: int, highest: int) -> None:
    """3.06: the numbers at both ends of a range are taken, those next to them are refused by the input's path."""
    pattern, others = GIVEN.get(path, GIVEN.get(path.partition(".")[0], ("stateless", {})))
    found = [refusals(pattern, merged(others, nested(path, value))) for value in (lowest - 1, lowest, highest, highest + 1)]

    assert [True, True] == [f"out of range: {lowest} to {highest}" in each.get(path, "") for each in (found[0], found[3])]
    assert path in JUDGED_TOO or [{}, {}] == found[1:3]


@pytest.mark.parametrize(("pattern", "changes", "path", "reason"), WRONG.values(), ids=WRONG)
def test_wrong(pattern: str, changes: dict[str, Any], path: str, reason: str) -> None:
    """3.06-3.08: what the cluster would refuse, or understand otherwise, is refused by its path."""
    assert reason in refusals(pattern, changes).get(path, "")


@pytest.mark.parametrize(("pattern", "changes"), RIGHT.values(), ids=RIGHT)
def test_right(pattern: str, changes: dict[str, Any]) -> None:
    """What only looks wrong is taken."""
    assert {} == refusals(pattern, changes)


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("shop/web:1.0.0", "1.0.0"),
        ("registry:5000/shop/web@sha256:" + "3f" * 32, "3f3f3f3f3f3f"),
        ("shop/web:" + "a" * 62 + ".b", "a" * 62),
        ("shop/web:1.0.0_", "1.0.0"),
    ],
)
def test_version_label(image: str, version: str) -> None:
    """3.7: the version label is the tag as far as a label can hold it: 63 characters, which neither begin nor end with a sign."""
    made = one(objects("worker", image=image), "Deployment")

    assert version == made["metadata"]["labels"]["app.kubernetes.io/version"]


def test_volume_names() -> None:
    """A volume's name is a DNS label of its own, whatever the directory is called."""
    paths = ["/tmp", "/var/run/postgresql", "/a/b", "/a-b", "/a.b", "/A/b", "/" + "c" * 80, "/with space"]
    names = [volume["name"] for volume in pod_spec(objects("worker", writable_paths=paths))["volumes"]]

    assert ["writable-tmp", "writable-var-run-postgresql", "writable-a-b"] == names[:3]
    assert len(paths) == len(set(names))
    assert all(len(name) <= 63 and name == name.lower() and " " not in name and not name.endswith("-") for name in names)


def test_own_question_replaces_the_default() -> None:
    """A probe asks one question: who gives a command is not asked /healthz as well; the times stay."""
    (container,) = pod_spec(objects("stateless", liveness={"command": ["alive"]}))["containers"]

    assert {"command": ["alive"]} == container["livenessProbe"]["exec"]
    assert "httpGet" not in container["livenessProbe"]
    assert 20 == container["livenessProbe"]["periodSeconds"]


def test_variables_may_refer_to_secrets() -> None:
    """3.10: Kubernetes expands $(NAME) of variables that stand before: secrets come first."""
    secrets = {"PASSWORD": {"name": "shop", "key": "password"}}
    (container,) = pod_spec(objects("worker", env={"STORE": "http://shop:$(PASSWORD)@store"}, secrets=secrets))["containers"]

    assert ["PASSWORD", "STORE"] == [variable["name"] for variable in container["env"]]


def test_inputs_of_the_sample_are_in_range() -> None:
    """The samples that the tests spoil are right."""
    assert {} == {pattern: found for pattern in ("stateless", "worker", "batch", "job") if (found := refusals(pattern, inputs(pattern)))}
