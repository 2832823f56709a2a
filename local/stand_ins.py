"""What of a local platform is the real thing, and what only stands in for it here: the one place that says so."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One part of the platform: `what` runs here, whether that is the `real` thing, and `why` (or why not).

    `tool` is the part's name in versions.json where it is a tool, so that a run can add how it was got.
    """

    part: str
    what: str
    real: bool
    why: str
    tool: str = ""


WITHOUT_PAGES = frozenset({"argocd"})
"""The URLs behind which a local cluster has an API alone."""
LANGUAGE_HOST, PROVIDER = "Python language host", "Kubernetes provider"
"""The two parts that Pulumi's own plugins take the place of wherever they can be had."""

PULUMI = (
    Row("Pulumi engine, CLI", "pulumi", True, "the official release, or built from its Go module", "pulumi"),
    Row(LANGUAGE_HOST, "our own (stand_ins/plugins)", False, "no package registry serves Pulumi's"),
    Row(PROVIDER, "our own (stand_ins/plugins)", False, "no package registry serves Pulumi's plugin"),
)
CLIENTS = (
    Row("kubectl", "kubectl", True, "the official release, or the one in a wheel", "kubectl"),
    Row("helm", "helm", True, "the official release, or the one in a wheel", "helm"),
)
SHOP = Row("shop image", "built from services/", True, "the repository's own program")
MONITORING = (
    Row(
        "kube-prometheus-stack",
        "stand_ins/charts: same objects, fewer rules",
        False,
        "its repository is out of reach, and no image can be had",
    ),
    Row("prometheus-operator", "the real program, 0.85", True, "built from its Go module", "prometheus-operator"),
    Row("Prometheus", "the real program, with small pages of our own", True, "built from its Go module, which has no pages", "prometheus"),
    Row(
        "Alertmanager, node-exporter",
        "the real programs, 0.25 and 1.5, with a small page of our own",
        True,
        "Debian packages, which have no page",
    ),
    Row("kube-state-metrics", "the real program, 2.15", True, "built from its Go module", "kube-state-metrics"),
    Row("Grafana", "stand_ins/dashboard_viewer: the same dashboards, drawn, not edited", False, "no package registry serves its server"),
)

NODE = (
    Row("minikube", "plain processes in a network namespace and a cgroup", False, "needs a container engine or a virtual machine"),
    Row("Kubernetes", "API server, controllers, scheduler, kubelet, proxy, etcd", True, "built from the Go modules", "kubernetes"),
    Row("container runtime", "containerd, runc, CNI plugins", True, "Debian packages", "container-runtime"),
    Row("cluster DNS", "CoreDNS", True, "built into the Kubernetes binary", "kubernetes"),
    Row("StorageClass", "local-path-provisioner", True, "built from its Go module", "local-path-provisioner"),
    Row(
        "ingress-nginx", "Traefik, which serves IngressClass nginx and its annotations", False, "no package registry serves its controller"
    ),
    Row(
        "network policies",
        "accepted by the API server, enforced by nothing",
        False,
        "minikube's default network does not enforce them either",
    ),
    Row("postgres image", "PostgreSQL 15 from Debian, same reference and settings", False, "no package registry serves images"),
)
GITOPS = (
    Row("argo-cd chart", "stand_ins/charts: same objects, fewer settings", False, "its repository is out of reach"),
    Row("Argo CD 3.5", "controllers, repo server, API; not its web pages", True, "built from its Go module, which has no pages", "argo-cd"),
    Row("Argo CD's redis", "redis 7 from Debian", True, "a Debian package"),
    Row("Git host", "a Git server inside the cluster, seeded by the program", False, "nothing outside the machine is needed"),
)
SEALED_SECRETS = Row("Sealed Secrets", "its controller; the chart is a double", True, "built from its Go module", "sealed-secrets")
VAULT = Row(
    "Vault 1.21",
    "server and command, no cloud's logins or seals; the chart is a double",
    True,
    "built from its Go module, without clouds",
    "vault",
)
EXTERNAL_SECRETS = Row(
    "External Secrets 0.20", "for Vault, AWS, Kubernetes; a double of chart 2.9", True, "later modules are not whole", "external-secrets"
)
SECRETS_MANAGER = Row("AWS Secrets Manager", "moto: in memory, takes any credential, filled from here", False, "it is a cloud's service")
SIMULATED = (
    Row("Kubernetes", "API server, controllers, scheduler, etcd", True, "built from the Go modules", "kubernetes"),
    Row("node and pods", "KWOK", False, "simulated: pods seem to run, and nothing does"),
    Row("Argo CD", "left out", False, "it would deploy nothing: the program makes all of the shop"),
)
UNWATCHED = Row("monitoring", "left out", False, "it would scrape nothing: set causeway:monitoring.enabled for its objects")
WATCHED_BY_NOTHING = Row(
    "monitoring", "its objects, from the doubles in stand_ins/charts", False, "pods only seem to run: nothing is scraped"
)
MINIKUBE = (
    Row("Kubernetes", "minikube", True, "started by minikube"),
    Row("postgres image", "the official image", True, "pulled by the cluster"),
)
CONTEXT = (
    Row("Kubernetes", "the cluster of the given context", True, "it is yours"),
    Row("postgres image", "the official image", True, "pulled by the cluster"),
)

# Borrowed is a context that turns out to be a local cluster of another checkout.
BY_CLUSTER = {
    "local": (*PULUMI, *CLIENTS, *NODE, *MONITORING, SHOP),
    "simulated": (*PULUMI, *CLIENTS, *SIMULATED),
    "minikube": (*PULUMI, *CLIENTS, *MINIKUBE, SHOP),
    "context": (*PULUMI, *CLIENTS, *CONTEXT, SHOP),
    "borrowed": (*PULUMI, *CLIENTS, *NODE, *MONITORING, SHOP),
}


def rows(cluster: str = "local", official: Collection[str] = ()) -> tuple[Row, ...]:
    """The parts on a `cluster` that is one of BY_CLUSTER's keys; those in `official` are Pulumi's own.

    Raises KeyError for another word.
    """
    real = {name: Row(name, "Pulumi's own plugin", True, "official download") for name in official}
    return tuple(real.get(row.part, row) for row in BY_CLUSTER[cluster])
