"""Functions of the provider."""

from typing import Any

from stand_ins.plugins.kubernetes.kubeconfig import Loader

DECODE = "kubernetes:yaml:decode"


def invoke(token: str, arguments: dict[str, Any]) -> dict[str, Any]:
    if token == DECODE:
        import yaml

        namespace = arguments.get("defaultNamespace")
        documents = [item for item in yaml.load_all(arguments["text"], Loader) if item]
        for item in documents:
            if namespace:
                item.setdefault("metadata", {}).setdefault("namespace", namespace)
        return {"result": documents}
    raise NotImplementedError(
        f"the function {token} belongs to the official Kubernetes plugin; the stand-in of this repository does not have it "
        "(stand_ins/plugins/README.md)"
    )
