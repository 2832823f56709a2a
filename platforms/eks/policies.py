"""IAM documents of the EKS platform: who may become a role, and what each may do. Pure; tests evaluate them."""

import json
from typing import Any

Statement = dict[str, Any]

KEY_ADMINISTRATION = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
"""What keeps a key manageable; without these for the account's own principals a key cannot ever be changed again."""

KEY_USE = ("kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext")
"""Use of a key, handed to the account so that its IAM policies (and only those that name the key) can give it on."""

LOG_KEY_USE = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
"""What CloudWatch asks for with wildcards (CloudWatch Logs user guide, "Encrypt log data"), without its pairs of keys."""


def document(*statements: Statement) -> str:
    """A policy as the text that IAM takes."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, sort_keys=True)


def trust(service: str, *, tag_session: bool = False, conditions: dict[str, Any] | None = None) -> str:
    """Who may become the role: one service of AWS. Pod Identity and Auto Mode tag the session besides."""
    actions = ["sts:AssumeRole", "sts:TagSession"] if tag_session else ["sts:AssumeRole"]
    statement: Statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": actions}
    return document({**statement, "Condition": conditions} if conditions else statement)


def pod_trust(cluster_arn: str, namespace: str, account: str) -> str:
    """The trust of a Pod Identity role: the pods of one ServiceAccount of one cluster, by the tags that EKS sets.

    Source: EKS user guide, "Grant Pods access to AWS resources based on tags".
    """
    tags = {"eks-cluster-arn": cluster_arn, "kubernetes-namespace": namespace, "kubernetes-service-account": account}
    conditions = {"StringEquals": {f"aws:RequestTag/{name}": value for name, value in tags.items()}}
    return trust("pods.eks.amazonaws.com", tag_session=True, conditions=conditions)


def key_policy(account: str, *extra: Statement) -> str:
    """The policy of a key. In a key's own policy the resource `*` means this key and nothing else."""
    owner = {
        "Sid": "Account",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": [*KEY_ADMINISTRATION, *KEY_USE],
        "Resource": "*",
    }
    return document(owner, *extra)


def log_encryption(account: str, region: str, groups: list[str]) -> Statement:
    """Lets CloudWatch encrypt the named log groups with the key, and nothing else."""
    names = [f"arn:aws:logs:{region}:{account}:log-group:{group}" for group in groups]
    return {
        "Sid": "Logs",
        "Effect": "Allow",
        "Principal": {"Service": f"logs.{region}.amazonaws.com"},
        "Action": list(LOG_KEY_USE),
        "Resource": "*",
        "Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": names}},
    }


def flow_log_writing(account: str, region: str, group: str) -> str:
    """What the role of the flow logs may do: write into their own group."""
    own = f"arn:aws:logs:{region}:{account}:log-group:{group}"
    return document(
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            "Resource": [own, f"{own}:*"],
        }
    )


def secret_reading(account: str, region: str, prefix: str, names: list[str], key_arn: str) -> str:
    """What External Secrets may do: read the named secrets, and decrypt with the platform's one key, for that purpose.

    AWS ends each secret's ARN with a hyphen and six characters of its own.
    """
    secrets = f"arn:aws:secretsmanager:{region}:{account}:secret:{prefix}"
    reading: Statement = {
        "Effect": "Allow",
        "Action": ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
        "Resource": [f"{secrets}{name}-??????" for name in names],
    }
    return document(
        *([reading] if names else []),
        {
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": key_arn,
            "Condition": {"StringEquals": {"kms:ViaService": f"secretsmanager.{region}.amazonaws.com"}},
        },
    )


def sealing(key_arn: str) -> str:
    """What Vault may do with the one key that opens it (Vault docs, "AWS KMS seal configuration")."""
    return document({"Effect": "Allow", "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"], "Resource": key_arn})
