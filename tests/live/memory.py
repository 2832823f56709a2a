"""A pod of the shop's image, with the web API's limit, that holds 93 % of it until it is told to take more."""

import json
from collections.abc import Mapping
from typing import Any

from tests.live.platform import Platform

# What runs after the kill is told already, and takes nothing.
GROWS = """
import os, time
told = os.path.exists('/tmp/more')
held = bytearray(0 if told else 235 << 20)
held[::4096] = b'x' * len(held[::4096])
while told or not os.path.exists('/tmp/more'):
    time.sleep(0.2)
held += b'x' * (256 << 20)
"""


def start(platform: Platform, name: str, namespace: str) -> None:
    """Make the pod as one of the team's and a service of its own; `touch /tmp/more` in it is the push over its limit."""
    web = platform.kubectl("get deployment web -n shop")["spec"]["template"]
    platform.output(f"kubectl apply -f - <<'END'\n{json.dumps(_pod(name, namespace, web))}\nEND")


def _pod(name: str, namespace: str, web: Mapping[str, Any]) -> dict[str, Any]:
    container = web["spec"]["containers"][0]
    kept = {key: container[key] for key in ("image", "resources", "securityContext")}
    labels = {**web["metadata"]["labels"], "app": name, "app.kubernetes.io/name": name, "app.kubernetes.io/instance": name}
    mounts = [{"name": "tmp", "mountPath": "/tmp"}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {
            "securityContext": web["spec"]["securityContext"],
            "automountServiceAccountToken": False,
            "containers": [{**kept, "name": name, "command": ["python3.11", "-c", GROWS], "volumeMounts": mounts}],
            "volumes": [{"name": "tmp", "emptyDir": {}}],
        },
    }
