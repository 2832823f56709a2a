"""For each rule over objects: an object that breaks it, and a near miss that does not."""

from collections.abc import Callable
from functools import partial

from components._kit import Manifest
from tests.components.workload.samples import container, objects, one, pod_spec, pods, spoiled

Case = tuple[str, Callable[[], list[Manifest]]]

FLOWS = {"ingress": {"path": "/"}}
SHARED = {"storage": {"mount_path": "/data"}, "replicas": 1}
OTHERS = {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["sample"]}]}
OURS = {"matchExpressions": [{"key": "app", "operator": "In", "values": ["sample"]}, {"key": "tier", "operator": "Exists"}]}
AUTOSCALED = {"autoscaling": {"max_replicas": 5}}


def _worker_with_service() -> list[Manifest]:
    service = one(objects("stateless"), "Service")
    return [*objects("worker"), service]


def _database_with(other: Manifest) -> list[Manifest]:
    return [*objects("stateful"), other]


def _without(kind: str, made: list[Manifest]) -> list[Manifest]:
    return [manifest for manifest in made if manifest["kind"] != kind]


def _preparing(made: list[Manifest], command: list[str]) -> Manifest:
    """The container of some objects as one that prepares: it ends, so it has no probes."""
    (found,) = pod_spec(made)["containers"]
    return {key: value for key, value in found.items() if not key.endswith("Probe")} | {"name": "prepare", "command": command}


