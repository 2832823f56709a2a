"""Pattern 1 against the table of requirements 3.2."""

from components.workload.model import read
from components.workload.patterns.availability import fewest_replicas
from tests.components.workload.samples import inputs, objects, one, pod_spec

MADE = ["ServiceAccount", "NetworkPolicy", "Deployment", "Service", "PodDisruptionBudget"]


def test_objects() -> None:
    """3.02, 3.17: one call makes everything the pattern needs and nothing else."""
    assert MADE == [made["kind"] for made in objects("stateless")]


def test_deployment() -> None:
    """3.02: two replicas, replaced only when their successors are ready; the app label selects."""
    spec = one(objects("stateless", name="web-api"), "Deployment")["spec"]

    assert 2 == spec["replicas"]
    assert {"matchLabels": {"app": "web-api"}} == spec["selector"]
    assert {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}} == spec["strategy"]


def test_labels() -> None:
    """3.2, 3.7: app and tier, the recommended labels, team and environment."""
    labels = one(objects("stateless", name="web-api", namespace="shop", team="orders", environment="staging"), "Deployment")["metadata"][
        "labels"
    ]

    assert {
        "app": "web-api",
        "tier": "backend",
        "app.kubernetes.io/name": "web-api",
        "app.kubernetes.io/instance": "web-api",
        "app.kubernetes.io/version": "1.0.0",
        "app.kubernetes.io/component": "backend",
        "app.kubernetes.io/part-of": "shop",
        "app.kubernetes.io/managed-by": "causeway",
        "causeway.dev/team": "orders",
        "causeway.dev/environment": "staging",
        "causeway.dev/pattern": "stateless",
    } == labels


def test_pod_security() -> None:
    """3.02, 3.09: user 1000, group 1000, not root, default seccomp, no token."""
    spec = pod_spec(objects("stateless"))

    assert {
        "runAsNonRoot": True,
        "runAsUser": 1000,
        "runAsGroup": 1000,
        "fsGroup": 1000,
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    } == spec["securityContext"]
    assert ("sample", False) == (spec["serviceAccountName"], spec["automountServiceAccountToken"])


def test_container() -> None:
    """3.02: port 8080 named http, requests and memory limit of the table, no processor limit, read-only root."""
    (container,) = pod_spec(objects("stateless"))["containers"]

    assert [{"name": "http", "containerPort": 8080, "protocol": "TCP"}] == container["ports"]
    assert {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}} == container["resources"]
    assert {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    } == container["securityContext"]


def test_probes() -> None:
    """3.02: /healthz by port name, after 5s every 10s for traffic, after 15s every 20s for life."""
    (container,) = pod_spec(objects("stateless"))["containers"]
    ready, alive = container["readinessProbe"], container["livenessProbe"]

    assert ({"path": "/healthz", "port": "http"}, 5, 10) == (ready["httpGet"], ready["initialDelaySeconds"], ready["periodSeconds"])
    assert ({"path": "/healthz", "port": "http"}, 15, 20) == (alive["httpGet"], alive["initialDelaySeconds"], alive["periodSeconds"])


def test_separate_paths() -> None:
    """3.11: readiness may ask elsewhere than liveness; delays stay."""
    (container,) = pod_spec(objects("stateless", readiness={"path": "/readyz"}))["containers"]

    assert "/readyz" == container["readinessProbe"]["httpGet"]["path"]
    assert 5 == container["readinessProbe"]["initialDelaySeconds"]
    assert "/healthz" == container["livenessProbe"]["httpGet"]["path"]


def test_service() -> None:
    """3.02: port 80 leads to the target port by name."""
    spec = one(objects("stateless"), "Service")["spec"]

    assert [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}] == spec["ports"]


def test_ingress() -> None:
    """3.12, 3.13: class and host by platform, a prefix at the root, and no rewriting."""
    platform = {"ingress_class": "alb", "domain": "example.com"}
    ingress = one(objects("stateless", ingress={}, platform=platform), "Ingress")
    (rule,) = ingress["spec"]["rules"]

    assert ("alb", "sample.example.com") == (ingress["spec"]["ingressClassName"], rule["host"])
    assert [("/", "Prefix")] == [(path["path"], path["pathType"]) for path in rule["http"]["paths"]]
    assert "annotations" not in ingress["metadata"]


def test_ingress_with_a_certificate() -> None:
    """A Secret with a certificate turns the way in into HTTPS for its host."""
    spec = one(objects("stateless", ingress={"host": "shop.example.com", "tls_secret": "shop-tls"}), "Ingress")["spec"]

    assert [{"secretName": "shop-tls", "hosts": ["shop.example.com"]}] == spec["tls"]


def test_no_request_is_lost_on_update() -> None:
    """A pod serves on while endpoints forget it, and stops within its grace period."""
    spec = pod_spec(objects("stateless"))

    assert {"preStop": {"sleep": {"seconds": 5}}} == spec["containers"][0]["lifecycle"]
    assert 30 == spec["terminationGracePeriodSeconds"]


def test_secrets_by_name_and_key() -> None:
    """3.10: configuration comes from a Secret by name and key, never by value."""
    wanted = {"DATABASE_URL": {"name": "web-api-secrets", "key": "database-url"}}
    (container,) = pod_spec(objects("stateless", secrets=wanted))["containers"]

    assert [{"name": "DATABASE_URL", "valueFrom": {"secretKeyRef": {"name": "web-api-secrets", "key": "database-url"}}}] == container["env"]


