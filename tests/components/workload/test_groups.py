"""The groups of inputs that few programs need: what each makes, and what each refuses."""

from typing import Any

import pulumi
import pytest

from components.workload import render
from components.workload.rules.inputs import BELONGS
from tests.components.workload.samples import inputs, objects, one, pod_spec

KEDA = {"enable_keda": True}
WHY = "it is told why"


def container(pattern: str, **changes: Any) -> dict[str, Any]:
    (found,) = pod_spec(objects(pattern, **changes))["containers"]
    assert isinstance(found, dict)
    return found


def test_ports() -> None:
    """7: further ports, by name and protocol, reach the container, the Service, and the policy of who may connect."""
    ports = {"admin": {"port": 9000, "service_port": 81}, "dns": {"port": 53, "protocol": "UDP"}}
    made = objects("stateless", ports=ports, allow_from=[{"workload": "a", "port": 53}, {"workload": "a"}])
    flows = one(made, "NetworkPolicy")["spec"]["ingress"]

    assert [("http", 8080, "TCP"), ("admin", 9000, "TCP"), ("dns", 53, "UDP")] == [
        (port["name"], port["containerPort"], port["protocol"]) for port in pod_spec(made)["containers"][0]["ports"]
    ]
    assert [("http", 80), ("admin", 81), ("dns", 53)] == [(port["name"], port["port"]) for port in one(made, "Service")["spec"]["ports"]]
    assert [[{"protocol": "UDP", "port": 53}], [{"protocol": "TCP", "port": 8080}]] == [flow["ports"] for flow in flows]


def test_load_balancer() -> None:
    """7: a Service that a cloud leads to, with its annotations, for those who may come."""
    wanted = {"type": "LoadBalancer", "port": 443, "annotations": {"a": "b"}, "source_ranges": ["203.0.113.0/24"]}
    made = one(objects("stateless", service=wanted, allow_from=[{"internet": True}]), "Service")

    assert ("LoadBalancer", ["203.0.113.0/24"]) == (made["spec"]["type"], made["spec"]["loadBalancerSourceRanges"])
    assert ({"a": "b"}, 443) == (made["metadata"]["annotations"], made["spec"]["ports"][0]["port"])


def test_node_port_wants_a_reason() -> None:
    """7: NodePort is refused with the reason unless allowed."""
    with pytest.raises(pulumi.InputPropertiesError, match=r"service\.type: a NodePort opens a port of every node"):
        objects("stateless", service={"type": "NodePort"})

    assert one(objects("stateless", service={"type": "NodePort"}, exceptions={"node-port": WHY}), "Service")


def test_hosts_paths_and_certificate() -> None:
    """7: several hosts, each path to its port, with a certificate by an issuer of cert-manager."""
    ingress = {"hosts": ["a.example.com", "b.example.com"], "paths": {"/": "http", "/admin": "admin"}, "tls_issuer": "letsencrypt"}
    made = objects("stateless", ports={"admin": {"port": 9000}}, ingress=ingress)
    spec, policy = one(made, "Ingress")["spec"], one(made, "NetworkPolicy")["spec"]

    assert ["a.example.com", "b.example.com"] == [rule["host"] for rule in spec["rules"]] == spec["tls"][0]["hosts"]
    assert ["http", "admin"] == [path["backend"]["service"]["port"]["name"] for path in spec["rules"][1]["http"]["paths"]]
    assert "letsencrypt" == one(made, "Ingress")["metadata"]["annotations"]["cert-manager.io/cluster-issuer"]
    assert "sample-tls" == spec["tls"][0]["secretName"]
    assert [8080, 9000] == [port["port"] for port in policy["ingress"][0]["ports"]]


def test_gateway() -> None:
    """7: a route of the Gateway API where the target has it, and its gateway let in."""
    gateway = {"name": "public", "namespace": "gateways", "section": "https", "hosts": ["a.example.com"], "paths": ["/a"]}
    made = objects("stateless", gateway=gateway, platform={"enable_gateway": True})
    spec = one(made, "HTTPRoute")["spec"]

    assert [{"name": "public", "namespace": "gateways", "sectionName": "https"}] == spec["parentRefs"]
    assert [{"name": "sample", "port": 80}] == spec["rules"][0]["backendRefs"]
    assert "gateways" in str(one(made, "NetworkPolicy")["spec"]["ingress"])