BROKEN: dict[str, Case] = {
    "A database as a Deployment should fail.": (
        "database-image",
        lambda: container("stateless", {"image": "docker.io/library/postgres:15.20"}),
    ),
    "A broker as a worker should fail.": ("database-image", lambda: container("worker", {"image": "bitnami/kafka:3.7.0"})),
    "A database server in a scheduled run should fail.": ("database-image", lambda: container("batch", {"image": "redis:7.4.1"})),
    "A migration as a Deployment should fail.": ("finite-process", lambda: container("stateless", {"args": ["migrate"]})),
    "A dump by way of a shell should fail.": (
        "finite-process",
        lambda: container("worker", {"command": ["sh", "-ec", "pg_dump shop > /tmp/shop.sql"]}),
    ),
    "A dump as a worker should fail.": ("finite-process", lambda: container("worker", {"command": ["/usr/bin/pg_dump"]})),
    "The tag latest should fail.": ("floating-tag", lambda: container("stateless", {"image": "shop/web:latest"})),
    "No tag should fail, a registry's port being no tag.": (
        "floating-tag",
        lambda: container("stateless", {"image": "registry:5000/shop/web"}),
    ),
    "A moving tag of a variant should fail.": ("floating-tag", lambda: container("stateless", {"image": "shop/web:stable-alpine"})),
    "An address for an image should fail.": ("image-form", lambda: container("stateless", {"image": "https://registry/shop/web:1.0.0"})),
    "Capitals in an image's name should fail.": ("image-form", lambda: container("stateless", {"image": "Shop/Web:1.0.0"})),
    "A digest that was cut off should fail.": ("image-form", lambda: container("stateless", {"image": "shop/web@sha256:3f2a91c"})),
    "No memory limit should fail.": ("memory-limit", lambda: container("stateless", {"resources": {"limits": None}})),
    "No processor request should fail.": ("resource-requests", lambda: container("stateless", {"resources": {"requests": {"cpu": None}}})),
    "A limit below the request should fail.": (
        "limit-below-request",
        lambda: container("stateless", {"resources": {"limits": {"memory": "100Mi"}}}),
    ),
    "A processor limit below the request should fail.": (
        "limit-below-request",
        lambda: container("stateless", {"resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "500m"}}}),
    ),
    "A port without readiness should fail.": ("readiness-probe", lambda: container("stateless", {"readinessProbe": None})),
    "A server without liveness should fail.": ("liveness-probe", lambda: container("stateless", {"livenessProbe": None})),
    "A worker that serves, without liveness, should fail.": (
        "liveness-probe",
        lambda: container("worker", {"ports": [{"name": "admin", "containerPort": 8081}], "readinessProbe": {"exec": {"command": ["a"]}}}),
    ),
    "Liveness that asks for readiness should fail.": (
        "liveness-dependencies",
        lambda: container("stateless", {"livenessProbe": {"httpGet": {"path": "/readyz"}}}),
    ),
    "A privileged container should fail.": ("privileged", lambda: container("stateless", {"securityContext": {"privileged": True}})),
    "Privilege escalation left to the default should fail.": (
        "privilege-escalation",
        lambda: container("stateless", {"securityContext": {"allowPrivilegeEscalation": None}}),
    ),
    "User 0 should fail.": ("root-user", lambda: container("stateless", {"securityContext": {"runAsUser": 0}})),
    "An added capability should fail.": (
        "capabilities",
        lambda: container("stateless", {"securityContext": {"capabilities": {"add": ["NET_ADMIN"]}}}),
    ),
    "A writable image should fail.": (
        "read-only-root",
        lambda: container("worker", {"securityContext": {"readOnlyRootFilesystem": False}}),
    ),
    "No seccomp profile should fail.": ("seccomp", lambda: pods("stateless", {"securityContext": {"seccompProfile": None}})),
    "A directory of the node should fail.": (
        "host-path",
        lambda: pods("daemon", {"volumes": [{"name": "logs", "hostPath": {"path": "/var/log"}}]}),
    ),
    "The node's network should fail.": ("host-namespaces", lambda: pods("daemon", {"hostNetwork": True})),
    "A port of the node should fail.": (
        "host-namespaces",
        lambda: container("stateless", {"ports": [{"name": "http", "containerPort": 8080, "hostPort": 80}]}),
    ),
    "The default service account should fail.": ("service-account", lambda: pods("stateless", {"serviceAccountName": None})),
    "A mounted token should fail.": ("service-account", lambda: pods("job", {"automountServiceAccountToken": True})),
    "A password in the clear should fail.": (
        "secret-in-env",
        lambda: container("stateless", {"env": [{"name": "DB_PASSWORD", "value": "canary"}]}),
    ),
    "A password inside a URL should fail.": (
        "secret-in-env",
        lambda: container("stateless", {"env": [{"name": "STORE", "value": "postgresql://shop:canary@database/shop"}]}),
    ),
    "A password in small letters should fail.": (
        "secret-in-env",
        lambda: container("stateless", {"env": [{"name": "db_password", "value": "canary"}]}),
    ),
    "A password in an argument should fail.": (
        "secret-in-args",
        lambda: container("worker", {"args": ["--store", "postgresql://shop:canary@database/shop"]}),
    ),
    "A password in a file should fail.": (
        "secret-in-files",
        lambda: spoiled("worker", "ConfigMap", {"data": {"app.toml": 'store = "amqp://shop:canary@queue"'}}, files={"/etc/app.toml": ""}),
    ),
    "A drain as long as the grace period should fail.": ("grace-period", lambda: pods("stateless", {"terminationGracePeriodSeconds": 5})),
    "A run that is restarted always should fail.": ("restart-policy", lambda: pods("batch", {"restartPolicy": "Always"})),
    "A Deployment that is not restarted should fail.": ("restart-policy", lambda: pods("stateless", {"restartPolicy": "Never"})),
    "A schedule without a time zone should fail.": ("time-zone", lambda: spoiled("batch", "CronJob", {"spec": {"timeZone": None}})),
    "A time zone that does not exist should fail.": (
        "time-zone",
        lambda: spoiled("batch", "CronJob", {"spec": {"timeZone": "Europe/Atlantis"}}),
    ),
    "A schedule of four fields should fail.": ("schedule", lambda: spoiled("batch", "CronJob", {"spec": {"schedule": "0 6 * *"}})),
    "Minute 60 should fail.": ("schedule", lambda: spoiled("batch", "CronJob", {"spec": {"schedule": "60 6 * * *"}})),
    **{
        f"A schedule of {what} should fail.": ("schedule", partial(spoiled, "batch", "CronJob", {"spec": {"schedule": text}}))
        for what, text in {
            "a zone of its own": "TZ=Etc/UTC 0 6 * * *",
            "an unknown macro": "@fortnightly",
            "a step of 0": "*/0 6 * * *",
            "no number": "0 six! * * *",
            "an unknown name": "0 6 * MAI *",
            "a range that runs backwards": "0 6 * * FRI-MON",
        }.items()
    },
    "A day that never comes should fail.": (
        "schedule",
        lambda: spoiled("batch", "CronJob", {"spec": {"schedule": "0 0 31 APR,JUN *"}}),
    ),
    "Runs that may overlap should fail.": (
        "overlapping-runs",
        lambda: spoiled("batch", "CronJob", {"spec": {"concurrencyPolicy": "Allow"}}),
    ),
    "No starting deadline should fail.": (
        "starting-deadline",
        lambda: spoiled("batch", "CronJob", {"spec": {"startingDeadlineSeconds": None}}),
    ),
    "A starting deadline of 5s should fail.": (
        "starting-deadline",
        lambda: spoiled("batch", "CronJob", {"spec": {"startingDeadlineSeconds": 5}}),
    ),
    "No active deadline should fail.": ("active-deadline", lambda: spoiled("job", "Job", {"spec": {"activeDeadlineSeconds": None}})),
    "Runs that are kept for ever should fail.": (
        "finished-runs",
        lambda: spoiled("job", "Job", {"spec": {"ttlSecondsAfterFinished": None}}),
    ),
    "Volumes deleted on scale-down should fail.": (
        "retained-volumes",
        lambda: spoiled("stateful", "StatefulSet", {"spec": {"persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete"}}}),
    ),
    "A StatefulSet without a volume should fail.": (
        "stateful-without-volume",
        lambda: spoiled("stateful", "StatefulSet", {"spec": {"volumeClaimTemplates": None}}),
    ),
    "A rewrite of every path to the root should fail.": (
        "rewrite-to-root",
        lambda: spoiled(
            "stateless", "Ingress", {"metadata": {"annotations": {"nginx.ingress.kubernetes.io/rewrite-target": "/"}}}, **FLOWS
        ),
    ),
    "A flow from everywhere should fail.": ("open-network", lambda: spoiled("worker", "NetworkPolicy", {"spec": {"ingress": [{}]}})),
    "A flow to all addresses should fail.": (
        "open-network",
        lambda: spoiled("worker", "NetworkPolicy", {"spec": {"egress": [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]}}),
    ),
    "A flow from all pods of all namespaces should fail.": (
        "open-network",
        lambda: spoiled("worker", "NetworkPolicy", {"spec": {"ingress": [{"from": [{"namespaceSelector": {}}]}]}}),
    ),
    "A name of 53 characters should fail.": ("name-form", lambda: spoiled("worker", "Deployment", {"metadata": {"name": "a" * 53}})),
    "A name that begins with a digit should fail.": ("name-form", lambda: spoiled("worker", "Deployment", {"metadata": {"name": "1a"}})),
    "An object without a name should fail.": ("name-form", lambda: spoiled("worker", "Deployment", {"metadata": {"name": ""}})),
    "A name with a capital should fail.": ("name-form", lambda: spoiled("worker", "Deployment", {"metadata": {"name": "Worker"}})),
    "An object without a version label should fail.": (
        "required-labels",
        lambda: spoiled("worker", "Deployment", {"metadata": {"labels": {"app.kubernetes.io/version": None}}}),
    ),
    "Two replicas on a volume of one node should fail.": (
        "shared-volume",
        lambda: spoiled("stateless", "Deployment", {"spec": {"replicas": 2}}, **SHARED),
    ),
    "A Service on a worker should fail.": ("service-on-worker", _worker_with_service),
    "An ingress on a database should fail.": (
        "ingress-on-database",
        lambda: _database_with(one(objects("stateless", **FLOWS), "Ingress")),
    ),
    "A load balancer on a database should fail.": (
        "ingress-on-database",
        lambda: spoiled("stateful", "Service", {"spec": {"type": "LoadBalancer"}}),
    ),
    "An autoscaler from 2 to 2 should fail.": (
        "fixed-autoscaler",
        lambda: spoiled("stateless", "HorizontalPodAutoscaler", {"spec": {"maxReplicas": 2}}, **AUTOSCALED),
    ),
    "An autoscaler on a StatefulSet should fail.": (
        "fixed-autoscaler",
        lambda: spoiled("stateless", "HorizontalPodAutoscaler", {"spec": {"scaleTargetRef": {"kind": "StatefulSet"}}}, **AUTOSCALED),
    ),
    "A budget that lets no pod leave should fail.": (
        "blocking-budget",
        lambda: spoiled("stateless", "PodDisruptionBudget", {"spec": {"maxUnavailable": 0}}),
    ),
    "Pods that no network policy selects should fail.": ("missing-network-policy", lambda: _without("NetworkPolicy", objects("stateless"))),
    "Pods that may connect to everything should fail.": (
        "missing-network-policy",
        lambda: spoiled("worker", "NetworkPolicy", {"spec": {"policyTypes": ["Ingress"]}}),
    ),
    "Pods that a policy's expression leaves out should fail.": (
        "missing-network-policy",
        lambda: spoiled("worker", "NetworkPolicy", {"spec": {"podSelector": {"matchLabels": None, **OTHERS}}}),
    ),
    "A StatefulSet without a headless Service should fail.": (
        "missing-governing-service",
        lambda: _without("Service", objects("stateful")),
    ),
}

RIGHT: dict[str, Case] = {
    "A database as a StatefulSet should pass.": ("database-image", lambda: objects("stateful")),
    "A database's own client that prepares a Deployment should pass.": (
        "database-image",
        lambda: pods("stateless", {"initContainers": [_preparing(objects("stateful"), ["pg_isready", "--host=database"])]}),
    ),
    "A scheduled dump out of a database image should pass.": (
        "database-image",
        lambda: objects("batch", image="postgres:15.20", command=["pg_dump", "shop"]),
    ),
    **{
        f"A schedule of {what} should pass.": ("schedule", partial(objects, "batch", batch={"schedule": text, "time_zone": "Etc/UTC"}))
        for what, text in {
            "a day that never comes beside a weekday that does": "0 0 31 2,4 */2",
            "names in lower case": "0 6 * * mon-fri",
            "midnight": "@midnight",
            "an interval": "@every 1h30m",
            "a question mark": "0 6 ? * 1",
        }.items()
    },
    "An exporter named after a database should pass.": (
        "database-image",
        lambda: objects("stateless", image="prom/postgres-exporter:0.15.0"),
    ),
    "A migration as a Job should pass.": ("finite-process", lambda: objects("job", args=["migrate"])),
    "A queue named like a task that ends should pass.": ("finite-process", lambda: objects("worker", args=["--queue", "cleanup"])),
    "A script that goes on after what ends should pass.": (
        "finite-process",
        lambda: objects("worker", command=["sh", "-c", "flyway migrate && exec worker"]),
    ),
    "A version tag beside a registry's port should pass.": (
        "floating-tag",
        lambda: objects("stateless", image="registry:5000/shop/web:1.0.0"),
    ),
    "A digest should pass.": ("floating-tag", lambda: objects("stateless", image="shop/web@sha256:" + "0" * 64)),
    "A branch with its commit should pass.": ("floating-tag", lambda: objects("stateless", image="shop/web:main-3f2a91c")),
    "A registry with a port should pass.": (
        "image-form",
        lambda: objects("stateless", image="Registry.local:5000/shop/web_api:v1.0.0-rc.1"),
    ),
    "A preset should bring a memory limit.": ("memory-limit", lambda: objects("worker", size="large")),
    "A preset should bring requests.": ("resource-requests", lambda: objects("job", size="medium")),
    "A limit equal to the request should pass.": (
        "limit-below-request",
        lambda: objects("worker", resources={"memory": "1Gi", "memory_limit": "1024Mi"}),
    ),
    "A metrics port alone should need no readiness.": ("readiness-probe", lambda: objects("worker", metrics={})),
    "A worker that nothing connects to should need no liveness.": ("liveness-probe", lambda: objects("worker", metrics={})),
    "A run that ends should need no liveness.": ("liveness-probe", lambda: objects("job")),
    "Readiness that asks dependencies should pass.": ("liveness-dependencies", lambda: objects("stateless", readiness={"path": "/readyz"})),
    "The default should not be privileged.": ("privileged", lambda: objects("daemon")),
    "The default should not escalate.": ("privilege-escalation", lambda: objects("daemon")),
    "Another user than 0 should pass.": ("root-user", lambda: objects("stateful", user=999)),
    "The default should drop all capabilities.": ("capabilities", lambda: objects("batch")),
    "Named writable directories should pass.": ("read-only-root", lambda: objects("stateless", writable_paths=["/tmp", "/var/cache"])),
    "The default should have a seccomp profile.": ("seccomp", lambda: objects("job")),
    "An emptyDir should pass.": ("host-path", lambda: objects("daemon")),
    "A container port should pass.": ("host-namespaces", lambda: objects("stateless", port=3000)),
    "An own service account without a token should pass.": ("service-account", lambda: objects("stateful")),
    "A secret by name and key should pass.": (
        "secret-in-env",
        lambda: objects("stateless", secrets={"DB_PASSWORD": {"name": "shop", "key": "password"}}),
    ),
    "The path of a password file should pass.": (
        "secret-in-env",
        lambda: objects("stateless", env={"DB_PASSWORD_FILE": "/run/secrets/password"}),
    ),
    "A number of tokens should pass.": ("secret-in-env", lambda: objects("stateless", env={"MAX_TOKENS": "4096"})),
    "A URL that refers to its password should pass.": (
        "secret-in-env",
        lambda: objects("stateless", env={"STORE": "postgresql://shop:$(PASSWORD)@database/shop"}),
    ),
    "An argument that refers to a password should pass.": (
        "secret-in-args",
        lambda: objects("worker", args=["--store", "postgresql://shop:$(PASSWORD)@database/shop"]),
    ),
    "A file with an address should pass.": (
        "secret-in-files",
        lambda: objects("worker", files={"/etc/app.toml": 'store = "http://queue:5672"'}),
    ),
    "A URL without a password should pass.": ("secret-in-env", lambda: objects("stateless", env={"STORE": "http://shop@store:8080/"})),
    "A drain shorter than the grace period should pass.": (
        "grace-period",
        lambda: objects("stateless", drain_seconds=10, grace_period_seconds=11),
    ),
    "A run repeated in place should pass.": (
        "restart-policy",
        lambda: objects("job", batch={"restart": "OnFailure"}),
    ),
    "A named time zone should pass.": ("time-zone", lambda: objects("batch")),
    "Steps, lists and names in a schedule should pass.": (
        "schedule",
        lambda: objects("batch", batch={"schedule": "*/15 0,12 1-15/2 JAN MON-FRI", "time_zone": "Etc/UTC"}),
    ),
    "The 31st or a Monday should pass, since a Monday comes.": (
        "schedule",
        lambda: objects("batch", batch={"schedule": "0 0 31 APR MON", "time_zone": "Etc/UTC"}),
    ),
    "The 29th of February should pass.": (
        "schedule",
        lambda: objects("batch", batch={"schedule": "0 0 29-31/2 2 *", "time_zone": "Etc/UTC"}),
    ),
    "A macro should pass.": ("schedule", lambda: objects("batch", batch={"schedule": "@daily", "time_zone": "Etc/UTC"})),
    "A run that takes over should pass.": (
        "overlapping-runs",
        lambda: objects("batch", batch={"schedule": "@daily", "time_zone": "Etc/UTC", "concurrency": "Replace"}),
    ),
    "The default deadline should pass.": ("starting-deadline", lambda: objects("batch")),
    "The default run should have a deadline.": ("active-deadline", lambda: objects("batch")),
    "The default run should be cleaned up.": ("finished-runs", lambda: objects("batch")),
    "Volumes should be retained by default.": ("retained-volumes", lambda: objects("stateful")),
    "A StatefulSet with a volume should pass.": ("stateful-without-volume", lambda: objects("stateful", replicas=3)),
    "A rewrite that keeps the rest of the path should pass.": (
        "rewrite-to-root",
        lambda: objects("stateless", ingress={"annotations": {"nginx.ingress.kubernetes.io/rewrite-target": "/$1"}}),
    ),
    "A flow to some addresses should pass.": (
        "open-network",
        lambda: objects("worker", allow_to=[{"cidr": "203.0.113.0/24", "port": 443}]),
    ),
    "A flow from one program in all namespaces should pass.": (
        "open-network",
        lambda: spoiled(
            "stateless",
            "NetworkPolicy",
            {"spec": {"ingress": [{"from": [{"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "gateway"}}}]}]}},
        ),
    ),
    "A run that the API server names should pass.": (
        "name-form",
        lambda: spoiled("job", "Job", {"metadata": {"name": None, "generateName": "sample-"}}),
    ),
    "A name of 52 characters should pass.": ("name-form", lambda: objects("worker", name="a" * 52)),
    "Every object of ours should be labelled.": ("required-labels", lambda: objects("daemon")),
    "One replica on a volume of one node should pass.": ("shared-volume", lambda: objects("stateless", **SHARED)),
    "Two replicas on a volume of many nodes should pass.": (
        "shared-volume",
        lambda: objects("stateless", storage={"mount_path": "/data", "access_mode": "ReadWriteMany"}),
    ),
    "A Service on a stateless workload should pass.": (
        "service-on-worker",
        lambda: [*objects("worker", name="other"), *objects("stateless")],
    ),
    "An ingress beside a database should pass.": (
        "ingress-on-database",
        lambda: [*objects("stateful", name="database"), *objects("stateless", **FLOWS)],
    ),
    "An autoscaler with room should pass.": ("fixed-autoscaler", lambda: objects("stateless", **AUTOSCALED)),
    "A budget of one pod should pass.": ("blocking-budget", lambda: objects("stateless")),
    "Pods with a policy of their own should pass.": ("missing-network-policy", lambda: objects("batch")),
    "A policy that selects by expressions should pass.": (
        "missing-network-policy",
        lambda: spoiled("worker", "NetworkPolicy", {"spec": {"podSelector": {"matchLabels": None, **OURS}}}),
    ),
    "A governed StatefulSet should pass.": ("missing-governing-service", lambda: objects("stateful")),
}
