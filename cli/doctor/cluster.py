"""The chosen cluster: does it answer, does its version fit, does it have what the platform's profile names."""

from cli.doctor.facts import ClusterFacts
from cli.doctor.finding import Finding, failed, passed, warned

UP = "./scripts/up"
STORAGE_CLASS, INGRESS_CLASS = "standard", "nginx"

WINDOW = 1
"""Minor versions either side: kubectl's skew policy (kubernetes.io/releases/version-skew-policy). The provider is held to
the same distance from the Kubernetes that versions.json pins, which is what this project is tested with."""


def judge_cluster(facts: ClusterFacts) -> list[Finding]:
    """Nothing of a cluster that does not answer can be judged."""
    if not facts.exists:
        return [warned("context causeway", f"{facts.kubeconfig} is not written yet", UP)]
    if facts.error or not facts.server:
        return [failed("context causeway", facts.error or "the API server gave no version", UP)]
    answers = passed("context causeway", f"answers, {facts.ready_nodes} node{'' if facts.ready_nodes == 1 else 's'} ready")
    if not facts.ready_nodes:
        answers = failed("context causeway", "answers, and no node is ready", f"kubectl describe nodes, then {UP}")
    return [answers, _version(facts), _storage(facts), _ingress(facts)]


def _version(facts: ClusterFacts) -> Finding:
    server = facts.server or ""
    others = {"kubectl": facts.client or "", "versions.json": facts.pinned}
    far = [f"{name} {version}" for name, version in others.items() if version and _distance(server, version) > WINDOW]
    if far:
        found = f"server {server} is more than {WINDOW} minor version from {' and '.join(far)}"
        return warned("Kubernetes version", found, f"use a cluster of version {facts.pinned}: ./scripts/up --cluster local")
    return passed("Kubernetes version", f"server {server}, kubectl {facts.client}, tested with {facts.pinned}")


def _distance(one: str, other: str) -> int:
    """Minor versions between two; a cloud's suffix (`v1.36.2-eks-1`) does not matter. Another major is far away."""
    (major, minor), (other_major, other_minor) = (version.lstrip("v").split(".")[:2] for version in (one, other))
    return abs(int(minor) - int(other_minor)) if major == other_major else 100


def _storage(facts: ClusterFacts) -> Finding:
    name = "StorageClass"
    if facts.default_storage == (STORAGE_CLASS,):
        return passed(name, f"{STORAGE_CLASS} is the default")
    if not facts.default_storage:
        mark = '{"metadata":{"annotations":{"storageclass.kubernetes.io/is-default-class":"true"}}}'
        return failed(name, "no class is the default", f"kubectl patch storageclass {STORAGE_CLASS} -p '{mark}'")
    found = f"default: {', '.join(facts.default_storage)}; expected: {STORAGE_CLASS} alone"
    return warned(name, found, "kubectl get storageclass")


def _ingress(facts: ClusterFacts) -> Finding:
    if INGRESS_CLASS in facts.ingress_classes:
        return passed("IngressClass", INGRESS_CLASS)
    found = f"{', '.join(facts.ingress_classes) or 'none'}; expected: {INGRESS_CLASS}"
    return failed("IngressClass", found, f"{UP} (on minikube: minikube addons enable ingress)")
