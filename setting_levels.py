"""Which levels of the secrets ladder are ready on which target, and what the others lack. Pure."""

from collections.abc import Mapping

from components.secrets.levels import SecretsLevel

_UNSEALING = "Vault in the cluster, unsealed by the cloud's key service"
MISSING: Mapping[str, Mapping[SecretsLevel, str]] = {
    "eks": {SecretsLevel.VAULT: _UNSEALING},
    "gke": {SecretsLevel.VAULT: _UNSEALING},
}
"""Target to what each level lacks there; a level that is not named is ready."""


def ready(target: str) -> list[SecretsLevel]:
    """The levels whose back end is ready on a target, lowest first."""
    return [level for level in SecretsLevel if level not in MISSING.get(target, {})]


def refusal(level: SecretsLevel, target: str) -> str | None:
    """Why a level cannot be used on a target, and which can be; None where it can."""
    if level in ready(target):
        return None
    allowed = ", ".join(one.value for one in ready(target))
    lacks = MISSING[target][level]
    return f"given '{level.value}', whose back end is not ready on platform {target}: missing is {lacks}; allowed: {allowed}"
