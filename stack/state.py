"""Where a stack finds what is not in its settings: the seed, the kubeconfig and the folder that holds both."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pulumi

from stack.section import Target

if TYPE_CHECKING:
    from stack.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent


def seed(settings: "Settings") -> pulumi.Output[str]:
    """Secret zero of SecretsStore level 1: the stack's encrypted setting, else the seed file that `scripts/up` makes once.

    Whoever runs a shared stack, in CI or at home, has to derive the same values, so a cloud's stack keeps it in its settings.
    """
    if given := settings.credential("seed"):
        return pulumi.Output.secret(given)
    path = state_directory() / "seed"
    if not path.is_file():
        is_made = settings.platform is Target.MINIKUBE
        fix = "./scripts/up makes it" if is_made else "openssl rand -hex 32 | pulumi config set --secret causeway:seed"
        raise pulumi.RunError(f"{path}: given nothing, needed: the seed of all generated secrets; fix: {fix}")
    return pulumi.Output.secret(path.read_text().strip())


def kubeconfig_path(settings: "Settings") -> str:
    """The kubeconfig that the provider reads: the one given, relative to the repository, or the local cluster's own."""
    return str(REPOSITORY / settings.kubeconfig) if settings.kubeconfig else str(state_directory() / "kubeconfig")


def state_directory() -> Path:
    """Where a local stack keeps seed and kubeconfig: CAUSEWAY_HOME, default `.causeway` in the repository."""
    return Path(os.environ.get("CAUSEWAY_HOME") or REPOSITORY / ".causeway").resolve()


def pods_run(settings: "Settings") -> bool:
    """Whether containers really run: not on minikube where KWOK plays the node, as `scripts/env` then says."""
    return settings.platform is not Target.MINIKUBE or os.environ.get("CAUSEWAY_SIMULATED") != "true"
