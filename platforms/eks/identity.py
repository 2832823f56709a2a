"""What programs in the cluster may do at AWS: by Pod Identity, one role for each ServiceAccount, and no key anywhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import pulumi

from platforms._cloud import Part
from platforms._names import EXTERNAL_SECRETS, base_name
from platforms._vault import VAULT
from platforms.eks.cluster import Cluster
from platforms.eks.keys import Keys
from platforms.eks.policies import pod_trust, sealing, secret_reading
from stack.settings import Settings
from stack.targets import EksSettings


@dataclass(frozen=True)
class Identities:
    """Who is who, and what has to be there before a pod starts: one that is older than its association has no credentials."""

    roles: Mapping[str, pulumi.Input[str]]
    """ServiceAccount, as namespace/name, to its role."""
    associations: tuple[pulumi.Resource, ...]


def secret_prefix(settings: Settings) -> str:
    """What the names of this platform's secrets begin with; External Secrets may read the named ones of them, and nothing else."""
    return f"{base_name(settings)}/"


def make_identities(settings: Settings, cloud: EksSettings, cluster: Cluster, keys: Keys, provider: pulumi.ProviderResource) -> Identities:
    """Let External Secrets read the platform's named secrets, and Vault use the key that opens it; neither account need exist yet."""
    part = Part("EksIdentity", "identity", provider)
    read = partial(secret_reading, cloud.account, cloud.region, secret_prefix(settings), cloud.secrets)
    wanted = [("external-secrets", EXTERNAL_SECRETS, "read", keys.secrets.output("arn").apply(read))]
    if keys.vault:
        wanted.append(("vault", VAULT, "seal", keys.vault.output("arn").apply(sealing)))
    roles: dict[str, pulumi.Input[str]] = {}
    associations: list[pulumi.Resource] = []
    # The cluster's ARN follows from its name; naming it here keeps the policy readable in a preview.
    arn = f"arn:aws:eks:{cloud.region}:{cloud.account}:cluster/{base_name(settings)}"
    for name, (namespace, account), does, policy in wanted:
        given = {"name": f"{base_name(settings)}-{name}", "assumeRolePolicy": pod_trust(arn, namespace, account)}
        role = part.make("aws:iam/role:Role", name, given, ("arn",))
        allowed = part.make("aws:iam/rolePolicy:RolePolicy", name, {"name": does, "role": role.id, "policy": policy})
        known = {"clusterName": cluster.resource.id, "namespace": namespace, "serviceAccount": account, "roleArn": role.output("arn")}
        associations.append(part.make("aws:eks/podIdentityAssociation:PodIdentityAssociation", name, known, depends_on=[allowed]))
        roles[f"{namespace}/{account}"] = role.output("arn")
    part.register_outputs({})
    return Identities(roles, tuple(associations))