def test_probes() -> None:
    """7: probes by gRPC, by connecting, and on other ports."""
    made = container("stateless", readiness={"grpc": "shop"}, liveness={"tcp": True}, startup={"path": "/", "port": 9000})

    assert {"port": 8080, "service": "shop"} == made["readinessProbe"]["grpc"]
    assert {"port": "http"} == made["livenessProbe"]["tcpSocket"]
    assert {"path": "/", "port": 9000} == made["startupProbe"]["httpGet"]


def test_containers_beside() -> None:
    """7: native sidecars start before what prepares, which has the workload's image, environment and volumes; all by the same rules."""
    shared = {"cache": {"mount_path": "/cache", "scratch": {}}}
    secrets = {"URL": {"name": "s", "key": "k"}}
    proxy = {"image": "shop/proxy:1.0.0", "ports": {"proxy": {"port": 7000}}}
    made = pod_spec(
        objects("stateless", volumes=shared, secrets=secrets, init={"migrate": {"args": ["migrate"]}}, sidecars={"proxy": proxy})
    )
    sidecar, prepare = made["initContainers"]

    assert ("proxy", "Always") == (sidecar["name"], sidecar["restartPolicy"])
    assert ("migrate", "shop/web:1.0.0", ["migrate"]) == (prepare["name"], prepare["image"], prepare["args"])
    assert ["URL"] == [variable["name"] for variable in prepare["env"]]
    assert (["/tmp"], ["/tmp", "/cache"]) == tuple(
        [mount["mountPath"] for mount in each["volumeMounts"]] for each in made["initContainers"]
    )
    assert made["containers"][0]["securityContext"] == sidecar["securityContext"] == prepare["securityContext"]


def test_metrics_of_an_exporter() -> None:
    """7: metrics that a sidecar has are scraped at the sidecar."""
    exporter = {"image": "shop/exporter:1.0.0", "ports": {"exporter": {"port": 9121}}}
    spec = pod_spec(objects("worker", metrics={"port": 9121}, sidecars={"exporter": exporter}))

    assert "ports" not in spec["containers"][0]
    assert [{"name": "metrics", "containerPort": 9121, "protocol": "TCP"}] == spec["initContainers"][0]["ports"]


def test_environment() -> None:
    """7: variables from whole ConfigMaps and Secrets, from keys, and from the pod's own fields."""
    wanted = {"config_maps": ["a"], "secrets": ["b"], "config_keys": {"C": {"name": "a", "key": "c"}}, "fields": {"IP": "status.podIP"}}
    made = container("worker", env_from=wanted, env={"D": "$(IP)"})

    assert [{"configMapRef": {"name": "a"}}, {"secretRef": {"name": "b"}}] == made["envFrom"]
    assert ["C", "IP", "D"] == [variable["name"] for variable in made["env"]]


