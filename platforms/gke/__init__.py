"""GKE: a private regional cluster, Workload Identity Federation, and what workloads name. docs/clouds/gke.md gives the reasons."""

from functools import partial
from typing import Any

import pulumi

from components.monitoring import ControlPlane, MonitoringPlatformArgs
from components.secrets import SecretsLevel, SecretsStoreBackendArgs
from components.secrets_controller import SecretsControllerSealArgs, VaultSeal
from components.workload import WorkloadPlatformArgs, WorkloadSpread
from platforms import _gitops
from platforms._cloud import CloudResource, Part, cloud_provider
from platforms._monitoring import large
from platforms._names import EXTERNAL_SECRETS, base_name, marks
from platforms._objects import make_objects, platform_labels, volumes_first
from platforms._platform import Platform, kubernetes_provider
from platforms._vault import VAULT, is_used, vault
from platforms.gke.cluster import kubeconfig, make_cluster
from platforms.gke.identity import make_identities, make_secrets, make_unsealing, registry, secret_prefix
from platforms.gke.network import make_network, make_way_in, plan
from platforms.gke.principals import service_account_of_pods
from stack.settings import Settings
from stack.targets import FrontDoor, GkeMode, GkeSettings

SERVICES = ("artifactregistry", "cloudkms", "cloudresourcemanager", "compute", "container", "iam", "secretmanager")
"""Google's services that the platform uses; a new project has none of them. Grants on the project need the resource manager."""

LOAD_BALANCERS = ["35.191.0.0/16", "130.211.0.0/22"]
"""Where Google's load balancers and their health checks come from (Google Cloud, "Firewall rules for load balancers")."""

NAME_SERVERS = ["169.254.20.10/32", "169.254.169.254/32"]
"""NodeLocal DNSCache, and Cloud DNS, which Autopilot resolves names by."""

IDENTITY_ENDPOINTS = {"169.254.169.252/32": 988, "169.254.169.254/32": 80}
"""GKE's metadata server on each node, without and with Dataplane V2 (GKE docs, "Network policies", on workload identity)."""


def platform(settings: Settings) -> Platform:
    """Make the cluster and everything around it."""
    cloud = settings.gke
    assert cloud, "settings.load() refuses platform gke without its settings"
    google = cloud_provider("gcp", provider_inputs(settings, cloud))
    services = _services(cloud, google)
    network = make_network(settings, cloud, services, google)
    identities = make_identities(settings, cloud, services, google)
    way_in = make_way_in(settings, cloud, network, identities.nodes, google)
    cluster, nodes = make_cluster(settings, cloud, network, identities, google)
    places = make_secrets(settings, cloud, services, cluster, google)
    opening = make_unsealing(cloud, services, cluster, google) if is_used(settings) else []
    provider = _provider(settings, cloud, cluster, nodes)
    objects = make_objects(volumes_first(platform_labels(settings)), provider, way_in)
    return Platform(
        provider=provider,
        workload=workload(settings, cloud),
        gitops=_gitops.large(settings),
        monitoring=monitoring(settings, cloud),
        registry=registry(settings, cloud),
        secrets={SecretsLevel.EXTERNAL.value: secrets(settings, cloud), **vault(settings, are_three=True)},
        identity_endpoints=IDENTITY_ENDPOINTS,
        identities=identities_of_pods(settings, cloud),
        vault_seal=seal(cloud.vault_key) if cloud.vault_key else None,
        sealed_namespace="sealed-secrets" if cloud.mode is GkeMode.AUTOPILOT else "",
        clouds=(google,),
        ready=(*way_in, *places, *opening, *objects),
    )


def provider_inputs(settings: Settings, cloud: GkeSettings) -> dict[str, Any]:
    """The project and region that nothing may leave, and a label on all that can have one."""
    return {"project": cloud.project, "region": cloud.region, "defaultLabels": marks(settings)}


