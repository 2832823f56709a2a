"""Kubernetes objects that a fresh Auto Mode cluster lacks: a storage class, a front door, enforced network policies. Pure."""

from platforms._objects import PART_OF, Manifest, volumes_first
from stack.targets import EksSettings, FrontDoor

STORAGE_CLASS, INGRESS_CLASS = "gp3", "alb"


def manifests(labels: dict[str, str], cloud: EksSettings) -> list[Manifest]:
    """All of them, in the order in which they are needed."""
    front_door = [ingress_parameters(labels, cloud), ingress_class(labels)]
    return [network_policies(labels), *volumes_first(labels), storage_class(labels), *front_door]


def network_policies(labels: dict[str, str]) -> Manifest:
    """Without this switch Auto Mode accepts network policies and enforces none (EKS user guide, "Network policies", Auto Mode)."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "amazon-vpc-cni", "namespace": "kube-system", "labels": labels},
        "data": {"enable-network-policy-controller": "true"},
    }


def storage_class(labels: dict[str, str]) -> Manifest:
    """Encrypted gp3 by Auto Mode's own driver; a volume is made in the zone of the pod that uses it."""
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {
            "name": STORAGE_CLASS,
            "labels": labels,
            "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
        },
        "provisioner": "ebs.csi.eks.amazonaws.com",
        "parameters": {"type": "gp3", "encrypted": "true"},
        "volumeBindingMode": "WaitForFirstConsumer",
        "allowVolumeExpansion": True,
        "reclaimPolicy": "Delete",
        "allowedTopologies": [{"matchLabelExpressions": [{"key": "eks.amazonaws.com/compute-type", "values": ["auto"]}]}],
    }


def ingress_parameters(labels: dict[str, str], cloud: EksSettings) -> Manifest:
    """One load balancer for all Ingresses: inside the VPC, or on the internet; with a certificate it speaks HTTPS alone."""
    scheme = "internet-facing" if cloud.front_door is FrontDoor.PUBLIC else "internal"
    certificates = {"certificateARNs": [cloud.certificate]} if cloud.certificate else {}
    return {
        "apiVersion": "eks.amazonaws.com/v1",
        "kind": "IngressClassParams",
        "metadata": {"name": INGRESS_CLASS, "labels": labels},
        "spec": {"scheme": scheme, "group": {"name": PART_OF}, **certificates},
    }


def ingress_class(labels: dict[str, str]) -> Manifest:
    """The front door: Auto Mode makes an Application Load Balancer for an Ingress of this class."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "IngressClass",
        "metadata": {"name": INGRESS_CLASS, "labels": labels},
        "spec": {
            "controller": "eks.amazonaws.com/alb",
            "parameters": {"apiGroup": "eks.amazonaws.com", "kind": "IngressClassParams", "name": INGRESS_CLASS},
        },
    }