VOLUMES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "secret": ({"secret": "a", "mode": 256}, {"secret": {"secretName": "a", "defaultMode": 256}}),
    "config map": (
        {"config_map": "a", "keys": {"k": "f"}},
        {"configMap": {"name": "a", "items": [{"key": "k", "path": "f"}]}},
    ),
    "claim": ({"claim": "a"}, {"persistentVolumeClaim": {"claimName": "a"}}),
    "memory": ({"scratch": {"memory": True, "size": "1Gi"}}, {"emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}}),
    "token": (
        {"token": {"audience": "a"}},
        {"projected": {"sources": [{"serviceAccountToken": {"path": "token", "audience": "a", "expirationSeconds": 3600}}]}},
    ),
}


@pytest.mark.parametrize(("given", "source"), VOLUMES.values(), ids=VOLUMES)
def test_volumes(given: dict[str, Any], source: dict[str, Any]) -> None:
    """7: files of Secrets and ConfigMaps, existing claims (no other is made beside), scratch space of a size, tokens."""
    made = objects("worker", volumes={"given": {"mount_path": "/given", **given}})
    mount = pod_spec(made)["containers"][0]["volumeMounts"][-1]

    assert {"name": "given", **source} == pod_spec(made)["volumes"][-1]
    assert ("/given", not {"claim", "scratch"} & given.keys()) == (mount["mountPath"], mount.get("readOnly", False))
    assert "PersistentVolumeClaim" not in [each["kind"] for each in made]


def test_logs_of_the_node() -> None:
    """Review 8: what the chooser advises a daemon for can be made, read-only and for a reason."""
    logs = {"logs": {"mount_path": "/var/log", "node_path": "/var/log"}}
    spec = pod_spec(objects("daemon", volumes=logs, exceptions={"host-path": WHY}))

    assert {"name": "logs", "hostPath": {"path": "/var/log"}} == spec["volumes"][-1]
    assert spec["containers"][0]["volumeMounts"][-1]["readOnly"] is True


def test_scheduling() -> None:
    """7: node selectors, tolerations, affinity, classes, and what pods are spread over."""
    wanted = {
        "node_selector": {"gpu": "yes"},
        "tolerations": [{"key": "gpu"}],
        "affinity": {"nodeAffinity": {}},
        "priority_class": "high",
        "runtime_class": "nvidia",
        "spread_keys": ["topology.kubernetes.io/zone"],
    }
    spec = pod_spec(objects("stateless", scheduling=wanted))

    assert ({"gpu": "yes"}, [{"operator": "Exists", "key": "gpu"}]) == (spec["nodeSelector"], spec["tolerations"])
    assert ("high", "nvidia") == (spec["priorityClassName"], spec["runtimeClassName"])
    assert ["topology.kubernetes.io/zone"] == [each["topologyKey"] for each in spec["topologySpreadConstraints"]]


def test_gpu_runs() -> None:
    """7: extended resources, and a Job that shares its work out by numbers."""
    batch = {"parallelism": 2, "completions": 8, "indexed": True, "failures": [{"action": "Ignore", "conditions": ["DisruptionTarget"]}]}
    spec = one(objects("job", resources={"extended": {"nvidia.com/gpu": "1"}}, batch=batch), "Job")["spec"]
    resources = spec["template"]["spec"]["containers"][0]["resources"]

    assert (2, 8, "Indexed") == (spec["parallelism"], spec["completions"], spec["completionMode"])
    assert "1" == resources["requests"]["nvidia.com/gpu"] == resources["limits"]["nvidia.com/gpu"]
    assert [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}] == spec["podFailurePolicy"]["rules"]


def test_scaling_by_memory() -> None:
    """7: memory alone, where that is what is named."""
    spec = one(objects("stateless", autoscaling={"max_replicas": 5, "memory_percent": 80}), "HorizontalPodAutoscaler")["spec"]

    assert ["memory"] == [metric["resource"]["name"] for metric in spec["metrics"]]


def test_scaling_by_keda() -> None:
    """7: queries, times and no replicas at all, where KEDA is there; never two autoscalers of one workload."""
    scaling = {
        "max_replicas": 9,
        "min_replicas": 0,
        "prometheus": [{"query": "sum(waiting)", "threshold": 5}],
        "schedules": [{"start": "0 8 * * *", "end": "0 18 * * *", "time_zone": "Etc/UTC", "replicas": 3}],
    }
    made = objects("worker", autoscaling=scaling, platform=KEDA)
    spec = one(made, "ScaledObject")["spec"]

    assert (0, 9) == (spec["minReplicaCount"], spec["maxReplicaCount"])
    assert ["prometheus", "cron"] == [trigger["type"] for trigger in spec["triggers"]]
    assert "5" == spec["triggers"][0]["metadata"]["threshold"]
    assert "HorizontalPodAutoscaler" not in [each["kind"] for each in made]


