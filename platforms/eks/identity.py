"""What programs in the cluster may do at AWS: by Pod Identity, one role for each ServiceAccount, and no key anywhere."""

from functools import partial

import pulumi

from settings import EksSettings, Settings

from .._cloud import Part
from .._names import EXTERNAL_SECRETS, base_name
from .cluster import Cluster
from .keys import Keys
from .policies import pod_trust, secret_reading


def secret_prefix(settings: Settings) -> str:
    """What the names of this platform's secrets begin with; External Secrets may read the named ones of them, and nothing else."""
    return f"{base_name(settings)}/"


def make_identities(
    settings: Settings, cloud: EksSettings, cluster: Cluster, keys: Keys, provider: pulumi.ProviderResource
) -> dict[str, pulumi.Input[str]]:
    """Let External Secrets read the platform's named secrets, and return who is who. Its ServiceAccount need not exist yet."""
    namespace, account = EXTERNAL_SECRETS
    part = Part("EksIdentity", "identity", provider)
    # The cluster's ARN follows from its name; naming it here keeps the policy readable in a preview.
    arn = f"arn:aws:eks:{cloud.region}:{cloud.account}:cluster/{base_name(settings)}"
    role = part.make(
        "aws:iam/role:Role",
        "external-secrets",
        {"name": f"{base_name(settings)}-external-secrets", "assumeRolePolicy": pod_trust(arn, namespace, account)},
        ("arn",),
    )
    read = partial(secret_reading, cloud.account, cloud.region, secret_prefix(settings), cloud.secrets)
    policy = keys.secrets.output("arn").apply(read)
    reading = part.make("aws:iam/rolePolicy:RolePolicy", "external-secrets", {"name": "read", "role": role.id, "policy": policy})
    part.make(
        "aws:eks/podIdentityAssociation:PodIdentityAssociation",
        "external-secrets",
        {
            "clusterName": cluster.resource.id,
            "namespace": namespace,
            "serviceAccount": account,
            "roleArn": role.output("arn"),
        },
        depends_on=[reading],
    )
    part.register_outputs({})
    return {f"{namespace}/{account}": role.output("arn")}
