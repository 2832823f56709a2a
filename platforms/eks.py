"""EKS: not built yet; the stack file exists so that its settings are checked like the others."""

import pulumi

from settings import Settings

from ._platform import Platform


def platform(settings: Settings) -> Platform:
    """Refuse, in one line."""
    raise pulumi.RunError(
        f"causeway:platform: given '{settings.platform.value}', which is not built yet; allowed: minikube; fix: pulumi up --stack minikube"
    )
