"""Who may do what: the nodes, Google's cluster agent, and the programs in the cluster, each as little as it needs."""

from dataclasses import dataclass

import pulumi

from platforms._cloud import CloudResource, Part
from platforms._names import EXTERNAL_SECRETS, base_name, marks
from platforms._vault import VAULT
from platforms.gke.principals import (
    IMAGE_READING,
    KEY_READING,
    KEY_USE,
    NODE_DEFAULT,
    SECRET_READING,
    cluster_agent,
    node_account_id,
    node_principal,
    service_account_of_pods,
)
from stack.settings import Settings
from stack.targets import GkeSettings


@dataclass(frozen=True)
class Identities:
    """The nodes' account, and the grants without which the cluster does not start."""

    nodes: CloudResource
    grants: tuple[pulumi.Resource, ...]


def secret_prefix(settings: Settings) -> str:
    """What the names of this platform's secrets begin with; Secret Manager takes no slash."""
    return f"{base_name(settings)}-"


def registry(settings: Settings, cloud: GkeSettings) -> str:
    """The platform's repository in the project's registry of the region: two platforms of one project share none."""
    return f"{cloud.region}-docker.pkg.dev/{cloud.project}/{base_name(settings)}"


def make_identities(
    settings: Settings, cloud: GkeSettings, services: list[pulumi.Resource], provider: pulumi.ProviderResource
) -> Identities:
    """Make the nodes' account and registry, and give the two accounts what a cluster needs of them."""
    name = base_name(settings)
    part = Part("GkeIdentity", "identity", provider)
    nodes = part.make(
        "gcp:serviceaccount/account:Account",
        "nodes",
        {"project": cloud.project, "accountId": node_account_id(name), "displayName": f"{name}: nodes"},
        ("email",),
        services,
    )
    member = node_principal(name, cloud.project)
    logs_and_metrics = part.make(
        "gcp:projects/iAMMember:IAMMember",
        "nodes",
        {"project": cloud.project, "role": NODE_DEFAULT, "member": member},
        depends_on=[nodes],
    )
    repository = part.make(
        "gcp:artifactregistry/repository:Repository",
        "images",
        {
            "project": cloud.project,
            "location": cloud.region,
            "repositoryId": name,
            "format": "DOCKER",
            "dockerConfig": {"immutableTags": True},
            "labels": marks(settings),
        },
        ("name",),
        services,
    )
    pulling = part.make(
        "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
        "images",
        {
            "project": cloud.project,
            "location": cloud.region,
            "repository": repository.output("name"),
            "role": IMAGE_READING,
            "member": member,
        },
        depends_on=[nodes],
    )
    encrypting = part.make(
        "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
        "cluster-encryption",
        {"cryptoKeyId": cloud.kms_key, "role": KEY_USE, "member": cluster_agent(cloud.project_number)},
        depends_on=services,
    )
    part.register_outputs({})
    return Identities(nodes, (logs_and_metrics, pulling, encrypting))


def make_secrets(
    settings: Settings,
    cloud: GkeSettings,
    services: list[pulumi.Resource],
    cluster: pulumi.Resource,
    provider: pulumi.ProviderResource,
) -> list[pulumi.Resource]:
    """Make a place for each named secret and let External Secrets read exactly those; the places are handed back.

    The principal's pool belongs to the project's first cluster: a grant before it exists is refused.
    """
    reader = service_account_of_pods(cloud.project, cloud.project_number, *EXTERNAL_SECRETS)
    part = Part("GkeSecrets", "secrets", provider)
    places: list[pulumi.Resource] = []
    for secret in cloud.secrets:
        place = part.make(
            "gcp:secretmanager/secret:Secret",
            secret,
            {
                "project": cloud.project,
                "secretId": f"{secret_prefix(settings)}{secret}",
                "replication": {"userManaged": {"replicas": [{"location": cloud.region}]}},
                "labels": marks(settings),
            },
            ("secretId",),
            services,
        )
        part.make(
            "gcp:secretmanager/secretIamMember:SecretIamMember",
            secret,
            {"project": cloud.project, "secretId": place.output("secretId"), "role": SECRET_READING, "member": reader},
            depends_on=[cluster],
        )
        places.append(place)
    part.register_outputs({})
    return places


def make_unsealing(
    cloud: GkeSettings, services: list[pulumi.Resource], cluster: pulumi.Resource, provider: pulumi.ProviderResource
) -> list[pulumi.Resource]:
    """Let Vault's pods use the key that opens it, and see that it is there (Vault docs, "GCP Cloud KMS seal configuration")."""
    opener = service_account_of_pods(cloud.project, cloud.project_number, *VAULT)
    part = Part("GkeUnsealing", "unsealing", provider)
    grants: list[pulumi.Resource] = [
        part.make(
            "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
            f"vault-{use}",
            {"cryptoKeyId": cloud.vault_key, "role": role, "member": opener},
            depends_on=[*services, cluster],
        )
        for use, role in (("use", KEY_USE), ("reading", KEY_READING))
    ]
    part.register_outputs({})
    return grants
