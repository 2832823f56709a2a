"""Every rendered object against the strict schemas of three Kubernetes versions."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NotRequired, get_args, get_origin, is_typeddict

import kubernetes_validate
import pytest

from components.namespace.component import manifests
from components.workload.args import Pattern, WorkloadPatternArgs
from components.workload.rules.inputs import BELONGS
from tests.components.workload.samples import inputs, objects

VERSIONS = ("1.34", "1.35", "1.36")
TIMES = {"initial_delay_seconds": 3, "period_seconds": 15, "timeout_seconds": 2, "failure_threshold": 4}
STORAGE = {"mount_path": "/data", "access_mode": "ReadWriteMany"}
GROUPS: dict[str, Any] = {
    "env_from": {
        "config_maps": ["common"],
        "secrets": ["common"],
        "config_keys": {"LEVEL": {"name": "common", "key": "level"}},
        "fields": {"POD": "metadata.name", "MEMORY": "limits.memory"},
    },
    "volumes": {
        "certificate": {"mount_path": "/etc/tls", "secret": "tls", "keys": {"tls.crt": "server.crt"}, "mode": 0o400},
        "rules": {"mount_path": "/etc/rules/a.yaml", "config_map": "rules", "sub_path": "a.yaml", "read_only": True},
        "shared": {"mount_path": "/shared", "claim": "shared"},
        "fast": {"mount_path": "/fast", "scratch": {"size": "128Mi", "memory": True}},
        "cloud": {"mount_path": "/var/run/cloud", "token": {"audience": "sts.example.com", "seconds": 7200}},
    },
    "init": {
        "prepare": {
            "image": "shop/prepare:1.0.0", "command": ["prepare"], "args": ["--all"], "env": {"C": "1"}, "user": 1002,
            "secrets": {"D": {"name": "s", "key": "k"}}, "size": "small", "resources": {"cpu_limit": "1"}, "volumes": ["shared", "fast"],
        }
    },
    "sidecars": {
        "proxy": {
            "image": "shop/proxy:1.0.0",
            "ports": {"proxy": {"port": 7001, "protocol": "TCP", "service_port": 7001}},
            "readiness": {"path": "/ready", "port": 7001, **TIMES},
            "liveness": {"tcp": True, "port": 7001, **TIMES},
        },
        "cache": {"image": "shop/cache:1.0.0", "liveness": {"grpc": "cache", "port": 7002, **TIMES}, "readiness": {"command": ["a"]}},
        "other": {"image": "shop/other:1.0.0", "readiness": {"grpc": "", "port": 7003}, "liveness": {"path": "/", "port": 7003}},
        "third": {"image": "shop/third:1.0.0", "readiness": {"tcp": True, "port": 7004}, "liveness": {"command": ["alive"]}},
    },
    "lifecycle": {"post_start": ["sample", "started"], "pre_stop": ["sample", "leave"]},
    "scheduling": {
        "node_selector": {"disk": "fast"},
        "tolerations": [{"key": "gpu", "value": "yes", "effect": "NoExecute", "seconds": 60}, {"key": "spot"}],
        "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}},
        "priority_class": "high",
        "runtime_class": "sandbox",
        "spread_keys": ["topology.kubernetes.io/zone"],
    },
    "image_pull_secrets": ["registry"],
    "service_account": {
        "annotations": {"example.com/role": "sample"},
        "rules": [{"api_groups": [""], "resources": ["configmaps"], "verbs": ["get"], "resource_names": ["leader"]}],
    },
    "metadata": {"labels": {"cost": "1"}, "annotations": {"a.example.com/c": "d"}, "pod_annotations": {"a.example.com/e": "f"}},
}  # fmt: skip
PORTS = {"admin": {"port": 5001, "protocol": "TCP", "service_port": 81}, "events": {"port": 5002, "protocol": "UDP"}}
# What every pattern takes.
COMMON: dict[str, Any] = {
    **GROUPS,
    "team": "orders",
    "environment": "staging",
    "component": "part",
    "part_of": "shop",
    "command": ["sample"],
    "args": ["--verbose"],
    "env": {"A": "1"},
    "secrets": {"B": {"name": "s", "key": "k"}},
    "files": {"/etc/app.toml": ""},
    "rollout_triggers": ["1"],
    "size": "medium",
    "resources": {"cpu": "300m", "memory": "300Mi", "memory_limit": "1Gi", "cpu_limit": "1", "extended": {"example.com/gpu": "1"}},
    "grace_period_seconds": 90,
    "user": 1001,
    "writable_paths": ["/tmp", "/var/Cache"],
    "allow_from": [
        {"workload": "other", "namespace": "elsewhere", "port": 8081},
        {"cidr": "198.51.100.0/24", "port": 8081},
        {"internet": True, "port": 8082},
    ],
    "allow_to": [
        {"cidr": "203.0.113.0/24", "port": 443},
        {"namespace": "elsewhere"},
        {"workload": "database"},
        {"internet": True, "port": 443},
    ],
    "overrides": [
        {"kind": "ServiceAccount", "patch": {"metadata": {"annotations": {"a.example.com/b": "c"}}}},
        {"kind": "ServiceAccount", "json_patch": [{"op": "test", "path": "/kind", "value": "ServiceAccount"}]},
    ],
}
RUN = {
    "active_deadline_seconds": 60,
    "backoff_limit": 1,
    "restart": "Never",
    "ttl_seconds": 60,
    "parallelism": 2,
    "completions": 4,
    "indexed": True,
    "failures": [{"action": "FailJob", "exit_codes": [42]}, {"action": "Ignore", "conditions": ["DisruptionTarget"]}],
}
BATCH = {
    **RUN,
    "schedule": "0 6 * * *",
    "time_zone": "Etc/UTC",
    "concurrency": "Replace",
    "starting_deadline_seconds": 30,
    "enable_schedule": False,
    "successful_history": 1,
    "failed_history": 1,
}
LASTING: dict[str, Any] = {
    **COMMON,
    "readiness": {"path": "/ready", **TIMES},
    "liveness": {"command": ["sample", "alive"], **TIMES},
    "startup": {"path": "/started", **TIMES},
    "metrics": {"port": 9187, "path": "/internal/metrics"},
}
SERVING = {
    **LASTING,
    "port": 5000,
    "ports": PORTS,
    "lifecycle": {"post_start": ["sample", "started"]},
    "drain_seconds": 3,
    "backlog": {"metric": "age_seconds", "objective_seconds": 60},
}
ASKED = {key: {"command": ["sample", key], **TIMES} for key in ("readiness", "liveness", "startup")}
FULL: dict[str, dict[str, Any]] = {
    "stateless": {
        **SERVING,
        "replicas": 2,
        "ingress": {
            "hosts": ["shop.example.com", "orders.example.com"],
            "paths": {"/orders": "http", "/admin": "admin"},
            "tls_secret": "tls",
            "tls_issuer": "letsencrypt",
            "annotations": {"a.example.com/b": "c"},
        },
        "service": {"type": "LoadBalancer", "port": 8000, "annotations": {"a.example.com/b": "c"}, "source_ranges": ["198.51.100.0/24"]},
        "rollout": {
            "max_surge": "2",
            "max_unavailable": "25%",
            "min_ready_seconds": 5,
            "progress_deadline_seconds": 300,
            "revision_history": 3,
        },
        "autoscaling": {"max_replicas": 5, "min_replicas": 3, "cpu_percent": 60, "memory_percent": 80},
        "storage": STORAGE,
        "slo": {"availability_percent": 99.0, "latency_seconds": 0.5, "latency_percent": 95.0, "latency_buckets": [0.25, 0.5, 1.0]},
    },
    "stateful": {
        **SERVING,
        "liveness": {"path": "/alive", **TIMES},
        "rollout": {"max_unavailable": "1", "partition": 1, "min_ready_seconds": 5, "revision_history": 3},
        "service": {"port": 5005},
        "stateful": {
            "claims": {"log": {"mount_path": "/log", "size": "2Gi", "storage_class": "fast", "access_mode": "ReadWriteOnce"}},
            "governing_service": "sample-members",
            "parallel": True,
        },
        "replicas": 3,
        "storage": STORAGE,
    },
    "worker": {
        **LASTING,
        **ASKED,
        "startup": {"tcp": True, "port": 9187, **TIMES},
        "rollout": {"recreate": True},
        "liveness": {**TIMES},
        "heartbeat": {"file": "/tmp/alive", "max_age_seconds": 90},
        "replicas": 2,
        "storage": STORAGE,
        "autoscaling": {"max_replicas": 5, "backlog_metric": "m", "backlog_per_replica": 7},
        "backlog": {"metric": "age_seconds", "objective_seconds": 60},
    },
    "batch": {**COMMON, "storage": STORAGE, "batch": BATCH},
    "daemon": {
        **SERVING,
        "readiness": {"grpc": "sample", **TIMES},
        "rollout": {"max_unavailable": "2"},
        "liveness": {**TIMES},
        "heartbeat": {"file": "/tmp/alive", "max_age_seconds": 90},
    },
    "job": {**COMMON, "storage": STORAGE, "batch": RUN},
}
"""Everything that a pattern takes; but for names, the volume's size and class, which tests leave to a target, and exceptions."""
ELSEWHERE = {
    # These want what no plain target has, or a reason: test_groups.py and test_exceptions.py have them.
    "autoscaling.prometheus",
    "autoscaling.schedules",
    "volumes.node_path",
    "stateful.delete_volumes_with_workload",
    "stateful.delete_volumes_when_scaled",
    "gateway",
    "ingress.host",
    "ingress.path",
    "pattern",
    "image",
    "name",
    "namespace",
    "platform",
    "exceptions",
    "overrides.name",
    "storage.size",
    "storage.storage_class",
}