def workload(settings: Settings, cloud: GkeSettings) -> WorkloadPlatformArgs:
    """What workloads take from the target.

    GKE's Ingress controller goes by the annotation and ignores classes; it asks the readiness probe's path by itself.
    """
    slice_: WorkloadPlatformArgs = {
        "ingress_class": "",
        "ingress_annotations": front_door(cloud),
        "ingress_scheme": "https" if cloud.certificate else "http",
        "ingress_cidrs": LOAD_BALANCERS if cloud.front_door is FrontDoor.PUBLIC else [*LOAD_BALANCERS, str(plan(cloud).proxies)],
        "dns_apps": ["kube-dns", "node-local-dns"],
        "dns_cidrs": NAME_SERVERS,
        "storage_class": "standard-rwo",
        "storage_size": "10Gi",
        "spread": WorkloadSpread.HARD,
    }
    return {**slice_, "domain": settings.domain} if settings.domain else slice_


def front_door(cloud: GkeSettings) -> dict[str, str]:
    """What makes GKE's controller take an Ingress, and end TLS with the project's certificate, by HTTPS alone."""
    annotations = {"kubernetes.io/ingress.class": "gce" if cloud.front_door is FrontDoor.PUBLIC else "gce-internal"}
    if cloud.certificate:
        annotations |= {"ingress.gcp.kubernetes.io/pre-shared-cert": cloud.certificate, "kubernetes.io/ingress.allow-http": "false"}
    return annotations


def monitoring(settings: Settings, cloud: GkeSettings) -> MonitoringPlatformArgs:
    """Google hides the control plane, and its name service shows no metrics; Autopilot lets no pod look at its node."""
    sees_nodes = cloud.mode is GkeMode.STANDARD
    return large(settings, "standard-rwo", [ControlPlane.API_SERVER, ControlPlane.KUBELET], sees_nodes=sees_nodes)


def secrets(settings: Settings, cloud: GkeSettings) -> SecretsStoreBackendArgs:
    """Secret Manager, with the identity of the controller's own pod: a store needs no credential."""
    return {
        "provider": {"gcpsm": {"projectID": cloud.project}},
        "prefix": secret_prefix(settings),
        "names": cloud.secrets,
        "writer": {
            "token": "gcp:secretmanager/secretVersion:SecretVersion",
            "name_input": "secret",
            "name_prefix": f"projects/{cloud.project}/secrets/",
            "value_input": "secretData",
        },
    }


def identities_of_pods(settings: Settings, cloud: GkeSettings) -> dict[str, pulumi.Input[str]]:
    """Who may do anything at Google, by ServiceAccount."""
    accounts = [EXTERNAL_SECRETS, *([VAULT] if is_used(settings) else [])]
    return {"/".join(account): service_account_of_pods(cloud.project, cloud.project_number, *account) for account in accounts}


def seal(key: str) -> SecretsControllerSealArgs:
    """The key that opens Vault, by the parts of its full name."""
    _, project, _, region, _, ring, _, name = key.split("/")
    return {"kind": VaultSeal.GOOGLE, "project": project, "region": region, "key_ring": ring, "key": name}


def _services(cloud: GkeSettings, provider: pulumi.ProviderResource) -> list[pulumi.Resource]:
    """Enable the services; they stay enabled after a destroy, since others in the project may use them."""
    part = Part("GkeServices", "services", provider)
    made: list[pulumi.Resource] = [
        part.make(
            "gcp:projects/service:Service",
            name,
            {"project": cloud.project, "service": f"{name}.googleapis.com", "disableOnDestroy": False},
        )
        for name in SERVICES
    ]
    part.register_outputs({})
    return made


def _provider(settings: Settings, cloud: GkeSettings, cluster: CloudResource, nodes: list[pulumi.Resource]) -> pulumi.ProviderResource:
    """The API server of the cluster, by its DNS endpoint."""
    reach = partial(kubeconfig, base_name(settings))
    config = cluster.output("controlPlaneEndpointsConfig").apply(lambda ends: reach(ends["dnsEndpointConfig"]["endpoint"]))
    identifier = f"{cloud.project}/{cloud.region}/{base_name(settings)}"
    inputs = {"kubeconfig": config, "clusterIdentifier": identifier, "enableServerSideApply": True}
    return kubernetes_provider(inputs, depends_on=nodes)