def test_writable_tmp_only() -> None:
    """3.2: the root is read-only, /tmp is a bounded emptyDir."""
    spec = pod_spec(objects("stateless"))

    assert [{"name": "writable-tmp", "emptyDir": {"sizeLimit": "64Mi"}}] == spec["volumes"]
    assert [{"name": "writable-tmp", "mountPath": "/tmp"}] == spec["containers"][0]["volumeMounts"]


def test_processor_limit_is_a_choice() -> None:
    """3.2: a memory limit always, a processor limit if asked."""
    (container,) = pod_spec(objects("stateless", size="large", resources={"cpu_limit": "2"}))["containers"]

    assert {"memory": "1Gi", "cpu": "2"} == container["resources"]["limits"]


def test_budget_only_where_it_helps() -> None:
    """3.17: a budget for two replicas and more; one pod alone would hold up its node."""
    assert "PodDisruptionBudget" not in [made["kind"] for made in objects("stateless", replicas=1)]


def test_spread() -> None:
    """3.17: over nodes and zones, as a preference or as a condition by platform."""
    soft, hard = (
        [
            (one_["topologyKey"], one_["whenUnsatisfiable"])
            for one_ in pod_spec(objects("stateless", platform={"spread": spread}))["topologySpreadConstraints"]
        ]
        for spread in ("soft", "hard")
    )

    assert [("kubernetes.io/hostname", "ScheduleAnyway"), ("topology.kubernetes.io/zone", "ScheduleAnyway")] == soft
    assert [("kubernetes.io/hostname", "DoNotSchedule"), ("topology.kubernetes.io/zone", "DoNotSchedule")] == hard


def test_autoscaling_owns_the_replicas() -> None:
    """An autoscaler and a replica count in the manifest would undo each other."""
    made = objects("stateless", autoscaling={"max_replicas": 5})
    scaler = one(made, "HorizontalPodAutoscaler")["spec"]

    assert "replicas" not in one(made, "Deployment")["spec"]
    assert (2, 5, 70) == (scaler["minReplicas"], scaler["maxReplicas"], scaler["metrics"][0]["resource"]["target"]["averageUtilization"])


def test_budget_follows_the_fewest_replicas() -> None:
    """With autoscaling the fewest replicas decide whether a budget helps."""
    assert 1 == fewest_replicas(read("sample", inputs("stateless", autoscaling={"max_replicas": 5, "min_replicas": 1})))


def test_one_node_volume_is_handed_over() -> None:
    """A volume that one node may mount is released before the next pod takes it."""
    made = objects("stateless", replicas=1, storage={"mount_path": "/data"})

    assert {"type": "Recreate"} == one(made, "Deployment")["spec"]["strategy"]
    assert ["ReadWriteOnce"] == one(made, "PersistentVolumeClaim")["spec"]["accessModes"]


def test_files_roll_the_pods() -> None:
    """3.7: a changed configuration file changes the pod template."""
    before, after = (
        one(objects("stateless", files={"/etc/app/app.toml": content}), "Deployment")["spec"]["template"]["metadata"]["annotations"]
        for content in ("a = 1", "a = 2")
    )

    assert before != after


def test_files_are_mounted_where_they_are_named() -> None:
    """A file is found under the path that names it, read-only."""
    made = objects("stateless", files={"/etc/app/app.toml": "a = 1"})

    assert {"etc_app_app.toml": "a = 1"} == one(made, "ConfigMap", "sample-files")["data"]
    assert {"name": "files", "configMap": {"name": "sample-files"}} in pod_spec(made)["volumes"]
    assert {"name": "files", "mountPath": "/etc/app/app.toml", "subPath": "etc_app_app.toml", "readOnly": True} in pod_spec(made)[
        "containers"
    ][0]["volumeMounts"]


def test_triggers_roll_the_pods() -> None:
    """4.10: a new version of a secret changes the pod template, and nothing else does."""
    checksums = [
        one(objects("stateless", rollout_triggers=[version]), "Deployment")["spec"]["template"]["metadata"]["annotations"]
        for version in ("1", "2", "1")
    ]

    assert checksums[0] != checksums[1]
    assert checksums[0] == checksums[2]


def test_volume_as_it_was_asked_for() -> None:
    """3.13: size, class and access mode of a workload win over the platform's; a volume of many nodes needs no hand-over."""
    wanted = {"mount_path": "/data", "size": "3Gi", "storage_class": "shared", "access_mode": "ReadWriteMany"}
    made = objects("stateless", storage=wanted)
    claim = one(made, "PersistentVolumeClaim")["spec"]

    assert ("3Gi", "shared", ["ReadWriteMany"]) == (
        claim["resources"]["requests"]["storage"],
        claim["storageClassName"],
        claim["accessModes"],
    )
    assert "RollingUpdate" == one(made, "Deployment")["spec"]["strategy"]["type"]


def test_five_revisions_are_kept() -> None:
    """Going back is possible five times, for every kind that has revisions."""
    kinds = {"stateless": "Deployment", "stateful": "StatefulSet", "daemon": "DaemonSet"}

    assert {5} == {one(objects(pattern), kind)["spec"]["revisionHistoryLimit"] for pattern, kind in kinds.items()}
