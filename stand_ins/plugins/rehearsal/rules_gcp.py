"""What Google Cloud accepts, as rules over the inputs of each type; a rule's docstring names where it is written down."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from ipaddress import IPv4Network

from stand_ins.plugins.rehearsal.judge import Judge, World

NAME = r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?"
AUTOPILOT_DECIDES = (
    "datapathProvider",
    "enableIntranodeVisibility",
    "enableShieldedNodes",
    "initialNodeCount",
    "networkPolicy",
    "nodeConfig",
    "nodePools",
    "removeDefaultNodePool",
    "workloadIdentityConfig",
)
"""Inputs that Autopilot presets and that are not to be set with it (GKE docs, "Autopilot and Standard feature comparison")."""

LEAST_WINDOW, LEAST_IN_32_DAYS = timedelta(hours=4), timedelta(hours=48)
WEEKS_IN_32_DAYS = 4
PRIMITIVE_ROLES = ("roles/owner", "roles/editor", "roles/viewer")


def network(judge: Judge, world: World) -> None:  # noqa: ARG001
    """A custom-mode network (Compute API, networks.insert)."""
    judge.text("name", NAME, "a name of 1 to 63 lower-case letters, digits and hyphens")
    judge.must_be("autoCreateSubnetworks", False, "automatic subnets take a block in every region")
    judge.one_of("routingMode", ("REGIONAL", "GLOBAL"))


def subnetwork(judge: Judge, world: World) -> None:
    """Ranges are /4 to /29, and overlap no other of the network (Compute API, subnetworks.insert)."""
    judge.text("name", NAME, "a name of 1 to 63 lower-case letters, digits and hyphens")
    if judge.at("purpose") == "REGIONAL_MANAGED_PROXY":
        judge.must_be("role", "ACTIVE", "proxies stand in the active subnet")
    else:
        judge.must_be("privateIpGoogleAccess", True, "private nodes reach Google's APIs inside Google's network")
        judge.needs("logConfig", "flows are recorded")
    blocks = [judge.network("ipCidrRange", 4, 29)]
    for index, entry in enumerate(judge.at("secondaryIpRanges") or []):
        blocks.append(judge.block(f"secondaryIpRanges[{index}]", str(entry["ipCidrRange"]), 4, 29))
    taken = [IPv4Network(text) for other in _neighbours(judge, world) for text in _ranges(other)]
    known = [block for block in blocks if block]
    for index, block in enumerate(known):
        for other in [*known[index + 1 :], *taken]:
            if block.overlaps(other):
                judge.refuse("ipCidrRange", f"{block} overlaps {other}")


def _neighbours(judge: Judge, world: World) -> list[dict[str, object]]:
    subnets = world.store.of("gcp:compute/subnetwork:Subnetwork")
    return [other.outputs for other in subnets if other.urn != judge.urn and other.outputs.get("network") == judge.at("network")]


def _ranges(outputs: dict[str, object]) -> list[str]:
    secondary = outputs.get("secondaryIpRanges")
    entries = secondary if isinstance(secondary, list) else []
    return [str(outputs["ipCidrRange"]), *(str(entry["ipCidrRange"]) for entry in entries)]


def firewall(judge: Judge, world: World) -> None:  # noqa: ARG001
    """Compute API, firewalls.insert; nothing is opened to the world, nor on every machine (CIS GCP 3.6, 3.7)."""
    judge.text("name", NAME, "a name of 1 to 63 lower-case letters, digits and hyphens")
    judge.one_of("direction", ("INGRESS", "EGRESS"))
    judge.needs("targetServiceAccounts", "the rule would be for every machine of the network")
    for source in judge.at("sourceRanges") or ["0.0.0.0/0"]:
        judge.block("sourceRanges", source, 8, 32)


def nat(judge: Judge, world: World) -> None:  # noqa: ARG001
    """Compute API, routers.insert, field nats."""
    judge.one_of("natIpAllocateOption", ("AUTO_ONLY", "MANUAL_ONLY"))
    scopes = ("ALL_SUBNETWORKS_ALL_IP_RANGES", "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES", "LIST_OF_SUBNETWORKS")
    judge.one_of("sourceSubnetworkIpRangesToNat", scopes)
    judge.one_of("logConfig.filter", ("ERRORS_ONLY", "TRANSLATIONS_ONLY", "ALL"))


def service(judge: Judge, world: World) -> None:  # noqa: ARG001
    """Service Usage API; a destroy must not switch off what others in the project use."""
    judge.text("service", r"[a-z0-9-]+\.googleapis\.com", "a service such as container.googleapis.com")
    judge.must_be("disableOnDestroy", False, "others in the project may use the service")


def account(judge: Judge, world: World) -> None:  # noqa: ARG001
    """IAM API, serviceAccounts.create: 6 to 30 characters."""
    judge.text("accountId", r"[a-z]([-a-z0-9]{4,28}[a-z0-9])", "an account id of 6 to 30 lower-case letters, digits and hyphens")


def member(judge: Judge, world: World) -> None:
    """A grant is to someone, of a role made for the purpose (IAM docs, "Principal identifiers", "Basic roles")."""
    judge.text("role", r"(roles|projects/[^/]+/roles)/[A-Za-z0-9._]+", "a role")
    if judge.at("role") in PRIMITIVE_ROLES:
        judge.refuse("role", "is a basic role, which gives thousands of permissions")
    given = judge.at("member")
    if not isinstance(given, str):
        return
    if given in ("allUsers", "allAuthenticatedUsers"):
        judge.refuse("member", "is everybody")
        return
    pool = rf"[0-9]+/locations/global/workloadIdentityPools/{re.escape(world.account)}\.svc\.id\.goog/subject/ns/[a-z0-9-]+/sa/[a-z0-9.-]+"
    shapes = rf"(serviceAccount|user|group):[^@\s]+@[^@\s]+|principal://iam\.googleapis\.com/projects/{pool}"
    judge.text("member", shapes, "a principal of this project")


def cluster(judge: Judge, world: World) -> None:
    """Container API, clusters.create."""
    judge.text("name", r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?", "a cluster name of 1 to 40 lower-case letters, digits and hyphens")
    judge.must_be("location", world.region, "a cluster in one zone goes down with it")
    judge.needs("deletionProtection", "the provider's own default is on, and destroy fails: say which")
    judge.one_of("releaseChannel.channel", ("RAPID", "REGULAR", "STABLE", "EXTENDED"))
    judge.needs("releaseChannel", "a channel keeps the cluster in support")
    judge.must_be("privateClusterConfig.enablePrivateNodes", True, "nodes have no public address (CIS GKE 5.6.5)")
    judge.must_be("controlPlaneEndpointsConfig.ipEndpointsConfig.enabled", False, "the endpoint by address is open to the world")
    judge.must_be("databaseEncryption.state", "ENCRYPTED", "secrets are encrypted with a key of ours (CIS GKE 5.3.1)")
    judge.text("databaseEncryption.keyName", r"projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+", "a key's full name")
    judge.one_of("gatewayApiConfig.channel", ("CHANNEL_DISABLED", "CHANNEL_STANDARD"))
    if judge.at("minMasterVersion"):
        judge.refuse("minMasterVersion", "the release channel decides the version")
    _mode(judge, world)
    _window(judge)
    _secondary_ranges(judge, world)


def _mode(judge: Judge, world: World) -> None:
    if judge.at("enableAutopilot"):
        for name in AUTOPILOT_DECIDES:
            if name in judge.inputs:
                judge.refuse(name, "Autopilot decides this by itself")
        return
    judge.must_be("datapathProvider", "ADVANCED_DATAPATH", "network policies are enforced by Dataplane V2")
    judge.must_be("workloadIdentityConfig.workloadPool", f"{world.account}.svc.id.goog", "pods have identities of their own")
    judge.must_be("removeDefaultNodePool", True, "a pool of the cluster's own cannot be changed without the cluster")


def _window(judge: Judge) -> None:
    """At least 48 hours in 32 days, in pieces of at least 4 hours (GKE docs, "Maintenance windows")."""
    window = judge.at("maintenancePolicy.recurringWindow")
    if window is None:
        judge.refuse("maintenancePolicy", "Google would upgrade at any hour")
        return
    length = datetime.fromisoformat(window["endTime"]) - datetime.fromisoformat(window["startTime"])
    days = re.search(r"BYDAY=([A-Z,]+)", window["recurrence"])
    in_a_week = len(days.group(1).split(",")) if days else (7 if "DAILY" in window["recurrence"] else 1)
    if length < LEAST_WINDOW or length * in_a_week * WEEKS_IN_32_DAYS < LEAST_IN_32_DAYS:
        judge.refuse("maintenancePolicy.recurringWindow", "is less than 48 hours in 32 days, or less than 4 hours at a time")


def _secondary_ranges(judge: Judge, world: World) -> None:
    subnet = world.store.get("gcp:compute/subnetwork:Subnetwork", judge.at("subnetwork") or "")
    if subnet is None:
        return
    names = [entry["rangeName"] for entry in subnet.outputs.get("secondaryIpRanges", [])]
    judge.one_of("ipAllocationPolicy.clusterSecondaryRangeName", names)
    judge.one_of("ipAllocationPolicy.servicesSecondaryRangeName", names)


def node_pool(judge: Judge, world: World) -> None:  # noqa: ARG001
    """Nodes are shielded, mended, upgraded, and show their metadata to nobody (CIS GKE 5.4 and 5.5)."""
    judge.must_be("management", {"autoRepair": True, "autoUpgrade": True}, "nodes are mended and upgraded by Google")
    judge.must_be("nodeConfig.workloadMetadataConfig.mode", "GKE_METADATA", "pods would see the node's own credentials")
    judge.must_be("nodeConfig.shieldedInstanceConfig.enableSecureBoot", True, "nodes boot what Google signed")
    judge.needs("nodeConfig", "nodes would run as the project's default account, an editor")
    judge.number("maxPodsPerNode", 8, 256)


def repository(judge: Judge, world: World) -> None:
    """Artifact Registry API, repositories.create; tags are immutable."""
    judge.text("repositoryId", r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", "a repository id")
    judge.must_be("location", world.region, "images are pulled from the cluster's own region")
    judge.must_be("dockerConfig.immutableTags", True, "a tag must always be the same image")


def secret(judge: Judge, world: World) -> None:  # noqa: ARG001
    """Secret Manager API, secrets.create."""
    judge.text("secretId", r"[A-Za-z0-9_-]{1,255}", "a secret id of letters, digits, - and _")
    if judge.at("replication.auto") is None and not judge.at("replication.userManaged.replicas"):
        judge.refuse("replication", "must say where the secret is kept")


def secret_version(judge: Judge, world: World) -> None:
    """Secret Manager API, secrets.addVersion: the full name of a secret of the project, at most 65536 bytes, never in the clear."""
    judge.text("secret", rf"projects/{world.account}/secrets/[A-Za-z0-9_-]{{1,255}}", "projects/<this project>/secrets/<id>")
    judge.hidden("secretData", 65536)


def key_member(judge: Judge, world: World) -> None:
    """A grant on a key: its full name, in the cluster's region."""
    member(judge, world)
    place = rf"projects/[^/]+/locations/{world.region}/keyRings/[^/]+/cryptoKeys/[^/]+"
    judge.text("cryptoKeyId", place, f"a key in {world.region}, where the cluster is")


