"""What the secrets ladder takes from a stack's settings: the slices of every SecretsStore and SecretsController."""

from typing import Any

import pulumi

import settings
from components.secrets import SecretsLevel
from components.secrets.sealing_keys import parse
from settings import Settings, Target


def checked(wanted: Settings) -> Settings:
    """The settings, once secret zero of the level in use is known to be there: before the first resource."""
    store(wanted), controllers(wanted)
    return wanted


def store(wanted: Settings) -> dict[str, Any]:
    """What every SecretsStore takes; raises `pulumi.RunError` where secret zero is missing."""
    ladder = wanted.secrets
    rotations = {name: rotation.model_dump(exclude_none=True) for name, rotation in ladder.rotations.items()}
    inputs = {"level": ladder.level, "seed": settings.seed(wanted), "rotations": rotations}
    if ladder.candidate:
        inputs["candidate"] = ladder.candidate
    if SecretsLevel.SEALED in (ladder.level, ladder.candidate):
        inputs["sealing_certificate"] = parse(sealing_keys(wanted))[-1].certificate
    return inputs


def controllers(wanted: Settings) -> dict[str, dict[str, Any]]:
    """Name to inputs of the controller of each level in use; level native has none."""
    return {f"{level.value}-controller": _controller(wanted, level) for level in wanted.secrets.in_use if level is not SecretsLevel.NATIVE}


def sealing_keys(wanted: Settings) -> str:
    """The escrow of level sealed: the stack's encrypted setting, else the file that `causeway secrets sealing-key` makes."""
    if wanted.escrow:
        return wanted.escrow
    path = settings.state_directory() / "sealing-keys"
    if not path.is_file():
        fix = "causeway secrets sealing-key"
        if wanted.platform is not Target.MINIKUBE:
            fix += f", then pulumi config set --secret causeway:escrow < {path}"
        raise pulumi.RunError(f"{path}: given nothing, needed: the sealing keys of level sealed; fix: {fix}")
    return path.read_text()


def _controller(wanted: Settings, level: SecretsLevel) -> dict[str, Any]:
    keys = {"sealing_keys": sealing_keys(wanted)} if level is SecretsLevel.SEALED else {}
    return {"level": level, "charts": settings.pinned_charts(), **keys}
