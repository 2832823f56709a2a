"""What keeps things outside the cluster: places for secrets (never their values), and the registry of our images."""

import json

import pulumi

from platforms._cloud import Part
from platforms._names import base_name, is_production
from platforms._vault import is_used
from platforms.eks.identity import secret_prefix
from platforms.eks.keys import Keys
from stack.settings import Settings
from stack.targets import EksSettings

OWN_REPOSITORIES = ("causeway/alert-sink", "causeway/shop")
KEEPER_REPOSITORY = "causeway/vault-keeper"
ARGOCD_KEEPER_REPOSITORY = "causeway/argocd-keeper"
KEPT_IMAGES = 30
"""Releases that can be rolled back to; older ones are removed."""

RECOVERY_DAYS = {True: 30, False: 0}
"""Days in which a deleted secret can be restored, in production and elsewhere. Its name is taken as long, so that an `up`
after a `destroy` would be refused: outside production that is the commoner need."""


def registry(settings: Settings, cloud: EksSettings) -> str:
    """The platform's part of the account's registry in the region: two platforms of one account share no repository."""
    return f"{cloud.account}.dkr.ecr.{cloud.region}.amazonaws.com/{base_name(settings)}"


def lifecycle() -> str:
    """Keep the newest images."""
    count = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": KEPT_IMAGES}
    return json.dumps({"rules": [{"rulePriority": 1, "selection": count, "action": {"type": "expire"}}]}, sort_keys=True)


def make_stores(settings: Settings, cloud: EksSettings, keys: Keys, provider: pulumi.ProviderResource) -> list[pulumi.Resource]:
    """Make a place for each named secret, which are handed back, and a repository for each image of ours."""
    part = Part("EksStores", "stores", provider)
    places: list[pulumi.Resource] = [
        part.make(
            "aws:secretsmanager/secret:Secret",
            secret,
            {
                "name": f"{secret_prefix(settings)}{secret}",
                "description": f"{base_name(settings)}: put its value with aws secretsmanager put-secret-value",
                "kmsKeyId": keys.secrets.output("arn"),
                "recoveryWindowInDays": RECOVERY_DAYS[is_production(settings)],
            },
        )
        for secret in cloud.secrets
    ]
    keepers = [*([KEEPER_REPOSITORY] if is_used(settings) else []), *([ARGOCD_KEEPER_REPOSITORY] if settings.has("gitops") else [])]
    for name in (*OWN_REPOSITORIES, *keepers):
        repository = part.make(
            "aws:ecr/repository:Repository",
            name.rpartition("/")[2],
            {
                "name": f"{base_name(settings)}/{name}",
                "imageTagMutability": "IMMUTABLE",
                "imageScanningConfiguration": {"scanOnPush": True},
                "encryptionConfigurations": [{"encryptionType": "KMS"}],
                "forceDelete": not is_production(settings),
            },
        )
        part.make("aws:ecr/lifecyclePolicy:LifecyclePolicy", name.rpartition("/")[2], {"repository": repository.id, "policy": lifecycle()})
    part.register_outputs({})
    return places
