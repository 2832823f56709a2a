"""The order of a destroy: what is in the cluster goes before it, and what the cluster stands on goes after it. Pure."""

from collections.abc import Sequence

from local.rehearse.engine import Step

CLUSTERS = ("aws:eks/cluster:Cluster", "gcp:container/cluster:Cluster")
UNDER_THE_CLUSTER = (
    "aws:ec2/vpc:Vpc",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/route:Route",
    "aws:kms/key:Key",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "gcp:compute/network:Network",
    "gcp:compute/subnetwork:Subnetwork",
    "gcp:compute/routerNat:RouterNat",
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
    "gcp:projects/iAMMember:IAMMember",
)


def disorder(steps: Sequence[Step]) -> list[str]:
    """Every deletion that came too early or too late, by its name; `steps` as they ended."""
    deleted = [step for step in steps if step.operation == "delete"]
    cluster = next((index for index, step in enumerate(deleted) if step.type in CLUSTERS), None)
    if cluster is None:
        return ["no cluster was deleted"]
    early = [step for step in deleted[:cluster] if step.type in UNDER_THE_CLUSTER]
    late = [step for step in deleted[cluster + 1 :] if step.type.startswith("kubernetes:")]
    return [f"{_name(step)} went before the cluster that stands on it" for step in early] + [
        f"{_name(step)} went after the cluster that it was in" for step in late
    ]


def _name(step: Step) -> str:
    return f"{step.type} {step.urn.rsplit('::', 1)[-1]}"
