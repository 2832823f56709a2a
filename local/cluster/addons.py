"""What a local cluster has besides Kubernetes: DNS, StorageClass `standard`, IngressClass `nginx`; or a simulated node.

Pure functions make the objects; `apply` sends them by server-side apply, which may be repeated.
"""

import json
import os
from typing import Any

from local.cluster.layout import Cluster
from local.toolchain import Installed
from local.toolchain.pins import versions
from workspace import web
from workspace.cluster import CouldNotAsk, Kubectl
from workspace.progress import Problem

Manifest = dict[str, Any]
RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
READ = ["get", "list", "watch"]
APPLY_SECONDS = 60.0


def apply(cluster: Cluster, tools: dict[str, Installed]) -> None:
    """Send every add-on of `cluster` to its API server; raises Problem with kubectl's last line."""
    manifests = simulated_node(cluster) if cluster.simulated else [*dns(cluster), *storage(cluster), *front_door(cluster)]
    manifests = [*manifests, storage_class(), ingress_class()]
    environment = os.environ | web.variables() | {"PATH": str(tools["kubectl"].program().parent)}
    kubectl = Kubectl((f"--kubeconfig={cluster.admin_kubeconfig}",), environment)
    sent = json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests})
    words = ("apply", "--server-side", "--force-conflicts", "--field-manager=causeway-local", "-f", "-")
    try:
        kubectl.run(*words, given=sent, seconds=APPLY_SECONDS)
    except CouldNotAsk as problem:
        raise Problem(f"the cluster's add-ons were refused: {problem.reason}") from None


def workloads(cluster: Cluster) -> list[tuple[str, str]]:
    """(namespace, name) of every add-on Deployment that must run before the cluster is of use."""
    if cluster.simulated:
        return []
    made = [*dns(cluster), *storage(cluster), *front_door(cluster)]
    return [(item["metadata"]["namespace"], item["metadata"]["name"]) for item in made if item["kind"] == "Deployment"]


def storage_class() -> Manifest:
    """A claim's folder is named after the claim, so that kept data is found again by the next cluster."""
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "standard", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
        "provisioner": "rancher.io/local-path",
        "parameters": {"pathPattern": "{{ .PVC.Namespace }}/{{ .PVC.Name }}"},
        "volumeBindingMode": "WaitForFirstConsumer",
        "reclaimPolicy": "Delete",
    }


def ingress_class() -> Manifest:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "IngressClass",
        "metadata": {"name": "nginx", "annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}},
        "spec": {"controller": "k8s.io/ingress-nginx"},
    }


def simulated_node(cluster: Cluster) -> list[Manifest]:
    """One node that KWOK plays, roomy enough for scale tests."""
    room = {"cpu": "1000", "memory": "4Ti", "pods": "20000"}
    return [
        {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {
                "name": cluster.name,
                "annotations": {"kwok.x-k8s.io/node": "fake"},
                "labels": {"kubernetes.io/hostname": cluster.name, "kubernetes.io/os": "linux", "type": "kwok"},
            },
            "status": {"allocatable": room, "capacity": room},
        }
    ]


def dns(cluster: Cluster) -> list[Manifest]:
    """CoreDNS for cluster.local; it forwards nothing, for there is no outside."""
    labels = {"k8s-app": "kube-dns"}
    corefile = (
        ".:1053 {\n errors\n health :8080\n ready :8181\n prometheus :9153\n cache 5\n"
        " kubernetes cluster.local in-addr.arpa ip6.arpa {\n  pods insecure\n }\n}\n"
    )
    rules = [
        {"apiGroups": [""], "resources": ["services", "pods", "namespaces"], "verbs": ["list", "watch"]},
        {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": ["list", "watch"]},
    ]
    container = {
        "name": "coredns",
        "image": versions()["images"]["kubernetes"],
        "command": ["coredns", "-conf", "/etc/coredns/Corefile"],
        "ports": [_port("dns", 1053, "UDP"), _port("dns-tcp", 1053), _port("metrics", 9153)],
        "readinessProbe": {"httpGet": {"path": "/ready", "port": 8181}, "periodSeconds": 1},
        "livenessProbe": {"httpGet": {"path": "/health", "port": 8080}, "periodSeconds": 20},
        "resources": {"requests": {"cpu": "50m", "memory": "40Mi"}, "limits": {"memory": "170Mi"}},
        "securityContext": RESTRICTED,
        "volumeMounts": [{"name": "configuration", "mountPath": "/etc/coredns", "readOnly": True}],
    }
    pod = {
        "serviceAccountName": "coredns",
        "priorityClassName": "system-cluster-critical",
        "dnsPolicy": "Default",
        "containers": [container],
        "volumes": [{"name": "configuration", "configMap": {"name": "coredns"}}],
    }
    ports = [
        {"name": "dns", "port": 53, "targetPort": 1053, "protocol": "UDP"},
        {"name": "dns-tcp", "port": 53, "targetPort": 1053, "protocol": "TCP"},
        {"name": "metrics", "port": 9153, "targetPort": 9153, "protocol": "TCP"},
    ]
    return [
        *_account("coredns", "kube-system", rules),
        _object("v1", "ConfigMap", "coredns", "kube-system", data={"Corefile": corefile}),
        _deployment("coredns", "kube-system", labels, pod),
        _object(
            "v1", "Service", "kube-dns", "kube-system",
            spec={"clusterIP": cluster.dns, "selector": labels, "ports": ports},
        ),
    ]  # fmt: skip


def storage(cluster: Cluster) -> list[Manifest]:
    """The local-path provisioner: volumes are folders of the cluster's own directory."""
    name, namespace, image = "local-path-provisioner", "local-path-storage", versions()["images"]["toolbox"]
    helper = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "helper"},
        "spec": {
            "containers": [{"name": "helper", "image": image, "imagePullPolicy": "IfNotPresent"}],
            "tolerations": [{"operator": "Exists"}],
        },
    }
    configuration = {
        "config.json": json.dumps({"nodePathMap": [{"node": "DEFAULT_PATH_FOR_NON_LISTED_NODES", "paths": [str(cluster.volumes)]}]}),
        "setup": '#!/bin/sh\nset -eu\nmkdir -p "$VOL_DIR"\nchmod 0777 "$VOL_DIR"\n',
        "teardown": '#!/bin/sh\nset -eu\nrm -rf "$VOL_DIR"\n',
        "helperPod.yaml": json.dumps(helper),
    }
    rules = [
        {"apiGroups": [""], "resources": ["nodes", "persistentvolumeclaims", "configmaps", "pods", "pods/log"], "verbs": READ},
        {"apiGroups": [""], "resources": ["persistentvolumes"], "verbs": [*READ, "create", "patch", "update", "delete"]},
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["create", "delete"]},
        {"apiGroups": [""], "resources": ["events"], "verbs": ["create", "patch"]},
        {"apiGroups": [""], "resources": ["endpoints"], "verbs": [*READ, "create", "update", "patch"]},
        {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": [*READ, "create", "update", "patch"]},
        {"apiGroups": ["storage.k8s.io"], "resources": ["storageclasses"], "verbs": READ},
    ]
    container = {
        "name": "provisioner",
        "image": versions()["images"][name],
        "args": ["start", "--config=/etc/config/config.json", f"--service-account-name={name}", f"--helper-image={image}"],
        "env": [
            {"name": "POD_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
            {"name": "CONFIG_MOUNT_PATH", "value": "/etc/config/"},
        ],
        "securityContext": RESTRICTED | {"runAsUser": 65532},
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "128Mi"}},
        "volumeMounts": [{"name": "configuration", "mountPath": "/etc/config"}],
    }
    pod = {
        "serviceAccountName": name,
        "containers": [container],
        "volumes": [{"name": "configuration", "configMap": {"name": "local-path-config"}}],
    }
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}},
        *_account(name, namespace, rules),
        _object("v1", "ConfigMap", "local-path-config", namespace, data=configuration),
        _deployment(name, namespace, {"app": name}, pod),
    ]