def test_backlog_to_zero() -> None:
    """7: a worker that goes to zero is woken by its backlog."""
    scaling = {"max_replicas": 9, "min_replicas": 0, "backlog_metric": "orders_waiting", "backlog_per_replica": 10}
    (trigger,) = one(objects("worker", autoscaling=scaling, platform=KEDA), "ScaledObject")["spec"]["triggers"]

    assert ("sum(orders_waiting)", "10") == (trigger["metadata"]["query"], trigger["metadata"]["threshold"])


def test_rollout_and_lifecycle() -> None:
    """7: how pods are replaced, and commands at both ends of a container's life."""
    made = objects(
        "stateless", rollout={"max_surge": "50%", "max_unavailable": "1", "min_ready_seconds": 9}, lifecycle={"pre_stop": ["leave"]}
    )
    spec = one(made, "Deployment")["spec"]

    assert {"maxSurge": "50%", "maxUnavailable": 1} == spec["strategy"]["rollingUpdate"]
    assert 9 == spec["minReadySeconds"]
    assert {"preStop": {"exec": {"command": ["leave"]}}} == pod_spec(made)["containers"][0]["lifecycle"]


def test_permissions() -> None:
    """7, review 8: rights that are named give a Role, and a token that ends, seen by the workload's container alone."""
    account = {"annotations": {"a": "b"}, "rules": [{"api_groups": [""], "resources": ["pods"], "verbs": ["get"]}]}
    made = objects("worker", service_account=account, sidecars={"proxy": {"image": "shop/proxy:1.0.0"}})
    spec = pod_spec(made)

    assert {"a": "b"} == one(made, "ServiceAccount")["metadata"]["annotations"]
    assert [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}] == one(made, "Role")["rules"]
    assert one(made, "RoleBinding")["subjects"] == [{"kind": "ServiceAccount", "name": "sample", "namespace": "default"}]
    assert spec["automountServiceAccountToken"] is False
    assert "/var/run/secrets/kubernetes.io/serviceaccount" == spec["containers"][0]["volumeMounts"][-1]["mountPath"]
    assert ["/tmp"] == [mount["mountPath"] for mount in spec["initContainers"][0]["volumeMounts"]]


def test_labels_and_annotations() -> None:
    """7: labels reach every object and pod, annotations every object, those of pods the pods."""
    made = objects("stateless", metadata={"labels": {"cost": "1"}, "annotations": {"a": "b"}, "pod_annotations": {"c": "d"}}, ingress={})
    template = one(made, "Deployment")["spec"]["template"]["metadata"]

    assert all(each["metadata"]["labels"]["cost"] == "1" and each["metadata"]["annotations"]["a"] == "b" for each in made)
    assert ("1", {"c": "d"}) == (template["labels"]["cost"], template["annotations"])


def test_stateful() -> None:
    """7: several claims, the governing Service's name, order and retention."""
    wanted = {"claims": {"log": {"mount_path": "/log", "size": "2Gi"}}, "governing_service": "members", "parallel": True}
    made = objects("stateful", stateful={**wanted, "delete_volumes_when_scaled": True}, exceptions={"retained-volumes": WHY})
    spec = one(made, "StatefulSet")["spec"]

    assert ["data", "log"] == [claim["metadata"]["name"] for claim in spec["volumeClaimTemplates"]]
    assert ("members", "Parallel") == (spec["serviceName"], spec["podManagementPolicy"])
    assert {"whenDeleted": "Retain", "whenScaled": "Delete"} == spec["persistentVolumeClaimRetentionPolicy"]
    assert "/log" in [mount["mountPath"] for mount in pod_spec(made)["containers"][0]["volumeMounts"]]


