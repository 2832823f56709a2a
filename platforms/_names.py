"""Names and marks of what a cloud's platform is made of. Pure."""

from stack.section import Environment
from stack.settings import Settings

EXTERNAL_SECRETS = ("external-secrets", "external-secrets")
"""Namespace and ServiceAccount of the one program that reads a cloud's secrets (the External Secrets chart's own names)."""


def base_name(settings: Settings) -> str:
    """What every name begins with: two platforms of one account or project differ in their environment."""
    return f"causeway-{settings.environment.value}"


def marks(settings: Settings) -> dict[str, str]:
    """Tags (AWS) or labels (Google) of everything, by which cost and ownership are told apart."""
    return {"managed-by": "causeway", "environment": settings.environment.value, "team": settings.team}


def is_production(settings: Settings) -> bool:
    """Whether the dearer and safer choice is the default: a NAT gateway for each zone, deletion protection, long logs."""
    return settings.environment is Environment.PRODUCTION


def is_protected(settings: Settings, chosen: bool | None) -> bool:
    """Whether the cluster may not be deleted: as chosen, else in production."""
    return is_production(settings) if chosen is None else chosen