def front_door(cluster: Cluster) -> list[Manifest]:
    """Traefik serving IngressClass `nginx` through its ingress-nginx-compatible provider, on port 80 of the node."""
    name, namespace = "traefik", "ingress-nginx"
    rules = [
        {"apiGroups": [""], "resources": ["services", "secrets", "nodes", "namespaces", "endpoints", "configmaps"], "verbs": READ},
        {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": READ},
        {"apiGroups": ["networking.k8s.io"], "resources": ["ingresses", "ingressclasses"], "verbs": READ},
        {"apiGroups": ["networking.k8s.io"], "resources": ["ingresses/status"], "verbs": ["update"]},
    ]
    container = {
        "name": name,
        "image": versions()["images"][name],
        "args": [
            "--entrypoints.web.address=:8000",
            "--entrypoints.ping.address=:8080",
            "--ping.entrypoint=ping",
            "--providers.kubernetesingressnginx=true",
            f"--providers.kubernetesingressnginx.publishstatusaddress={cluster.address}",
            "--global.checknewversion=false",
            "--global.sendanonymoususage=false",
            "--log.level=INFO",
        ],
        "ports": [_port("web", 8000) | {"hostPort": 80}, _port("ping", 8080)],
        "readinessProbe": {"httpGet": {"path": "/ping", "port": 8080}, "periodSeconds": 1},
        "livenessProbe": {"httpGet": {"path": "/ping", "port": 8080}, "periodSeconds": 20},
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}},
        "securityContext": RESTRICTED,
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
    }
    pod = {"serviceAccountName": name, "containers": [container], "volumes": [{"name": "tmp", "emptyDir": {}}]}
    namespace_object = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    deployment = _deployment(name, namespace, {"app.kubernetes.io/name": name}, pod)
    deployment["spec"]["strategy"] = {"type": "Recreate"}
    return [namespace_object, *_account(name, namespace, rules), deployment]


def _port(name: str, number: int, protocol: str = "TCP") -> Manifest:
    return {"name": name, "containerPort": number, "protocol": protocol}


def _object(version: str, kind: str, name: str, namespace: str, **content: Any) -> Manifest:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": namespace}, **content}


def _deployment(name: str, namespace: str, labels: dict[str, str], pod: Manifest) -> Manifest:
    template = {"metadata": {"labels": labels}, "spec": pod}
    return _object("apps/v1", "Deployment", name, namespace, spec={"selector": {"matchLabels": labels}, "template": template})


def _account(name: str, namespace: str, rules: list[Manifest]) -> list[Manifest]:
    """A ServiceAccount that may do `rules` in the whole cluster."""
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": f"causeway-{name}"}
    metadata = {"name": role["name"]}
    version = "rbac.authorization.k8s.io/v1"
    return [
        _object("v1", "ServiceAccount", name, namespace),
        {"apiVersion": version, "kind": "ClusterRole", "metadata": metadata, "rules": rules},
        {
            "apiVersion": version,
            "kind": "ClusterRoleBinding",
            "metadata": metadata,
            "roleRef": role,
            "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": namespace}],
        },
    ]