SIDECAR = {"image": "shop/proxy:1.0.0"}
RULE = {"api_groups": [""], "resources": ["pods"], "verbs": ["get"]}
SCALING = {"max_replicas": 9}
REFUSED: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "A port of our name": ("stateless", {"ports": {"metrics": {"port": 1}}}, "ports.metrics", "is no name of a port"),
    "A port twice": ("stateless", {"ports": {"b": {"port": 8080}}}, "ports.b.port", "another port's already"),
    "A port of no number": ("stateless", {"ports": {"b": {"port": 0}}}, "ports.b.port", "out of range"),
    "Ranges of no load balancer": ("stateless", {"service": {"source_ranges": []}}, "service.source_ranges", "only a load balancer"),
    "A load balancer for nobody": ("stateless", {"service": {"type": "LoadBalancer"}}, "service.type", "say in allow_from who"),
    "Host and hosts": ("stateless", {"ingress": {"host": "a", "hosts": ["b"]}}, "ingress.hosts", "keep one"),
    "No hosts": ("stateless", {"ingress": {"hosts": []}}, "ingress.hosts", "names none"),
    "A path to no port": ("stateless", {"ingress": {"paths": {"/": "htp"}}}, "ingress.paths./", "did you mean 'http'?"),
    "A path that is none": ("stateless", {"ingress": {"paths": {"a": "http"}}}, "ingress.paths.a", "begin with /"),
    "No Gateway API": ("stateless", {"gateway": {"name": "a", "namespace": "b"}}, "gateway", "this target has no Gateway API"),
    "Zero without KEDA": ("worker", {"autoscaling": {**SCALING, "min_replicas": 0}}, "autoscaling.min_replicas", "needs KEDA"),
    "Queries without KEDA": (
        "worker",
        {"autoscaling": {**SCALING, "prometheus": [{"query": "a", "threshold": 1}]}},
        "autoscaling.prometheus",
        "needs KEDA",
    ),
    "No times": ("worker", {"autoscaling": {**SCALING, "schedules": []}, "platform": KEDA}, "autoscaling.schedules", "names none"),
    "A container of the workload's name": ("worker", {"sidecars": {"sample": SIDECAR}}, "sidecars.sample", "no other container's"),
    "A sidecar without an image": ("worker", {"sidecars": {"a": {}}}, "sidecars.a.image", "is required"),
    "A sidecar asked nowhere": (
        "worker",
        {"sidecars": {"a": {**SIDECAR, "liveness": {"path": "/"}}}},
        "sidecars.a.liveness.port",
        "is required",
    ),
    "A port of what prepares": ("worker", {"init": {"a": {"ports": {}}}}, "init.a.ports", "it ends before"),
    "A volume that is none": ("worker", {"init": {"a": {"volumes": ["cach"]}}}, "init.a.volumes", "there is no volume 'cach'"),
    "A volume of our name": (
        "worker",
        {"volumes": {"data": {"mount_path": "/a", "claim": "b"}}},
        "volumes.data",
        "data and files are ours",
    ),
    "A volume of nothing": ("worker", {"volumes": {"a": {"mount_path": "/a"}}}, "volumes.a", "names no source"),
    "A volume of two": (
        "worker",
        {"volumes": {"a": {"mount_path": "/a", "claim": "b", "secret": "c"}}},
        "volumes.a",
        "names secret, claim",
    ),
    "Keys of a claim": ("worker", {"volumes": {"a": {"mount_path": "/a", "claim": "b", "keys": {}}}}, "volumes.a.keys", "drop it"),
    "A volume over another": ("worker", {"volumes": {"a": {"mount_path": "/tmp", "claim": "b"}}}, "volumes.a.mount_path", "mounted twice"),
    "A variable twice": ("worker", {"env": {"A": ""}, "env_from": {"fields": {"A": "status.podIP"}}}, "env_from.fields.A", "keep one"),
    "A field that is none": (
        "worker",
        {"env_from": {"fields": {"A": "status.podIp"}}},
        "env_from.fields.A",
        "did you mean 'status.podIP'?",
    ),
    "Half a GPU": ("job", {"resources": {"extended": {"nvidia.com/gpu": "0.5"}}}, "resources.extended.nvidia.com/gpu", "write it like"),
    "An effect that is none": (
        "worker",
        {"scheduling": {"tolerations": [{"effect": "No"}]}},
        "scheduling.tolerations[0].effect",
        "NoExecute",
    ),
    "A value of no key": ("worker", {"scheduling": {"tolerations": [{"value": "a"}]}}, "scheduling.tolerations[0].key", "is required"),
    "A time of no effect": ("worker", {"scheduling": {"tolerations": [{"seconds": 1}]}}, "scheduling.tolerations[0].seconds", "NoExecute"),
    "Numbers of how many": ("job", {"batch": {"indexed": True}}, "batch.completions", "is required with indexed"),
    "A failure of nothing": ("job", {"batch": {"failures": [{"action": "Count"}]}}, "batch.failures[0]", "or neither"),
    "A failure that is success": (
        "job",
        {"batch": {"failures": [{"action": "Count", "exit_codes": [0]}]}},
        "batch.failures[0].exit_codes",
        "0 is success",
    ),
    "A drain that ends the run": (
        "job",
        {"batch": {"failures": [{"action": "FailJob", "conditions": ["DisruptionTarget"]}]}},
        "batch.failures[0].action",
        "whenever a node is drained",
    ),
    "Failures in place": (
        "job",
        {"batch": {"restart": "OnFailure", "failures": [{"action": "Count", "exit_codes": [1]}]}},
        "batch.restart",
        "is Never with failures",
    ),
    "A surge of a database": ("stateful", {"rollout": {"max_surge": "1"}}, "rollout.max_surge", "is for stateless and worker alone"),
    "A share that is none": ("stateless", {"rollout": {"max_surge": "a"}}, "rollout.max_surge", "write it like 1 or 25%"),
    "A roll-out that cannot": ("stateless", {"rollout": {"max_surge": "0"}}, "rollout.max_surge", "lets no pod come and none go"),
    "Two roll-outs": ("stateless", {"rollout": {"recreate": True, "max_surge": "1"}}, "rollout.recreate", "drop max_surge"),
    "Two ways to leave": ("stateless", {"drain_seconds": 3, "lifecycle": {"pre_stop": ["a"]}}, "lifecycle.pre_stop", "keep one"),
    "A command that is none": ("stateless", {"lifecycle": {"post_start": []}}, "lifecycle.post_start", "names no program"),
    "A label of ours": ("worker", {"metadata": {"labels": {"causeway.dev/team": "a"}}}, "metadata.labels.causeway.dev/team", "of ours"),
    "A wildcard": ("worker", {"service_account": {"rules": [{**RULE, "verbs": ["*"]}]}}, "service_account.rules[0].verbs", "a wildcard"),
    "No verbs": ("worker", {"service_account": {"rules": [{**RULE, "verbs": []}]}}, "service_account.rules[0].verbs", "names none"),
    "Rights to more": (
        "worker",
        {"service_account": {"rules": [{**RULE, "verbs": ["escalate"]}]}},
        "service_account.rules[0].verbs",
        "more rights",
    ),
    "Two questions": ("stateless", {"readiness": {"path": "/", "grpc": ""}}, "readiness", "asks by a grpc and by a path"),
    "No question": ("stateless", {"readiness": {"tcp": False}}, "readiness.tcp", "asks nothing"),
}


@pytest.mark.parametrize(("pattern", "changes", "path", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(pattern: str, changes: dict[str, Any], path: str, reason: str) -> None:
    """7: what contradicts itself, names nothing, or waits for what the target has not, is refused by its path."""
    with pytest.raises(pulumi.InputPropertiesError) as refused:
        objects(pattern, **changes)
    found = {error["property_path"]: error["reason"] for error in refused.value.errors or []}

    assert reason in found.get(path, ""), found


@pytest.mark.parametrize("group", ["ports", "service", "stateful", "rollout", "gateway"])
def test_groups_of_other_patterns(group: str) -> None:
    """7: a group that a pattern has no use for is refused, not ignored."""
    taken = next(patterns for key, patterns, _ in BELONGS if key == group)
    for pattern in ("stateless", "stateful", "worker", "batch", "daemon", "job"):
        given = {"gateway": {"name": "a", "namespace": "b"}}.get(group, {})
        if pattern not in taken:
            with pytest.raises(pulumi.InputPropertiesError, match=f"{group}: pattern '{pattern}'"):
                render("sample", inputs(pattern, **{group: given}))
