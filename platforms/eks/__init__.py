"""EKS: a VPC, an Auto Mode cluster, Pod Identity, and the classes that workloads name. docs/clouds/eks.md gives the reasons."""

from functools import partial

import pulumi

from components.monitoring import ControlPlane, MonitoringPlatformArgs
from components.secrets import SecretsLevel, SecretsStoreBackendArgs
from components.secrets_controller import SecretsControllerSealArgs, VaultSeal
from components.workload import WorkloadPlatformArgs, WorkloadSpread
from platforms import _gitops
from platforms._addresses import ZonedBlocks
from platforms._cloud import cloud_provider
from platforms._monitoring import large
from platforms._names import base_name, marks
from platforms._objects import make_objects, platform_labels
from platforms._platform import Platform, kubernetes_provider
from platforms._vault import vault
from platforms.eks.cluster import NAME_SERVER, Cluster, kubeconfig, make_cluster
from platforms.eks.identity import make_identities, secret_prefix
from platforms.eks.keys import Keys, make_flow_logs, make_keys
from platforms.eks.network import make_network, plan_network
from platforms.eks.objects import INGRESS_CLASS, STORAGE_CLASS, manifests
from platforms.eks.stores import make_stores, registry
from stack.settings import Settings
from stack.targets import EksSettings

IDENTITY_ENDPOINTS = {"169.254.170.23/32": 80}
"""The Pod Identity agent of each node (EKS user guide, "Set up the Amazon EKS Pod Identity Agent"); policies apply to it too."""


def platform(settings: Settings) -> Platform:
    """Make the cluster and everything around it."""
    cloud = settings.eks
    assert cloud, "settings.load() refuses platform eks without its settings"
    aws = cloud_provider("aws", provider_inputs(settings, cloud))
    plan = plan_network(settings, cloud)
    network = make_network(plan, aws)
    keys = make_keys(settings, cloud, aws)
    make_flow_logs(settings, cloud, network, keys, aws)
    places = make_stores(settings, cloud, keys, aws)
    cluster = make_cluster(settings, cloud, network, keys, aws)
    identities = make_identities(settings, cloud, cluster, keys, aws)
    provider = _provider(settings, cloud, cluster)
    return Platform(
        provider=provider,
        workload=workload(settings, cloud, plan.blocks),
        gitops=_gitops.large(settings),
        monitoring=monitoring(settings),
        registry=registry(settings, cloud),
        secrets={SecretsLevel.EXTERNAL.value: secrets(settings, cloud), **vault(settings, are_three=True)},
        identity_endpoints=IDENTITY_ENDPOINTS,
        identities=identities.roles,
        vault_seal=seal(cloud, keys),
        clouds=(aws,),
        ready=(*places, *identities.associations, *make_objects(manifests(platform_labels(settings), cloud), provider)),
    )


def provider_inputs(settings: Settings, cloud: EksSettings) -> dict[str, object]:
    """The region, the only account that is touched, whoever is logged in, and a tag on all that can have one."""
    return {"region": cloud.region, "allowedAccountIds": [cloud.account], "defaultTags": {"tags": marks(settings)}}


def monitoring(settings: Settings) -> MonitoringPlatformArgs:
    """Auto Mode runs name service and proxy as programs of the node, and the control plane is Amazon's."""
    return large(settings, STORAGE_CLASS, [ControlPlane.API_SERVER, ControlPlane.KUBELET])


def workload(settings: Settings, cloud: EksSettings, blocks: ZonedBlocks) -> WorkloadPlatformArgs:
    """What workloads take from the target.

    Load balancers of both schemes reach pods from the public subnets. Names are resolved by Auto Mode on each node, not in a pod.
    """
    slice_: WorkloadPlatformArgs = {
        "ingress_class": INGRESS_CLASS,
        # Pods are what a Service leads to, none opens a port on its node: the load balancer has to go to pods.
        "ingress_annotations": {"alb.ingress.kubernetes.io/target-type": "ip"},
        "ingress_health_annotation": "alb.ingress.kubernetes.io/healthcheck-path",
        "ingress_scheme": "https" if cloud.certificate else "http",
        "ingress_cidrs": [str(block) for block in blocks.public],
        "dns_cidrs": [f"{NAME_SERVER}/32", *(str(block) for block in blocks.private)],
        "storage_class": STORAGE_CLASS,
        "storage_size": "10Gi",
        "spread": WorkloadSpread.HARD,
    }
    return {**slice_, "domain": settings.domain} if settings.domain else slice_


def secrets(settings: Settings, cloud: EksSettings) -> SecretsStoreBackendArgs:
    """Secrets Manager, with the identity of the controller's own pod: a store needs no credential."""
    return {
        "provider": {"aws": {"service": "SecretsManager", "region": cloud.region}},
        "prefix": secret_prefix(settings),
        "names": cloud.secrets,
        "writer": {
            "token": "aws:secretsmanager/secretVersion:SecretVersion",
            "name_input": "secretId",
            "name_prefix": "",
            "value_input": "secretString",
        },
    }


def seal(cloud: EksSettings, keys: Keys) -> SecretsControllerSealArgs | None:
    """The key that opens Vault, where there is one."""
    return {"kind": VaultSeal.AWS, "region": cloud.region, "key": keys.vault.output("arn")} if keys.vault else None


def _provider(settings: Settings, cloud: EksSettings, cluster: Cluster) -> pulumi.ProviderResource:
    """The API server of the cluster, as one of its administrators; none of them exists before the access entries do."""
    reach = partial(kubeconfig, base_name(settings), cloud.region)
    known = pulumi.Output.all(cluster.resource.output("endpoint"), cluster.resource.output("certificateAuthority"))
    config = known.apply(lambda parts: reach(*parts))
    identifier = f"{cloud.account}/{cloud.region}/{base_name(settings)}"
    inputs = {"kubeconfig": config, "clusterIdentifier": identifier, "enableServerSideApply": True}
    return kubernetes_provider(inputs, depends_on=cluster.access)
