"""Every default of requirements 3.2 to 3.7, one by one, in the rendered objects of a workload that gives nothing it need not."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest

from components._kit import Manifest
from tests.components.workload.samples import objects

# Path into an object of a kind -> what the requirements say is there. `.` separates keys, a number is an index.
POD = "spec.template.spec"
RUN = "spec.jobTemplate.spec"
MAIN = f"{POD}.containers.0"
_NAME_SERVERS = {
    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
    "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
}


def _from(namespace: str, port: int) -> dict[str, Any]:
    """The flow from every pod of a namespace to a port."""
    peer = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}
    return {"from": [peer], "ports": [{"protocol": "TCP", "port": port}]}


Rows = dict[str, dict[str, Any]]

STATELESS: Rows = {
    "Deployment": {
        "metadata.name": "web-api",
        "metadata.labels.app": "web-api",
        "metadata.labels.tier": "backend",
        "spec.selector.matchLabels": {"app": "web-api"},
        "spec.replicas": 2,
        f"{POD}.securityContext.runAsNonRoot": True,
        f"{POD}.securityContext.runAsUser": 1000,
        f"{POD}.securityContext.fsGroup": 1000,
        f"{MAIN}.securityContext.readOnlyRootFilesystem": True,
        f"{MAIN}.securityContext.allowPrivilegeEscalation": False,
        f"{MAIN}.image": "shop/web:1.0.0",
        f"{MAIN}.ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
        f"{MAIN}.resources.requests": {"cpu": "100m", "memory": "128Mi"},
        f"{MAIN}.resources.limits": {"memory": "256Mi"},
        f"{MAIN}.readinessProbe.httpGet": {"path": "/healthz", "port": "http"},
        f"{MAIN}.readinessProbe.initialDelaySeconds": 5,
        f"{MAIN}.readinessProbe.periodSeconds": 10,
        f"{MAIN}.livenessProbe.httpGet": {"path": "/healthz", "port": "http"},
        f"{MAIN}.livenessProbe.initialDelaySeconds": 15,
        f"{MAIN}.livenessProbe.periodSeconds": 20,
        f"{MAIN}.livenessProbe.timeoutSeconds": 3,
        f"{MAIN}.livenessProbe.failureThreshold": 3,
        f"{MAIN}.lifecycle": {"preStop": {"sleep": {"seconds": 5}}},
        f"{MAIN}.command": None,
        f"{MAIN}.args": None,
        "spec.template.metadata.annotations": None,
        f"{MAIN}.env.0.name": "DATABASE_URL",
        f"{MAIN}.env.0.valueFrom.secretKeyRef": {"name": "web-api-secrets", "key": "database-url"},
        f"{POD}.volumes.0.emptyDir": {"sizeLimit": "64Mi"},
        f"{MAIN}.volumeMounts.0.mountPath": "/tmp",
    },
    "Service": {
        "spec.ports.0.port": 80,
        "spec.ports.0.targetPort": "http",
        "spec.selector": {"app": "web-api"},
    },
    "Ingress": {
        "spec.ingressClassName": "nginx",
        "spec.rules.0.host": "web-api.local",
        "spec.rules.0.http.paths.0.path": "/",
        "spec.rules.0.http.paths.0.pathType": "Prefix",
        "spec.rules.0.http.paths.0.backend.service": {"name": "web-api", "port": {"name": "http"}},
        "metadata.annotations": None,
    },
    "NetworkPolicy": {
        "spec.ingress": [_from("ingress-nginx", 8080)],
        "spec.egress": [{"to": [_NAME_SERVERS], "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]}],
    },
}
STATEFUL: Rows = {
    "StatefulSet": {
        "spec.serviceName": "web-api-headless",
        "spec.podManagementPolicy": "OrderedReady",
        "spec.updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
        "spec.volumeClaimTemplates.0.spec.accessModes": ["ReadWriteOnce"],
        "spec.volumeClaimTemplates.0.spec.storageClassName": "standard",
        "spec.volumeClaimTemplates.0.spec.resources": {"requests": {"storage": "1Gi"}},
        "spec.persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
        f"{POD}.terminationGracePeriodSeconds": 60,
        f"{POD}.topologySpreadConstraints.0.whenUnsatisfiable": "ScheduleAnyway",
        f"{MAIN}.readinessProbe.exec.command": ["pg_isready"],
        f"{MAIN}.startupProbe.exec.command": ["pg_isready"],
        f"{MAIN}.startupProbe.periodSeconds": 5,
        f"{MAIN}.startupProbe.failureThreshold": 60,
        f"{MAIN}.readinessProbe.initialDelaySeconds": 5,
        f"{MAIN}.readinessProbe.periodSeconds": 10,
        f"{MAIN}.livenessProbe.tcpSocket": {"port": "client"},
        f"{MAIN}.livenessProbe.initialDelaySeconds": 15,
        f"{MAIN}.livenessProbe.periodSeconds": 20,
        f"{MAIN}.lifecycle": None,
    },
    "Service": {"metadata.name": "web-api-headless", "spec.clusterIP": "None"},
    "Service web-api": {"spec.clusterIP": None, "spec.ports.0.port": 5432},
    "PodDisruptionBudget": {"spec.maxUnavailable": 1},
    "NetworkPolicy": {"spec.ingress": None, "spec.policyTypes": ["Ingress", "Egress"]},
}
WORKER: Rows = {
    "Deployment": {
        f"{MAIN}.ports": None,
        f"{MAIN}.readinessProbe": None,
        f"{MAIN}.livenessProbe": None,
        f"{POD}.terminationGracePeriodSeconds": 60,
        f"{MAIN}.lifecycle": None,
        "spec.replicas": 1,
    },
}
SCALED: Rows = {
    "Deployment": {f"{MAIN}.ports": [{"name": "metrics", "containerPort": 9090, "protocol": "TCP"}]},
    "NetworkPolicy": {"spec.ingress": [_from("monitoring", 9090)]},
    "HorizontalPodAutoscaler": {"spec.metrics.0.external.target": {"type": "AverageValue", "averageValue": "100"}},
}
JOB: Rows = {"Job": {"spec.backoffLimit": 3, f"{POD}.restartPolicy": "Never", f"{POD}.terminationGracePeriodSeconds": 60}}
BATCH: Rows = {
    "CronJob": {
        "spec.concurrencyPolicy": "Forbid",
        "spec.timeZone": "Etc/UTC",
        "spec.startingDeadlineSeconds": 300,
        "spec.suspend": False,
        "spec.successfulJobsHistoryLimit": 3,
        "spec.failedJobsHistoryLimit": 3,
        f"{RUN}.backoffLimit": 3,
        f"{RUN}.activeDeadlineSeconds": 1800,
        f"{RUN}.ttlSecondsAfterFinished": 86400,
        f"{RUN}.template.spec.restartPolicy": "Never",
    },
}
SETS: dict[str, tuple[str, dict[str, Any], Rows]] = {
    "3.02": (
        "stateless",
        {"ingress": {}, "platform": {"domain": "local"}, "secrets": {"DATABASE_URL": {"name": "web-api-secrets", "key": "database-url"}}},
        STATELESS,
    ),
    "3.03": ("stateful", {"replicas": 2}, STATEFUL),
    "3.04": ("worker", {}, WORKER),
    "3.05": ("batch", {}, BATCH),
    "3.04, scaled": ("worker", {"metrics": {}, "autoscaling": {"max_replicas": 5, "backlog_metric": "m"}}, SCALED),
    "3.01": ("job", {}, JOB),
}
ROWS = [(id_, kind, path, value) for id_, (_, _, rows) in SETS.items() for kind, fields in rows.items() for path, value in fields.items()]

HOLDERS = {
    "stateless": "Deployment", "stateful": "StatefulSet", "worker": "Deployment", "batch": "CronJob", "daemon": "DaemonSet", "job": "Job",
}  # fmt: skip
# What all patterns have (requirements 3.7), by its place in the pod template.
EVERYWHERE: dict[str, Any] = {
    "metadata.labels.app.kubernetes.io/name": "web-api",
    "metadata.labels.app.kubernetes.io/instance": "web-api",
    "metadata.labels.app.kubernetes.io/version": "1.0.0",
    "metadata.labels.app.kubernetes.io/component": "backend",
    "metadata.labels.app.kubernetes.io/part-of": "default",
    "metadata.labels.app.kubernetes.io/managed-by": "causeway",
    "spec.serviceAccountName": "web-api",
    "spec.automountServiceAccountToken": False,
    "spec.enableServiceLinks": False,
    "spec.containers.0.imagePullPolicy": "IfNotPresent",
    "spec.securityContext.seccompProfile": {"type": "RuntimeDefault"},
    "spec.containers.0.securityContext.capabilities": {"drop": ["ALL"]},
    "spec.containers.0.resources.limits": {"memory": "256Mi"},
}


@cache
def _made(id_: str) -> Sequence[Manifest]:
    pattern, changes, _ = SETS[id_]
    return objects(pattern, name="web-api", **changes)


def _at(found: Any, path: str) -> Any:
    """The value at a path, None where there is none; a key may itself have dots."""
    if not path:
        return found
    if isinstance(found, list):
        head, _, rest = path.partition(".")
        return _at(found[int(head)], rest) if int(head) < len(found) else None
    keys = [key for key in found if path == key or path.startswith(f"{key}.")]
    longest = max(keys, key=len, default="")
    return _at(found[longest], path[len(longest) + 1 :]) if keys else None


def _pick(made: Sequence[Manifest], kind: str) -> Manifest:
    """The first object of a kind, or the one that is also named: `Service web-api`."""
    kind, _, name = kind.partition(" ")
    return next(found for found in made if found["kind"] == kind and name in ("", found["metadata"]["name"]))


@pytest.mark.parametrize(("id_", "kind", "path", "value"), ROWS, ids=[f"{id_} {kind} {path}" for id_, kind, path, _ in ROWS])
def test_default(id_: str, kind: str, path: str, value: Any) -> None:
    """3.02-3.05: a default of tables 3.2, 3.4, 3.5 or 3.6 is in the object that it belongs to; None means that it is not there."""
    assert value == _at(_pick(_made(id_), kind), path)


@pytest.mark.parametrize("pattern", HOLDERS)
def test_default_everywhere(pattern: str) -> None:
    """3.09, 3.17: every pattern has the labels, the account without a token and the restricted security of requirements 3.7."""
    made = objects(pattern, name="web-api", component="backend")
    image = "15.20" if pattern == "stateful" else "1.0.0"
    holder = _pick(made, HOLDERS[pattern])
    template = _at(holder, "spec.jobTemplate.spec.template" if pattern == "batch" else "spec.template")

    assert {path: _at(template, path) for path in EVERYWHERE} == {**EVERYWHERE, "metadata.labels.app.kubernetes.io/version": image}
    assert {"ServiceAccount", "NetworkPolicy"} <= {found["kind"] for found in made}
    assert all(found["metadata"]["labels"].items() >= _at(holder, "metadata.labels").items() for found in made)


TIERS = {"stateless": "backend", "stateful": "database", "worker": "worker", "batch": "batch", "daemon": "agent", "job": "job"}


@pytest.mark.parametrize("pattern", HOLDERS)
def test_default_owner(pattern: str) -> None:
    """3.7: who gives no owner gets the platform's, and each pattern is a tier of its own."""
    metadata = _pick(objects(pattern), HOLDERS[pattern])["metadata"]
    shown = {key: metadata["labels"][key] for key in ("tier", "causeway.dev/team", "causeway.dev/environment")}

    assert {"tier": TIERS[pattern], "causeway.dev/team": "platform", "causeway.dev/environment": "development"} == shown
    assert "default" == metadata["namespace"]


def test_size_presets() -> None:
    """3.2, 7.2: medium and large, beside small, which is the default above."""
    sizes = {size: _pick(objects("worker", size=size), "Deployment") for size in ("medium", "large")}

    assert {
        "medium": {"requests": {"cpu": "250m", "memory": "256Mi"}, "limits": {"memory": "512Mi"}},
        "large": {"requests": {"cpu": "500m", "memory": "512Mi"}, "limits": {"memory": "1Gi"}},
    } == {size: _at(made, f"{MAIN}.resources") for size, made in sizes.items()}
