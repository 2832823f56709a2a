"""Exceptions: a rule may be broken for a reason, which the objects carry; nothing else may be."""

from typing import Any

import pulumi
import pytest

from components.workload.rules import names
from policy.judging import checks_across, checks_of
from tests.components.workload.samples import objects, one, pod_spec

NODE_LOGS = {
    "kind": "DaemonSet",
    "patch": {
        "spec": {
            "template": {
                "spec": {
                    "volumes": [{"name": "logs", "hostPath": {"path": "/var/log"}}],
                    "containers": [{"name": "sample", "volumeMounts": [{"name": "logs", "mountPath": "/var/log", "readOnly": True}]}],
                }
            }
        }
    },
}
WHY = "it is told why"
# What review 8 could not make.
EXCEPTED: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "A log shipper": ("daemon", "DaemonSet", {"overrides": [NODE_LOGS]}, "host-path"),
    "An image of root": ("worker", "Deployment", {"user": 0}, "root-user"),
    "A Redis without a disk": ("stateless", "Deployment", {"image": "redis:7.4.1", "readiness": {"command": ["a"]}}, "database-image"),
    "A pod to look around in": ("worker", "Deployment", {"command": ["sleep", "infinity"]}, "finite-process"),
}


@pytest.mark.parametrize(("pattern", "kind", "changes", "rule"), EXCEPTED.values(), ids=EXCEPTED)
def test_excepted(pattern: str, kind: str, changes: dict[str, Any], rule: str) -> None:
    """Issue 21, 11: with a reason it is made, the object says so, and the policy pack agrees; without, it is refused."""
    with pytest.raises(pulumi.InputPropertiesError):
        objects(pattern, **changes)

    made = objects(pattern, exceptions={rule: WHY}, **changes)
    found = [line for each in made for check in checks_of(each) for line in check()]

    assert {f"causeway.dev/allow-{rule}": WHY} == one(made, kind)["metadata"]["annotations"]
    assert [] == [*found, *(line for check in checks_across(made) for line in check())]


def test_others_carry_nothing() -> None:
    """The reason is on the object that breaks the rule, and on no other."""
    made = objects("worker", user=0, exceptions={"root-user": WHY})

    assert [WHY] == [reason for each in made for reason in each["metadata"].get("annotations", {}).values()]
    assert pod_spec(made)["securityContext"]["runAsNonRoot"] is False


@pytest.mark.parametrize(
    ("rule", "reason", "problem"),
    [
        ("root-usr", WHY, "there is no such rule, did you mean 'root-user'?"),
        ("root-user", "  ", "gives no reason"),
        ("privileged", WHY, "is not needed, for nothing breaks that rule"),
    ],
)
def test_refused(rule: str, reason: str, problem: str) -> None:
    """An exception is from a rule that there is and that is broken, and says why."""
    with pytest.raises(pulumi.InputPropertiesError) as refused:
        objects("worker", user=0, exceptions={"root-user": WHY, rule: reason})

    assert [(f"exceptions.{rule}", True)] == [
        (each["property_path"], problem in each["reason"]) for each in refused.value.errors or [] if each["property_path"] != "user"
    ]


def test_every_rule_can_be_named() -> None:
    """Names of rules are what annotations take: lower-case words with hyphens."""
    assert all(name.replace("-", "").isalpha() and name.islower() for name in names())
