"""The GKE cluster, Autopilot or Standard, and how a client reaches it."""

import json
from typing import Any

import pulumi

from platforms._cloud import CloudResource, Part
from platforms._names import base_name, is_protected, marks
from platforms.gke.identity import Identities
from platforms.gke.network import PODS, SERVICES, Network
from stack.settings import Settings
from stack.targets import GkeMode, GkeSettings

WINDOW = {
    # Nights of the weekend, UTC. Google wants at least 48 hours in 32 days, in pieces of at least 4 hours.
    "startTime": "2026-01-03T00:00:00Z",
    "endTime": "2026-01-03T08:00:00Z",
    "recurrence": "FREQ=WEEKLY;BYDAY=SA,SU",
}
NODE_SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]
"""What a node may do is decided by its account's roles; scopes are the older, coarser way."""

MACHINE_TYPE = "e2-standard-4"
NODES_PER_ZONE = {"minNodeCount": 1, "maxNodeCount": 4, "locationPolicy": "BALANCED"}
MAX_PODS_PER_NODE = 110


def cluster_inputs(settings: Settings, cloud: GkeSettings) -> dict[str, Any]:
    """All that is decided about the cluster, whoever runs its nodes, before anything is made."""
    return {
        "project": cloud.project,
        "name": base_name(settings),
        # A region, not a zone: three control planes, and nodes in three zones.
        "location": cloud.region,
        "deletionProtection": is_protected(settings, cloud.deletion_protection),
        "releaseChannel": {"channel": cloud.channel.value},
        "maintenancePolicy": {"recurringWindow": WINDOW},
        "networkingMode": "VPC_NATIVE",
        "ipAllocationPolicy": {"clusterSecondaryRangeName": PODS, "servicesSecondaryRangeName": SERVICES},
        "privateClusterConfig": {"enablePrivateNodes": True},
        # Whoever reaches the DNS endpoint is asked by IAM first; the endpoint by address is off (CIS GKE 5.6.4).
        "controlPlaneEndpointsConfig": {
            "dnsEndpointConfig": {"allowExternalTraffic": True},
            "ipEndpointsConfig": {"enabled": False},
        },
        # Who may come in is IAM's to say; a client certificate could not be taken back (CIS GKE 5.8.2).
        "masterAuth": {"clientCertificateConfig": {"issueClientCertificate": False}},
        "gatewayApiConfig": {"channel": "CHANNEL_STANDARD"},
        "databaseEncryption": {"state": "ENCRYPTED", "keyName": cloud.kms_key},
        "securityPostureConfig": {"mode": "BASIC", "vulnerabilityMode": "VULNERABILITY_DISABLED"},
        # The bill names namespaces and their labels; it costs nothing.
        "costManagementConfig": {"enabled": True},
        "resourceLabels": marks(settings),
    }


def mode_inputs(cloud: GkeSettings) -> dict[str, Any]:
    """What the two modes need. Autopilot decides the second list by itself, the same way, and refuses to be told."""
    if cloud.mode is GkeMode.AUTOPILOT:
        return {"enableAutopilot": True}
    return {
        "removeDefaultNodePool": True,
        "initialNodeCount": 1,
        "datapathProvider": "ADVANCED_DATAPATH",
        # Flow logs see the traffic between pods of one node too (CIS GKE 5.6.1).
        "enableIntranodeVisibility": True,
        "enableShieldedNodes": True,
        "workloadIdentityConfig": {"workloadPool": f"{cloud.project}.svc.id.goog"},
        "monitoringConfig": {"enableComponents": ["SYSTEM_COMPONENTS"], "managedPrometheus": {"enabled": False}},
    }


def node_pool_inputs(cloud: GkeSettings) -> dict[str, Any]:
    """The one node pool of Standard: it grows with the pods, and is mended and upgraded by Google."""
    return {
        "project": cloud.project,
        "location": cloud.region,
        "name": "general",
        "initialNodeCount": 1,
        "autoscaling": NODES_PER_ZONE,
        "management": {"autoRepair": True, "autoUpgrade": True},
        "maxPodsPerNode": MAX_PODS_PER_NODE,
    }


def node_config(account: pulumi.Input[str]) -> dict[str, Any]:
    """A node: shielded, with an account of its own, and with pods that see its metadata only through their own identity."""
    return {
        "machineType": MACHINE_TYPE,
        "imageType": "COS_CONTAINERD",
        "serviceAccount": account,
        "oauthScopes": NODE_SCOPES,
        "shieldedInstanceConfig": {"enableSecureBoot": True, "enableIntegrityMonitoring": True},
        "workloadMetadataConfig": {"mode": "GKE_METADATA"},
        "metadata": {"disable-legacy-endpoints": "true"},
    }


def make_cluster(
    settings: Settings, cloud: GkeSettings, network: Network, identities: Identities, provider: pulumi.ProviderResource
) -> tuple[CloudResource, list[pulumi.Resource]]:
    """Make the cluster, and where it has one its node pool; returns what workloads have to wait for besides."""
    part = Part("GkeCluster", "cluster", provider)
    account = identities.nodes.output("email")
    inputs = {
        **cluster_inputs(settings, cloud),
        **mode_inputs(cloud),
        "network": network.network.id,
        "subnetwork": network.subnet.id,
    }
    if cloud.mode is GkeMode.AUTOPILOT:
        inputs["clusterAutoscaling"] = {"autoProvisioningDefaults": {"serviceAccount": account, "oauthScopes": NODE_SCOPES}}
    else:
        inputs["nodeConfig"] = node_config(account)
    waits = [network.way_out, *identities.grants]
    outputs = ("controlPlaneEndpointsConfig", "name")
    cluster = part.make("gcp:container/cluster:Cluster", "cluster", inputs, outputs, waits, _options(inputs))
    pools: list[pulumi.Resource] = []
    if cloud.mode is GkeMode.STANDARD:
        pool = {**node_pool_inputs(cloud), "cluster": cluster.id, "nodeConfig": node_config(account)}
        pools.append(part.make("gcp:container/nodePool:NodePool", "nodes", pool))
    part.register_outputs({})
    return cluster, pools


def _options(inputs: dict[str, Any]) -> pulumi.ResourceOptions:
    """The engine refuses to destroy a protected cluster in its preview, before anything is deleted, and leaves Standard's first pool alone.

    That pool is gone as soon as the cluster is there, and what it was like (`nodeConfig`) is an input that only a new
    cluster could change: another machine type must change the pool beside it, never the cluster.
    """
    first_pool: list[str] = [name for name in ("initialNodeCount", "nodeConfig") if name in inputs]
    return pulumi.ResourceOptions(protect=inputs["deletionProtection"], ignore_changes=first_pool)


def kubeconfig(name: str, endpoint: str) -> str:
    """A kubeconfig without a credential; the DNS endpoint has a public certificate, so no authority is named.

    The login command and its options are those of `gcloud container clusters get-credentials --dns-endpoint`.
    """
    login = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "gke-gcloud-auth-plugin",
        "interactiveMode": "Never",
        "provideClusterInfo": True,
        "installHint": "gcloud components install gke-gcloud-auth-plugin",
    }
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": {"server": f"https://{endpoint}"}}],
            "users": [{"name": name, "user": {"exec": login}}],
            "contexts": [{"name": "causeway", "context": {"cluster": name, "user": name}}],
            "current-context": "causeway",
        }
    )
