"""The types of Google Cloud that the platform uses. Ids have the form of real ones (the provider's "Import" sections)."""

from typing import Any
from urllib.parse import urlsplit

from stand_ins.plugins.rehearsal.kinds import Kind, Place

COMPUTE = "projects/{account}/"


def _email(inputs: dict[str, Any], place: Place) -> dict[str, Any]:
    email = f"{inputs.get('accountId')}@{place.account}.iam.gserviceaccount.com"
    return {"email": email, "member": f"serviceAccount:{email}", "uniqueId": str(int(place.digits or "0", 16))}


def _cluster(inputs: dict[str, Any], place: Place) -> dict[str, Any]:
    """The endpoint is the local cluster's, so that a client goes the way it would at Google."""
    ends = inputs.get("controlPlaneEndpointsConfig", {})
    named = {**ends.get("dnsEndpointConfig", {}), "endpoint": urlsplit(place.kubernetes["server"]).netloc}
    return {"controlPlaneEndpointsConfig": {**ends, "dnsEndpointConfig": named}, "masterVersion": "1.35.0-gke.1"}


def _name(inputs: dict[str, Any], place: Place) -> dict[str, Any]:  # noqa: ARG001
    """A repository answers with its short name."""
    return {"name": inputs.get("repositoryId")}


SECRET = "gcp:secretmanager/secret:Secret"

KINDS = {
    "gcp:projects/service:Service": Kind("{account}/{given[service]}", replaces=("service", "project")),
    "gcp:compute/network:Network": Kind(COMPUTE + "global/networks/{given[name]}", replaces=("name", "autoCreateSubnetworks")),
    "gcp:compute/subnetwork:Subnetwork": Kind(
        COMPUTE + "regions/{given[region]}/subnetworks/{given[name]}", replaces=("name", "network", "region")
    ),
    "gcp:compute/firewall:Firewall": Kind(COMPUTE + "global/firewalls/{given[name]}", replaces=("name", "network")),
    "gcp:compute/router:Router": Kind(COMPUTE + "regions/{given[region]}/routers/{given[name]}", replaces=("name", "network", "region")),
    "gcp:compute/routerNat:RouterNat": Kind(
        "{account}/{given[region]}/{given[router]}/{given[name]}", replaces=("name", "router", "region")
    ),
    "gcp:serviceaccount/account:Account": Kind(
        COMPUTE + "serviceAccounts/{given[accountId]}@{account}.iam.gserviceaccount.com", replaces=("accountId",), computed=_email
    ),
    "gcp:projects/iAMMember:IAMMember": Kind("{account}/{given[role]}/{given[member]}", replaces=("role", "member")),
    "gcp:artifactregistry/repository:Repository": Kind(
        COMPUTE + "locations/{given[location]}/repositories/{given[repositoryId]}",
        replaces=("repositoryId", "location", "format"),
        computed=_name,
    ),
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": Kind(
        COMPUTE + "locations/{given[location]}/repositories/{given[repository]}/{given[role]}/{given[member]}",
        replaces=("repository", "role", "member"),
    ),
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": Kind(
        "{given[cryptoKeyId]}/{given[role]}/{given[member]}", replaces=("cryptoKeyId", "role", "member")
    ),
    "gcp:container/cluster:Cluster": Kind(
        COMPUTE + "locations/{given[location]}/clusters/{given[name]}",
        replaces=("name", "location", "network", "subnetwork", "enableAutopilot", "ipAllocationPolicy"),
        computed=_cluster,
    ),
    "gcp:container/nodePool:NodePool": Kind("{given[cluster]}/nodePools/{given[name]}", replaces=("name", "cluster")),
    SECRET: Kind(COMPUTE + "secrets/{given[secretId]}", replaces=("secretId", "replication")),
    "gcp:secretmanager/secretVersion:SecretVersion": Kind(
        "{given[secret]}/versions/1", replaces=("secret", "secretData"), inside=(SECRET, "secret")
    ),
    "gcp:secretmanager/secretIamMember:SecretIamMember": Kind(
        COMPUTE + "secrets/{given[secretId]}/{given[role]}/{given[member]}", replaces=("secretId", "role", "member")
    ),
}
