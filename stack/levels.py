"""What a level of the secrets ladder needs of a target's settings; one that is not named here is ready as it is. Pure."""

from collections.abc import Mapping
from typing import Any

from components.secrets.levels import SecretsLevel

NEEDED: Mapping[tuple[str, SecretsLevel], tuple[str, str]] = {
    ("gke", SecretsLevel.VAULT): ("vaultKey", "the key that opens Vault"),
}
"""Target and level to the setting of the target without which the level is not ready there, and what it names."""


def refusal(level: SecretsLevel, target: str, given: Mapping[str, Any]) -> str | None:
    """Why a level cannot be used on a target of which these settings are given, and what to do; None where it can."""
    lacking = {one: NEEDED[target, one] for one in SecretsLevel if (target, one) in NEEDED and not given.get(NEEDED[target, one][0])}
    if level not in lacking:
        return None
    key, what = lacking[level]
    path, allowed = f"causeway:{target}.{key}", ", ".join(one.value for one in SecretsLevel if one not in lacking)
    missing = f"given '{level.value}', whose back end is not ready on platform {target}: missing is {path}, {what}"
    return f"{missing}; allowed: {allowed}; fix: pulumi config set --path '{path}' <value>"
