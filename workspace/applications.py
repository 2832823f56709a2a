"""Letting go of what Argo CD holds, before a stack is destroyed: be it alive, dead, or in the middle of a failing sync.

What its Applications made is in the stack's own namespaces, which go with the stack. So nothing is lost by not waiting for
Argo CD to delete it piece by piece, and nothing hangs on a finalizer that nobody would take away.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from workspace.cluster import NOT_FOUND, CouldNotAsk, Kubectl, Manifest, chosen
from workspace.home import Home
from workspace.progress import Progress

NAMESPACE = "argocd"
CONTROLLERS = "app.kubernetes.io/name in (argocd-application-controller,argocd-applicationset-controller)"
APPLICATIONS = ("Application.argoproj.io", "ApplicationSet.argoproj.io")
DELIVERED = ("Deployment", "StatefulSet", "CronJob", "Job")
HOOK_FINALIZER = "argocd.argoproj.io/hook-finalizer"
AT_ONCE = 8
"""Each object takes two runs of kubectl, most of which is waiting."""
TRACKING = "argocd.argoproj.io/tracking-id"
NO_FINALIZERS = '{"metadata":{"finalizers":null}}'


def let_go(home: Home, progress: Progress) -> int:
    """Stop Argo CD's controllers, take their Applications and hooks away, and say how many; nothing happens where there are none.

    Raises CouldNotAsk where the cluster does not say what there is.
    """
    kubectl = chosen(home)
    if not (applications := kubectl.objects(APPLICATIONS, NAMESPACE)):
        return 0
    with progress.step("Argo CD: letting go of its Applications") as step:
        kubectl.run("scale", "statefulsets,deployments", "-n", NAMESPACE, "-l", CONTROLLERS, "--replicas=0")
        kubectl.run("delete", "pods", "-n", NAMESPACE, "-l", CONTROLLERS, "--force", "--grace-period=0")
        remove = partial(_remove, kubectl)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for items in (applications, filter(is_delivered, kubectl.objects(DELIVERED))):
                list(pool.map(remove, items))
        step.update(f"{len(applications)} taken away")
    return len(applications)


def is_delivered(item: Manifest) -> bool:
    """Whether Argo CD made it, as part of an Application or as a hook of one."""
    metadata = item["metadata"]
    return TRACKING in metadata.get("annotations", {}) or HOOK_FINALIZER in metadata.get("finalizers", [])


def _remove(kubectl: Kubectl, item: Manifest) -> None:
    """Delete one object without its finalizers, and without waiting."""
    metadata = item["metadata"]
    which = (f"{item['kind']}.{item['apiVersion'].partition('/')[0]}".lower(), metadata["name"], "-n", metadata["namespace"])
    if metadata.get("finalizers"):
        try:
            kubectl.run("patch", *which, "--type=merge", "-p", NO_FINALIZERS)
        except CouldNotAsk as problem:
            if NOT_FOUND not in problem.reason:
                raise
    kubectl.run("delete", *which, "--ignore-not-found", "--wait=false")
