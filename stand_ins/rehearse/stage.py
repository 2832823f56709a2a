"""Setting the stage: what a fresh cluster of each cloud has, and the programs and settings that the run finds."""

import base64
import json
from pathlib import Path
from typing import Any

from local.cluster.layout import Cluster
from local.toolchain.pins import Wheel, versions
from stand_ins.plugins.install import PLUGINS, launcher, write
from stand_ins.rehearse.api import Api
from workspace.home import Home

Manifest = dict[str, Any]
PROGRAMS = {"eks": "aws", "gke": "gke-gcloud-auth-plugin"}
PACKAGES = {"eks": "aws", "gke": "gcp"}
ZONES = 3
ROOM = {"cpu": "64", "memory": "256Gi", "pods": "110"}
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
POLICIES = {
    "ValidatingAdmissionPolicy": "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies",
    "ValidatingAdmissionPolicyBinding": "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings",
}
STORAGE = "/apis/storage.k8s.io/v1/storageclasses"


def sdk(package: str) -> Wheel:
    """The wheel of a cloud's SDK, at the version of the plugin."""
    pinned = versions()
    return Wheel(pinned["sdks"][package]["package"], pinned["plugins"][package], pinned["sdks"][package]["sha256"])


def nodes(target: str) -> list[Manifest]:
    """A node in each zone, as the cloud's own autoscaler would bring one."""
    return [
        {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {
                "name": f"{target}-{zone}",
                "annotations": {"kwok.x-k8s.io/node": "fake"},
                "labels": {
                    "kubernetes.io/hostname": f"{target}-{zone}",
                    "kubernetes.io/os": "linux",
                    "topology.kubernetes.io/zone": f"zone-{zone}",
                    **({"eks.amazonaws.com/compute-type": "auto"} if target == "eks" else {}),
                },
            },
            "status": {"allocatable": ROOM, "capacity": ROOM},
        }
        for zone in range(ZONES)
    ]


def definitions(target: str) -> list[Manifest]:
    """The custom kinds of a fresh cluster that the program uses: Auto Mode's parameters of an IngressClass."""
    if target != "eks":
        return []
    text = {"type": "string"}
    texts = {"type": "array", "items": text}
    spec = {"scheme": text, "group": {"type": "object", "properties": {"name": text}}, "certificateARNs": texts}
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": spec}}}
    names = {"plural": "ingressclassparams", "singular": "ingressclassparams", "kind": "IngressClassParams"}
    return [
        {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": "ingressclassparams.eks.amazonaws.com"},
            "spec": {
                "group": "eks.amazonaws.com",
                "scope": "Cluster",
                "names": names,
                "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
            },
        }
    ]


def storage_classes(target: str) -> list[Manifest]:
    """GKE brings its classes along; Auto Mode brings none."""
    if target != "gke":
        return []
    return [
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": name, "annotations": {"storageclass.kubernetes.io/is-default-class": default}},
            "provisioner": "pd.csi.storage.gke.io",
            "volumeBindingMode": "WaitForFirstConsumer",
            "reclaimPolicy": "Delete",
        }
        for name, default in (("standard-rwo", "true"), ("premium-rwo", "false"))
    ]


def administrator() -> tuple[Manifest, Manifest]:
    """Who the cloud's login makes of us, and that it may do everything."""
    account = {"name": "cloud-administrator", "namespace": "kube-system"}
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "cloud-administrator"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "ServiceAccount", **account}],
    }
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account}, binding


def warden() -> list[Manifest]:
    """Autopilot keeps users out of kube-system (GKE docs, "Managed namespaces in Autopilot"): so is whoever logs in here."""
    rule = {"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["CREATE", "UPDATE", "DELETE"], "resources": ["*"]}
    spec = {
        "failurePolicy": "Fail",
        "matchConstraints": {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
            "resourceRules": [{**rule, "scope": "Namespaced"}],
        },
        "validations": [
            {
                "expression": "request.userInfo.username != 'system:serviceaccount:kube-system:cloud-administrator'",
                "message": "denied by managed-namespaces-limitation: the namespace kube-system is managed (rehearsed)",
            }
        ],
    }
    metadata, binding = {"name": "rehearsed-gke-warden"}, {"policyName": "rehearsed-gke-warden", "validationActions": ["Deny"]}
    api_version = "admissionregistration.k8s.io/v1"
    return [
        {"apiVersion": api_version, "kind": "ValidatingAdmissionPolicy", "metadata": metadata, "spec": spec},
        {"apiVersion": api_version, "kind": "ValidatingAdmissionPolicyBinding", "metadata": metadata, "spec": binding},
    ]


def furnish(api: Api, target: str, cluster: Cluster, *, is_managed: bool = False) -> None:
    """Make the simulated cluster what a fresh one of the cloud is: three zones, its own classes and kinds, and no others.

    `is_managed`: nodes and kube-system are the cloud's alone, as in GKE's Autopilot.
    """
    account, binding = administrator()
    api.ensure("/api/v1/namespaces/kube-system/serviceaccounts", account)
    api.ensure("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", binding)
    for node in nodes(target):
        api.ensure("/api/v1/nodes", node)
    for definition in definitions(target):
        # A stage that was kept may be of an older checkout, with a kind that lacks a field.
        api.ensure(DEFINITIONS, definition)
        api.patch(f"{DEFINITIONS}/{definition['metadata']['name']}", definition)
    for item in storage_classes(target):
        api.ensure(STORAGE, item)
    for item in warden() if is_managed else []:
        api.ensure(POLICIES[item["kind"]], item)
    for local in (f"/api/v1/nodes/{cluster.name}", f"{STORAGE}/standard", "/apis/networking.k8s.io/v1/ingressclasses/nginx"):
        api.remove(local)


def prepare(home: Home, target: str, cluster: Cluster, wheel: Path) -> Path:
    """Write what plugin and login read, install both, and return the rehearsal's folder."""
    folder = home.state / "rehearsal"
    folder.mkdir(exist_ok=True)
    authority = (cluster.certificates / "ca.crt").read_bytes()
    kubernetes = {
        "server": cluster.api,
        "authority": base64.b64encode(authority).decode(),
        "certificates": str(cluster.certificates),
    }
    package = PACKAGES[target]
    (folder / "settings.json").write_text(json.dumps({"kubernetes": kubernetes, "wheels": {package: str(wheel)}}))
    plugin = home.pulumi_home / "plugins" / f"resource-{package}-v{versions()['plugins'][package]}" / f"pulumi-resource-{package}"
    write(plugin, launcher(PLUGINS / "rehearsal" / "__main__.py", package))
    login = launcher(Path(__file__).with_name("login.py"), PROGRAMS[target])
    write(home.bin / PROGRAMS[target], login)
    return folder
