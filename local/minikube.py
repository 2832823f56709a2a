"""minikube as the cluster: starting it with what the platform needs, and giving it the shop's image."""

import subprocess
from collections.abc import Iterable

from local.choice import surroundings
from local.images import Image
from workspace.progress import Problem, Progress

PROCESSORS, MEMORY = 4, "8g"
"""The platform's budget on minikube with every part switched on (requirements.md, section 11)."""


def start(progress: Progress) -> None:
    """Have minikube running, with the ingress add-on; a running one is left as it is."""
    if _call("minikube", "status", "--format={{.APIServer}}").stdout.strip() != "Running":
        with progress.step("minikube: starting"):
            _check(_call("minikube", "start", f"--cpus={PROCESSORS}", f"--memory={MEMORY}"), "minikube start")
    with progress.step("minikube: ingress add-on"):
        _check(_call("minikube", "addons", "enable", "ingress"), "minikube addons enable ingress")


def bring_images(images: Iterable[Image], progress: Progress) -> None:
    """Load each of `images` into minikube's container runtime."""
    for image in images:
        with progress.step(f"image {image.reference}: loading into minikube"):
            _check(_call("minikube", "image", "load", str(image.tar)), f"minikube image load {image.reference}")


def _call(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=surroundings(), capture_output=True, text=True)


def _check(answer: subprocess.CompletedProcess[str], what: str) -> None:
    if answer.returncode:
        raise Problem(f"{what}: {(answer.stderr.strip().splitlines() or ['no message'])[-1]}")