def labels(judge: Judge, world: World) -> None:  # noqa: ARG001
    """At most 64 labels of lower-case letters, digits, - and _ (Resource Manager docs, "Requirements for labels")."""
    for path in ("labels", "resourceLabels"):
        for name, value in (judge.at(path) or {}).items():
            if not re.fullmatch(r"[a-z][a-z0-9_-]{0,62}", name) or not re.fullmatch(r"[a-z0-9_-]{0,63}", str(value)):
                judge.refuse(f"{path}.{name}", f"{value!r} is not lower-case letters, digits, - and _")


Rule = Callable[[Judge, World], None]
RULES: Mapping[str, Rule] = {
    "gcp:projects/service:Service": service,
    "gcp:compute/network:Network": network,
    "gcp:compute/subnetwork:Subnetwork": subnetwork,
    "gcp:compute/firewall:Firewall": firewall,
    "gcp:compute/routerNat:RouterNat": nat,
    "gcp:serviceaccount/account:Account": account,
    "gcp:projects/iAMMember:IAMMember": member,
    "gcp:artifactregistry/repository:Repository": repository,
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": member,
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": key_member,
    "gcp:container/cluster:Cluster": cluster,
    "gcp:container/nodePool:NodePool": node_pool,
    "gcp:secretmanager/secret:Secret": secret,
    "gcp:secretmanager/secretIamMember:SecretIamMember": member,
    "gcp:secretmanager/secretVersion:SecretVersion": secret_version,
}
EVERYWHERE: tuple[Rule, ...] = (labels,)
