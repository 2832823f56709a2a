"""Letting go of what Argo CD holds, before a stack is destroyed: be it alive, dead, or in the middle of a failing sync.

What its Applications made is in the stack's own namespaces, which go with the stack. So nothing is lost by not waiting for
Argo CD to delete it piece by piece, and nothing hangs on a finalizer that nobody would take away.
"""

import json
import os
import subprocess
from collections.abc import Mapping
from typing import Any

from workspace import pulumi
from workspace.home import Home
from workspace.progress import Problem, Progress

NAMESPACE = "argocd"
CONTROLLERS = "app.kubernetes.io/name in (argocd-application-controller,argocd-applicationset-controller)"
APPLICATIONS = "applications.argoproj.io,applicationsets.argoproj.io"
DELIVERED = "deployments,statefulsets,cronjobs,jobs"
HOOK_FINALIZER = "argocd.argoproj.io/hook-finalizer"
TRACKING = "argocd.argoproj.io/tracking-id"
NO_FINALIZERS = '{"metadata":{"finalizers":null}}'

Manifest = Mapping[str, Any]


def let_go(home: Home, progress: Progress) -> int:
    """Stop Argo CD's controllers, take their Applications and hooks away, and say how many; nothing happens where there are none."""
    if not (applications := _found(home, APPLICATIONS, "-n", NAMESPACE)):
        return 0
    with progress.step("Argo CD: letting go of its Applications") as step:
        _kubectl(home, "scale", "statefulsets,deployments", "-n", NAMESPACE, "-l", CONTROLLERS, "--replicas=0")
        _kubectl(home, "delete", "pods", "-n", NAMESPACE, "-l", CONTROLLERS, "--force", "--grace-period=0")
        for item in applications:
            step.update(item["metadata"]["name"])
            _remove(home, item)
        for item in filter(is_delivered, _found(home, DELIVERED, "--all-namespaces")):
            step.update(item["metadata"]["name"])
            _remove(home, item)
        step.update(f"{len(applications)} taken away")
    return len(applications)


def is_delivered(item: Manifest) -> bool:
    """Whether Argo CD made it, as part of an Application or as a hook of one."""
    metadata = item["metadata"]
    return TRACKING in metadata.get("annotations", {}) or HOOK_FINALIZER in metadata.get("finalizers", [])


def _remove(home: Home, item: Manifest) -> None:
    """Delete one object without its finalizers, and without waiting."""
    metadata = item["metadata"]
    which = (f"{item['kind']}.{item['apiVersion'].partition('/')[0]}".lower(), metadata["name"], "-n", metadata["namespace"])
    if metadata.get("finalizers"):
        _kubectl(home, "patch", *which, "--type=merge", "-p", NO_FINALIZERS)
    _kubectl(home, "delete", *which, "--ignore-not-found", "--wait=false")


def _found(home: Home, kinds: str, *where: str) -> list[dict[str, Any]]:
    """The objects of these kinds; none where the cluster does not know the kinds."""
    answer = _run(home, "get", kinds, *where, "-o", "json")
    return list(json.loads(answer.stdout)["items"]) if answer.returncode == 0 else []


def _kubectl(home: Home, *words: str) -> None:
    answer = _run(home, *words)
    if answer.returncode and "NotFound" not in answer.stderr:
        raise Problem(f"kubectl {words[0]} {words[1]}: {answer.stderr.strip()}")


def _run(home: Home, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["kubectl", *words], env=os.environ | pulumi.environment(home), capture_output=True, text=True)