@pytest.fixture(autouse=True, scope="module")
def _schemas_are_read_once() -> Iterator[None]:
    """The package reads two files of megabytes for each object that it judges, most of these tests' time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kubernetes_validate.utils, "schema_contents", cache(kubernetes_validate.utils.schema_contents))
        yield


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("pattern", [pattern.value for pattern in Pattern])
def test_strict_schema(pattern: str, version: str) -> None:
    """Issue 4, item 5: no field is misspelt or of the wrong type, with every input given."""
    for manifest in [*objects(pattern), *objects(pattern, **FULL[pattern])]:
        kubernetes_validate.validate(manifest, version, strict=True)


def _paths(shape: Any, given: Any, path: str = "") -> Iterator[tuple[str, bool]]:
    """Each input that a form has, by its path, and whether it is given; the items of a list or mapping are as one."""
    shape = get_args(shape)[0] if get_origin(shape) is NotRequired else shape
    if get_origin(shape) in (list, dict) and is_typeddict(get_args(shape)[-1]):
        for item in given if isinstance(given, list) else (given or {}).values():
            yield from _paths(get_args(shape)[-1], item, path)
    elif is_typeddict(shape):
        for key, inner in shape.__annotations__.items():
            value = (given or {}).get(key)
            yield f"{path}.{key}".lstrip("."), value is not None
            yield from _paths(inner, value, f"{path}.{key}") if value is not None else ()


def test_every_input_is_given() -> None:
    """Issue 4, item 5: no input is left out of the objects that schemas, checkov and the API server judge."""
    taken: dict[str, set[str]] = {}
    for pattern in Pattern:
        found = set(_paths(WorkloadPatternArgs, inputs(pattern.value, **FULL[pattern.value])))
        refused = {key for key, patterns, _ in BELONGS if pattern not in patterns}
        top = {path for path, given in found if "." not in path and not given}
        assert refused - ELSEWHERE == top - ELSEWHERE, pattern
        for path, given in found:
            # Probes are of one form, and so are containers beside the workload's; what these hold is given to the workload's own.
            path = re.sub(r"^(init|sidecars)\.", "beside.", re.sub(r"^(readiness|liveness|startup)\.", "probe.", path))
            if path.startswith("beside.") and path.count(".") > 1:
                continue
            taken.setdefault(path, set()).update({"given"} if given else ())

    assert ELSEWHERE - {"pattern", "image"} == {path for path, seen in taken.items() if not seen}


@pytest.mark.parametrize("version", VERSIONS)
def test_namespace_schema(version: str) -> None:
    """The namespace and its policy are as strict."""
    for manifest in manifests("shop", {"team": "shop", "environment": "development"}):
        kubernetes_validate.validate(manifest, version, strict=True)


def test_a_misspelt_field_is_found() -> None:
    """The schemas are strict: the test above would notice."""
    (deployment,) = [made for made in objects("worker") if made["kind"] == "Deployment"]

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate({**deployment, "spec": {**deployment["spec"], "replicaz": 1}}, VERSIONS[-1], strict=True)
