"""Every default of WorkloadPattern, for all patterns and by pattern; numbers are those of requirements 3.2 to 3.7."""

from types import MappingProxyType
from typing import Any

from .args import Pattern
from .parts import WorkloadSize

_SERVER_PROBES = {
    "readiness": {"path": "/healthz", "initial_delay_seconds": 5, "period_seconds": 10},
    "liveness": {"path": "/healthz", "initial_delay_seconds": 15, "period_seconds": 20},
}
_RUN = {
    "backoff_limit": 3,
    "active_deadline_seconds": 1800,
    "restart": "Never",
    "ttl_seconds": 86400,
}
_SCHEDULED_RUNS = {
    **_RUN,
    "concurrency": "Forbid",
    "starting_deadline_seconds": 300,
    "enable_schedule": True,
    "successful_history": 3,
    "failed_history": 3,
}

PLATFORM_DEFAULTS: MappingProxyType[str, Any] = MappingProxyType(
    {
        "ingress_class": "nginx",
        "ingress_annotations": {},
        "ingress_health_annotation": "",
        "ingress_scheme": "http",
        "ingress_namespace": "ingress-nginx",
        "ingress_cidrs": [],
        "dns_apps": ["kube-dns"],
        "dns_cidrs": [],
        "storage_class": "standard",
        "storage_size": "1Gi",
        "spread": "soft",
        "enable_keda": False,
        "enable_gateway": False,
        "enable_monitors": False,
        "monitoring_namespace": "monitoring",
    }
)
"""What a target decides of workloads, where nothing is said: minikube."""

DEFAULTS: MappingProxyType[str, Any] = MappingProxyType(
    {
        "namespace": "default",
        "team": "platform",
        "environment": "development",
        "command": [],
        "args": [],
        "env": {},
        "secrets": {},
        "env_from": {},
        "files": {},
        "rollout_triggers": [],
        "size": "small",
        "resources": {},
        "replicas": 1,
        "grace_period_seconds": 60,
        "drain_seconds": 0,
        "user": 1000,
        "writable_paths": ["/tmp"],
        "volumes": {},
        "service": {},
        "ports": {},
        "stateful": {},
        "init": {},
        "sidecars": {},
        "lifecycle": {},
        "rollout": {},
        "scheduling": {},
        "image_pull_secrets": [],
        "service_account": {},
        "metadata": {},
        "allow_from": [],
        "allow_to": [],
        "batch": {},
        "overrides": [],
        "exceptions": {},
        "platform": {**PLATFORM_DEFAULTS},
    }
)

PATTERN_DEFAULTS: MappingProxyType[str, dict[str, Any]] = MappingProxyType(
    {
        Pattern.STATELESS: {
            "component": "backend",
            "replicas": 2,
            "port": 8080,
            "grace_period_seconds": 30,
            "drain_seconds": 5,
            **_SERVER_PROBES,
        },
        Pattern.STATEFUL: {
            "component": "database",
            "readiness": {"initial_delay_seconds": 5, "period_seconds": 10},
            "liveness": {"initial_delay_seconds": 15, "period_seconds": 20},
            "startup": {"period_seconds": 5, "failure_threshold": 60},
        },
        Pattern.WORKER: {"component": "worker"},
        Pattern.DAEMON: {"component": "agent"},
        Pattern.BATCH: {"component": "batch", "batch": _SCHEDULED_RUNS},
        Pattern.JOB: {"component": "job", "batch": _RUN},
    }
)

# Requests and limit of memory; processors have a request and no limit (requirements 3.2 and 7.2).
SIZES: MappingProxyType[WorkloadSize, dict[str, str]] = MappingProxyType(
    {
        WorkloadSize.SMALL: {"cpu": "100m", "memory": "128Mi", "memory_limit": "256Mi"},
        WorkloadSize.MEDIUM: {"cpu": "250m", "memory": "256Mi", "memory_limit": "512Mi"},
        WorkloadSize.LARGE: {"cpu": "500m", "memory": "512Mi", "memory_limit": "1Gi"},
    }
)

HEARTBEAT: MappingProxyType[str, Any] = MappingProxyType({"file": "/tmp/heartbeat", "max_age_seconds": 60})
"""Where a program that asks for it touches a file, and how old the file may get (requirements 3.5)."""
HEARTBEAT_TIMES: MappingProxyType[str, int] = MappingProxyType({"initial_delay_seconds": 15, "period_seconds": 20})

PROBE_TIMEOUT_SECONDS = 3
PROBE_FAILURE_THRESHOLD = 3
CPU_TARGET_PERCENT = 70
BACKLOG_PER_REPLICA = 100
METRICS_PORT = 9090
WRITABLE_SIZE_LIMIT = "64Mi"
