"""The order of a destroy: what is in the cluster goes before it, and what the cluster stands on goes after it. Pure.

Two proofs. `disorder` looks at what one destroy did. `unbound` looks at the dependencies, which the engine turns into that
order: what they do not say may be right once and wrong the next time.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from stand_ins.rehearse.engine import Step

CLUSTERS = ("aws:eks/cluster:Cluster::*", "gcp:container/cluster:Cluster::*")
IN_THE_CLUSTER = ("kubernetes:*",)
WHILE_OBJECTS_ARE_THERE = (
    *CLUSTERS,
    "aws:eks/accessEntry:AccessEntry::*",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation::*",
    "gcp:container/nodePool:NodePool::*",
    "gcp:compute/subnetwork:Subnetwork::proxies",
    "gcp:compute/firewall:Firewall::proxies",
)
"""Without these nobody could delete an object any more, or nothing would be left to take its load balancer away."""

WHILE_THE_CLUSTER_IS_THERE = (
    "aws:cloudwatch/logGroup:LogGroup::control-plane-logs",
    "aws:ec2/internetGateway:InternetGateway::*",
    "aws:ec2/natGateway:NatGateway::*",
    "aws:ec2/route:Route::*",
    "aws:ec2/routeTableAssociation:RouteTableAssociation::*",
    "aws:ec2/subnet:Subnet::*",
    "aws:ec2/vpc:Vpc::*",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment::*",
    "aws:kms/key:Key::cluster-key",
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember::*",
    "gcp:compute/network:Network::*",
    "gcp:compute/routerNat:RouterNat::*",
    "gcp:compute/subnetwork:Subnetwork::subnet",
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember::cluster-encryption",
    "gcp:projects/iAMMember:IAMMember::*",
    "gcp:serviceaccount/account:Account::*",
)
"""The way out, the keys and the roles by which its controllers work to the end; a log group would be made anew by EKS."""

NAMESPACES = ("kubernetes:core/v1:Namespace::*",)
WHILE_NAMESPACES_ARE_THERE = (
    "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy::*",
    "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding::*",
)
"""The rule that keeps a namespace until its volumes are gone (platforms/_objects.py)."""

OUTLIVES = (
    (WHILE_OBJECTS_ARE_THERE, IN_THE_CLUSTER),
    (WHILE_NAMESPACES_ARE_THERE, NAMESPACES),
    (WHILE_THE_CLUSTER_IS_THERE, CLUSTERS),
)
"""What has to be there until the last of the others is gone, by type and name."""

BY_CONTROLLERS = ("rehearsal:index:LoadBalancer::*", "rehearsal:index:Volume::*")
"""What nobody asked the engine for; its name is the path of the Ingress or claim that it was made for."""


def disorder(steps: Sequence[Step]) -> list[str]:
    """Every deletion that came too early, with the one that it should have waited for; `steps` as they ended."""
    deleted = [_name(step.urn) for step in steps if step.operation == "delete"]
    if not any(_is(name, CLUSTERS) for name in deleted):
        return ["no cluster was deleted"]
    found = []
    for stays, goes in OUTLIVES:
        last = max((index for index, name in enumerate(deleted) if _is(name, goes)), default=-1)
        found += [f"{name} went before {deleted[last]}, which needs it" for name in deleted[: max(last, 0)] if _is(name, stays)]
    return found + [line for index, name in enumerate(deleted) if _is(name, BY_CONTROLLERS) for line in _late(name, deleted[:index])]


def _late(made: str, before: Sequence[str]) -> Iterator[str]:
    """Whatever went before `made` did that should have waited for it: the namespace of its object, the cluster."""
    namespace = made.partition("/namespaces/")[2].partition("/")[0]
    waits = (*CLUSTERS, f"{NAMESPACES[0][:-1]}{namespace}-namespace")
    return (f"{name} went before {made}, which nobody could then take away" for name in before if _is(name, waits))


def unbound(needs: Mapping[str, Collection[str]]) -> list[str]:
    """Every pair of which nothing says that the first goes before the second; `needs` is what each URN depends on."""
    reached = {urn: set(_below(urn, needs)) for urn in needs}
    return [
        f"{_name(user)} does not depend on {_name(needed)}: it could outlive it"
        for stays, goes in OUTLIVES
        for user in needs
        if _is(_name(user), goes)
        for needed in needs
        if _is(_name(needed), stays) and needed not in reached[user]
    ]


def _below(urn: str, needs: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Everything that `urn` depends on, directly or not."""
    seen, left = {urn}, [urn]
    while left:
        for one in needs.get(left.pop(), ()):
            if one not in seen:
                seen.add(one)
                left.append(one)
                yield one


def _is(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _name(urn: str) -> str:
    """Type and name of a URN, without the types of its parents."""
    kind, _, name = urn.rpartition("::")
    return f"{kind.rpartition('::')[2].rpartition('$')[2]}::{name}"
