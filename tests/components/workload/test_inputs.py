"""What WorkloadPattern refuses in its inputs: one line each, all at once, before any object."""

from typing import Any

import pulumi
import pytest

from tests.components.workload.samples import inputs, objects
from tests.recorder import run

# Sentence -> pattern, changed inputs, the refusal's path and a part of its reason.
REFUSED: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "An unknown input should be refused with the nearest right one.": ("stateless", {"replica": 2}, "replica", "did you mean 'replicas'?"),
    "An unknown nested input should be refused by its path.": (
        "stateless",
        {"ingress": {"hosst": "x"}},
        "ingress.hosst",
        "did you mean 'host'?",
    ),
    "An unknown pattern should be refused with the allowed ones.": (
        "stateless",
        {"pattern": "statefull"},
        "pattern",
        "did you mean 'stateful'?",
    ),
    "An unknown size should be refused with the allowed ones.": (
        "stateless",
        {"size": "tiny"},
        "size",
        "is not one of small, medium, large",
    ),
    "A missing image should be refused.": ("stateless", {"image": None}, "image", "is required"),
    "A number in words should be refused.": ("stateless", {"replicas": "two"}, "replicas", "expects a whole number"),
    "A fraction should be refused.": ("stateless", {"replicas": 1.5}, "replicas", "expects a whole number"),
    "A switch for a number should be refused.": ("stateless", {"port": True}, "port", "expects a whole number"),
    "A text for a list should be refused.": ("stateless", {"args": "web"}, "args", "expects a list"),
    "A number for a mapping should be refused.": ("stateless", {"ingress": 7}, "ingress", "expects a mapping, got int"),
    "An item of the wrong type should be refused by its index.": ("stateless", {"args": ["web", 1]}, "args[1]", "expects text"),
    "A missing nested input should be refused.": ("stateless", {"secrets": {"KEY": {"name": "shop"}}}, "secrets.KEY.key", "is required"),
    "A port on a worker should be refused.": ("worker", {"port": 8080}, "port", "use pattern 'stateless'"),
    "An ingress on a database should be refused.": ("stateful", {"ingress": {}}, "ingress", "let a stateless workload answer"),
    "An ingress on a worker should be refused.": ("worker", {"ingress": {}}, "ingress", "let a stateless workload answer"),
    "An autoscaler on a database should be refused.": ("stateful", {"autoscaling": {"max_replicas": 3}}, "autoscaling", "drop autoscaling"),
    "An autoscaler on a run should be refused.": ("batch", {"autoscaling": {"max_replicas": 3}}, "autoscaling", "drop autoscaling"),
    "Replicas of a run should be refused.": ("batch", {"replicas": 2}, "replicas", "use pattern 'worker'"),
    "Replicas of a daemon should be refused.": ("daemon", {"replicas": 2}, "replicas", "drop replicas"),
    "A probe on a run should be refused.": ("job", {"liveness": {"command": ["true"]}}, "liveness", "active_deadline_seconds"),
    "A schedule on a server should be refused.": ("stateless", {"batch": {"schedule": "@daily"}}, "batch", "use pattern 'batch'"),
    "A drain on a worker should be refused.": ("worker", {"drain_seconds": 5}, "drain_seconds", "grace_period_seconds"),
    "A volume on a daemon should be refused.": ("daemon", {"storage": {"mount_path": "/data"}}, "storage", "use writable_paths"),
    "A database without a port should be refused.": ("stateful", {"port": None}, "port", "needs the port"),
    "A database without a volume should be refused.": ("stateful", {"storage": None}, "storage", "use pattern 'stateless'"),
    "A database without a question should be refused.": ("stateful", {"readiness": None}, "readiness", "pg_isready"),
    "A batch without a schedule should be refused.": ("batch", {"batch": {"time_zone": "Etc/UTC"}}, "batch.schedule", "use pattern 'job'"),
    "A schedule without a time zone should be refused.": ("batch", {"batch": {"schedule": "@daily"}}, "batch.time_zone", "Etc/UTC"),
    "A job with a schedule should be refused.": ("job", {"batch": {"schedule": "@daily"}}, "batch.schedule", "use pattern 'batch'"),
    "A job that may not overlap itself should be refused.": (
        "job",
        {"batch": {"concurrency": "Forbid"}},
        "batch.concurrency",
        "use pattern 'batch'",
    ),
    "A daemon that serves, without liveness, should be refused.": (
        "daemon",
        {"liveness": None, "port": 9000, "readiness": {}},
        "liveness",
        "no liveness probe",
    ),
    "A daemon's path without a port should be refused.": ("daemon", {"readiness": {"path": "/"}}, "readiness", "give a command, or a port"),
    "Port 0 should be refused.": ("stateless", {"port": 0}, "port", "out of range: 1 to 65535"),
    "User 0 should be refused.": ("stateless", {"user": 0}, "user", "may run as root"),
    "A negative number of replicas should be refused.": ("stateless", {"replicas": -1}, "replicas", "out of range: 0"),
    "Memory without a unit should be refused.": ("stateless", {"resources": {"memory": "256"}}, "resources.memory", "write it like 256Mi"),
    "Processor in megahertz should be refused.": ("stateless", {"resources": {"cpu": "1GHz"}}, "resources.cpu", "write it like 250m"),
    "A volume size in gigabytes should be refused.": (
        "stateful",
        {"storage": {"mount_path": "/data", "size": "1GB"}},
        "storage.size",
        "write it like 10Gi",
    ),
    "A backlog on a server should be refused.": (
        "stateless",
        {"autoscaling": {"max_replicas": 3, "backlog_metric": "m"}},
        "autoscaling.backlog_metric",
        "pattern 'worker'",
    ),
    "Two ways of scaling should be refused.": (
        "worker",
        {"autoscaling": {"max_replicas": 3, "backlog_metric": "m", "cpu_percent": 50}},
        "autoscaling",
        "keep one",
    ),
    "A backlog without a metric should be refused.": (
        "worker",
        {"autoscaling": {"max_replicas": 3, "backlog_per_replica": 5}},
        "autoscaling.backlog_metric",
        "is missing",
    ),
    "A peer that is nobody should be refused.": ("stateless", {"allow_from": [{"port": 80}]}, "allow_from[0]", "names nobody"),
    "A peer of two kinds should be refused.": (
        "stateless",
        {"allow_to": [{"workload": "a", "cidr": "203.0.113.0/24"}]},
        "allow_to[0]",
        "keep one",
    ),
    "An address that is no range should be refused.": (
        "stateless",
        {"allow_to": [{"cidr": "203.0.113.7"}]},
        "allow_to[0].cidr",
        "203.0.113.0/24",
    ),
    "A variable that is also a secret should be refused.": (
        "stateless",
        {"env": {"A": "1"}, "secrets": {"A": {"name": "s", "key": "k"}}},
        "env.A",
        "keep one",
    ),
    "A variable with a hyphen should be refused.": ("stateless", {"env": {"A-B": "1"}}, "env.A-B", "is no variable name"),
    "A secret in the clear should be refused.": ("stateless", {"env": {"API_TOKEN": "canary"}}, "env", "name it in secrets"),
    "The root as a writable path should be refused.": ("stateless", {"writable_paths": ["/"]}, "writable_paths[0]", "below the root"),
    "A relative file should be refused.": ("stateless", {"files": {"app.toml": ""}}, "files.app.toml", "write it like /etc/app.toml"),
    "A volume over a writable path should be refused.": (
        "stateful",
        {"storage": {"mount_path": "/tmp"}},
        "storage.mount_path",
        "is mounted twice",
    ),
    "A team with a space should be refused.": ("stateless", {"team": "the team"}, "team", "is no label value"),
    "A floating tag should be refused.": ("stateless", {"image": "shop/web:latest"}, "image", "give a version tag"),
    "A database image should be refused.": ("stateless", {"image": "postgres:15.20"}, "image", "use pattern 'stateful'"),
    "An override of nothing should be refused.": (
        "worker",
        {"overrides": [{"kind": "Service", "patch": {}}]},
        "overrides[0].kind",
        "makes no Service",
    ),
    "An override of the name should be refused.": (
        "worker",
        {"overrides": [{"kind": "Deployment", "patch": {"metadata": {"name": "x"}}}]},
        "overrides[0].patch.metadata.name",
        "cannot be patched",
    ),
    "An override of the selector should be refused.": (
        "worker",
        {"overrides": [{"kind": "Deployment", "patch": {"spec": {"selector": None}}}]},
        "overrides[0].patch.spec.selector",
        "cannot be patched",
    ),
    "An override of our labels should be refused.": (
        "worker",
        {"overrides": [{"kind": "Deployment", "patch": {"metadata": {"labels": {"app": "x"}}}}]},
        "overrides[0].patch.metadata.labels",
        "may add labels",
    ),
    "An override of the kind should be refused.": (
        "worker",
        {"overrides": [{"kind": "Deployment", "patch": {"kind": "DaemonSet"}}]},
        "overrides[0].patch.kind",
        "cannot be patched",
    ),
    "An override of which pods a policy is for should be refused.": (
        "worker",
        {"overrides": [{"kind": "NetworkPolicy", "patch": {"spec": {"podSelector": None}}}]},
        "overrides[0].patch.spec.podSelector",
        "cannot be patched",
    ),
    "An override with text for a mapping should be refused.": (
        "worker",
        {"overrides": [{"kind": "Deployment", "patch": {"spec": {"template": "x"}}}]},
        "overrides[0].patch.spec.template",
        "is a mapping, got str ('x')",
    ),
    "An override with text for a number should be refused.": (
        "worker",
        {"overrides": [{"kind": "Deployment", "patch": {"spec": {"replicas": "2"}}}]},
        "overrides[0].patch.spec.replicas",
        "is a whole number",
    ),
    "An override with a nameless container should be refused.": (
        "worker",
        {"overrides": [{"kind": "Deployment", "patch": {"spec": {"template": {"spec": {"containers": [{"image": "a/b:1.0.0"}]}}}}}]},
        "overrides[0].patch.spec.template.spec.containers[0].name",
        "is required",
    ),
    "An override with text for a container should be refused.": (
        "worker",
        {"overrides": [{"kind": "Deployment", "patch": {"spec": {"template": {"spec": {"containers": ["a"]}}}}}]},
        "overrides[0].patch.spec.template.spec.containers[0]",
        "is a mapping",
    ),
    "An override with text inside a container should be refused.": (
        "worker",
        {
            "overrides": [
                {"kind": "Deployment", "patch": {"spec": {"template": {"spec": {"containers": [{"name": "sample", "resources": ""}]}}}}}
            ]
        },
        "overrides[0].patch.spec.template.spec.containers[0].resources",
        "is a mapping",
    ),
    "An override that removes all containers should be refused.": (
        "worker",
        {"overrides": [{"kind": "Deployment", "patch": {"spec": {"template": {"spec": {"containers": None}}}}}]},
        "overrides[0].patch.spec.template.spec.containers",
        "cannot be removed",
    ),
    "An override with a port that has no number should be refused.": (
        "stateless",
        {"overrides": [{"kind": "Service", "patch": {"spec": {"ports": [{"name": "http"}]}}}]},
        "overrides[0].patch.spec.ports[0].port",
        "is required: it says which item of ports is meant",
    ),
    "An override with a mapping in a list of texts should be refused.": (
        "worker",
        {"overrides": [{"kind": "NetworkPolicy", "patch": {"spec": {"policyTypes": [{}]}}}]},
        "overrides[0].patch.spec.policyTypes[0]",
        "is text, got dict",
    ),
    "An override of a dashboard should be refused.": (
        "worker",
        {"overrides": [{"kind": "ConfigMap", "patch": {"data": {}}}], "platform": {"enable_monitors": True}},
        "overrides[0].kind",
        "makes no ConfigMap",
    ),
    "A list for a pattern should be refused.": ("worker", {"pattern": ["worker"]}, "pattern", "is not one of stateless"),
    "An override that breaks a rule should be refused by that rule.": (
        "worker",
        {"overrides": [{"kind": "Deployment", "patch": {"spec": {"template": {"spec": {"hostNetwork": True}}}}}]},
        "overrides[0]",
        "hostNetwork",
    ),
}


