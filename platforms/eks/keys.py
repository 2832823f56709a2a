"""Keys and logs: keys for what the cluster keeps, for secrets, and to open Vault; log groups that exist before their writers."""

from dataclasses import dataclass
from typing import Any

import pulumi

from platforms._cloud import CloudResource, Part
from platforms._names import base_name, is_production
from platforms._vault import is_used
from platforms.eks.network import Network
from platforms.eks.policies import flow_log_writing, key_policy, log_encryption, trust
from stack.settings import Settings
from stack.targets import EksSettings

DELETION_WINDOW_DAYS = 30
"""The longest that KMS offers to change one's mind; what a deleted key encrypted is lost."""

LOG_DAYS = {True: 90, False: 14}
"""Days that logs are kept, in production and elsewhere. EKS would keep them for ever if it made the group itself."""


@dataclass(frozen=True)
class Keys:
    """The keys, and the log groups of the control plane and the network."""

    cluster: CloudResource
    secrets: CloudResource
    control_plane_logs: CloudResource
    flow_logs: CloudResource
    vault: CloudResource | None
    """There where the stack has a Vault."""


def log_groups(name: str) -> dict[str, str]:
    """Names of the log groups; the control plane's is the one that EKS writes to, whatever one wishes."""
    return {"control-plane": f"/aws/eks/{name}/cluster", "flow": f"/causeway/{name}/flow"}


def make_keys(settings: Settings, cloud: EksSettings, provider: pulumi.ProviderResource) -> Keys:
    """Make keys and log groups."""
    name = base_name(settings)
    part = Part("EksKeys", "keys", provider)
    groups = log_groups(name)
    logs = log_encryption(cloud.account, cloud.region, list(groups.values()))
    cluster = _key(part, "cluster", f"{name}: Kubernetes secrets and logs", key_policy(cloud.account, logs), name)
    secrets = _key(part, "secrets", f"{name}: secrets of applications", key_policy(cloud.account), name)
    vault = _key(part, "vault", f"{name}: opens Vault", key_policy(cloud.account), name) if is_used(settings) else None
    made = {
        use: part.make(
            "aws:cloudwatch/logGroup:LogGroup",
            f"{use}-logs",
            {"name": group, "retentionInDays": LOG_DAYS[is_production(settings)], "kmsKeyId": cluster.output("arn")},
            ("arn",),
        )
        for use, group in groups.items()
    }
    part.register_outputs({})
    return Keys(cluster, secrets, made["control-plane"], made["flow"], vault)


def _key(part: Part, use: str, description: str, policy: str, name: str) -> CloudResource:
    inputs: dict[str, Any] = {
        "description": description,
        "enableKeyRotation": True,
        "deletionWindowInDays": DELETION_WINDOW_DAYS,
        "policy": policy,
    }
    key = part.make("aws:kms/key:Key", f"{use}-key", inputs, ("arn",))
    part.make("aws:kms/alias:Alias", f"{use}-key", {"name": f"alias/{name}-{use}", "targetKeyId": key.id})
    return key


def make_flow_logs(settings: Settings, cloud: EksSettings, network: Network, keys: Keys, provider: pulumi.ProviderResource) -> None:
    """Record refused connections (CIS AWS 3.9); accepted ones would cost more than they tell."""
    name = base_name(settings)
    part = Part("EksFlowLogs", "flow-logs", provider)
    # The service writes for every customer; the account says for whose flow logs it may do so here (the confused deputy).
    own = {"StringEquals": {"aws:SourceAccount": cloud.account}}
    role = part.make(
        "aws:iam/role:Role",
        "flow-logs",
        {"name": f"{name}-flow-logs", "assumeRolePolicy": trust("vpc-flow-logs.amazonaws.com", conditions=own)},
        ("arn",),
    )
    policy = flow_log_writing(cloud.account, cloud.region, log_groups(name)["flow"])
    writing = part.make("aws:iam/rolePolicy:RolePolicy", "flow-logs", {"name": "write", "role": role.id, "policy": policy})
    part.make(
        "aws:ec2/flowLog:FlowLog",
        "flow-logs",
        {
            "vpcId": network.vpc.id,
            "trafficType": "REJECT",
            "logDestinationType": "cloud-watch-logs",
            "logDestination": keys.flow_logs.output("arn"),
            "iamRoleArn": role.output("arn"),
            "maxAggregationInterval": 600,
        },
        depends_on=[writing],
    )
    part.register_outputs({})
