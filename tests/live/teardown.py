"""Ways to spoil a platform before its end, and its end: a plain `pulumi destroy`, which must leave nothing."""

import json
import time
from collections.abc import Callable
from types import MappingProxyType

from tests.live.crash import OURS
from tests.live.platform import Platform
from tests.waiting import eventually

LONGEST_SECONDS = 300.0
CONTROLLER = "statefulset argocd-application-controller -n argocd"
FINALIZER = "resources-finalizer.argocd.argoproj.io"


def destroyed(platform: Platform) -> float:
    """Seconds that a plain `pulumi destroy` took. A killed engine leaves a lock, which Pulumi's own `cancel` takes away."""
    started = time.monotonic()
    command = "pulumi cancel --yes --stack minikube >/dev/null 2>&1 || true; pulumi destroy --yes --skip-preview --non-interactive"
    answer = platform.shell(f"{command} --stack minikube", timeout=LONGEST_SECONDS)
    assert answer.returncode == 0, answer.stdout[-4000:] + answer.stderr
    return round(time.monotonic() - started, 1)


def left(platform: Platform) -> list[str]:
    """Namespaces and volumes of ours, and definitions of Argo CD and monitoring; Applications go with their definition."""
    found = platform.output(f"kubectl get namespaces -l {OURS} -o name; kubectl get customresourcedefinitions,persistentvolumes -o name")
    foreign = ("customresourcedefinition", "persistentvolume")
    ours = ("argoproj.io", "monitoring.coreos.com")
    return [line for line in found.split() if not line.startswith(foreign[0]) or line.endswith(ours)]


def scale_to_nothing(platform: Platform) -> None:
    """Argo CD's controller is scaled to nothing."""
    platform.output(f"kubectl scale {CONTROLLER} --replicas=0")
    eventually(lambda: not platform.kubectl(f"get {CONTROLLER}")["status"].get("readyReplicas"))


def kill_for_good(platform: Platform) -> None:
    """Argo CD's controller cannot start any more: its image is in no registry."""
    patch = json.dumps([{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "causeway/none:1"}])
    platform.output(f"kubectl patch {CONTROLLER} --type=json -p '{patch}'")
    platform.output("kubectl delete pod argocd-application-controller-0 -n argocd --force --grace-period=0")
    eventually(lambda: not platform.kubectl(f"get {CONTROLLER}")["status"].get("readyReplicas"))


def add_an_application(platform: Platform) -> None:
    """A person adds an Application of their own, whose objects are in a namespace that no stack takes down."""
    root = platform.kubectl("get application root -n argocd")
    source = {**root["spec"]["source"], "path": "gitops/platform/limits"}
    mine = {
        "apiVersion": root["apiVersion"],
        "kind": "Application",
        "metadata": {"name": "mine", "namespace": "argocd", "finalizers": [FINALIZER]},
        "spec": {
            **root["spec"],
            "project": "default",
            "source": source,
            "destination": {**root["spec"]["destination"], "namespace": "default"},
        },
    }
    platform.output(f"kubectl apply -f - <<'END'\n{json.dumps(mine)}\nEND")
    eventually(lambda: platform.kubectl("get application mine -n argocd").get("status", {}).get("sync"), seconds=60)


def delete_a_namespace(name: str) -> Callable[[Platform], None]:
    """A person deletes a namespace, and does not wait for it."""
    return lambda platform: platform.output(f"kubectl delete namespace {name} --wait=false") and None


def with_dead(spoil: Callable[[Platform], None]) -> Callable[[Platform], None]:
    """The same, with Argo CD's controller scaled to nothing afterwards."""

    def both(platform: Platform) -> None:
        spoil(platform)
        scale_to_nothing(platform)

    return both


STATES: MappingProxyType[str, Callable[[Platform], None]] = MappingProxyType(
    {
        "healthy": lambda _: None,
        "controller scaled to nothing": scale_to_nothing,
        "controller dead": kill_for_good,
        "an Application added": add_an_application,
        "an Application added, controller scaled to nothing": with_dead(add_an_application),
        "namespace argocd deleted": delete_a_namespace("argocd"),
        "namespace shop deleted": delete_a_namespace("shop"),
        "namespace argocd-keeper deleted": delete_a_namespace("argocd-keeper"),
    }
)
"""What a platform may have suffered before it is destroyed (issue 13, 1); a sync that is retried and kills are tests of their own."""