@pytest.mark.parametrize(("pattern", "changes", "path", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(pattern: str, changes: dict[str, Any], path: str, reason: str) -> None:
    """3.06-3.08: a wrong input is refused by its path, and says what is right."""
    with pytest.raises(pulumi.InputPropertiesError) as refused:
        objects(pattern, **changes)

    assert reason in next(error["reason"] for error in refused.value.errors or [] if error["property_path"] == path)


def test_all_at_once() -> None:
    """Every problem of form is one line of one error."""
    with pytest.raises(pulumi.InputPropertiesError) as refused:
        objects("stateless", replica=2, size="tiny", args="web")

    assert 3 == len(refused.value.message.splitlines())
    assert all(line.startswith("workload 'sample': ") for line in refused.value.message.splitlines())


def test_an_output_cannot_decide_what_exists() -> None:
    """A value known only later cannot choose objects, so it is refused by name."""
    with pytest.raises(pulumi.InputPropertiesError, match="image: must be a plain value"):
        run(lambda: objects("stateless", image=pulumi.Output.from_input("shop/web:1.0.0")))


def test_whole_numbers_may_come_as_fractions() -> None:
    """Other languages send 2 as 2.0."""
    assert objects("stateless", replicas=3) == objects("stateless", replicas=3.0)


def test_inputs_are_left_as_they_were() -> None:
    """Rendering changes nothing that the caller owns."""
    given, same = inputs("stateful"), inputs("stateful")
    objects("stateful")

    assert same == given


@pytest.mark.parametrize(
    ("pattern", "kind", "patch"),
    [
        ("stateless", "PodDisruptionBudget", {"spec": {"maxUnavailable": "25%"}}),
        ("stateless", "Deployment", {"spec": {"revisionHistoryLimit": 3.0}}),
        ("stateless", "Deployment", {"spec": {"template": {"spec": {"volumes": [{"name": "new", "emptyDir": {}}]}}}}),
        ("worker", "Deployment", {"spec": {"template": {"spec": {"priorityClassName": "high"}}}}),
    ],
    ids=["a share for a number", "a whole number as a fraction", "another list", "a field that was not there"],
)
def test_override_of_another_form_is_taken(pattern: str, kind: str, patch: dict[str, Any]) -> None:
    """What the API server takes in a field's place, an override may put there."""
    assert objects(pattern, overrides=[{"kind": kind, "patch": patch}])


def test_override_is_merged() -> None:
    """The escape hatch sets what no input covers and keeps the rest."""
    patch = {"spec": {"progressDeadlineSeconds": 120}}
    changed = objects("worker", overrides=[{"kind": "Deployment", "patch": patch}])

    assert 120 == next(made for made in changed if made["kind"] == "Deployment")["spec"]["progressDeadlineSeconds"]
    assert [made for made in objects("worker") if made["kind"] != "Deployment"] == [
        made for made in changed if made["kind"] != "Deployment"
    ]
