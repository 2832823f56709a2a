"""What components/workload/overrides/fields.json is made from: the schemas of Kubernetes itself, as kubernetes-validate has them.

`python -m tests.components.workload.kubernetes_fields` writes the file anew.
"""

import json
from pathlib import Path
from typing import Any

import kubernetes_validate

VERSION = "1.36"
"""The newest version that the objects are judged against; what an older one does not know, its API server refuses."""
FILE = Path(__file__).parents[3] / "components" / "workload" / "overrides" / "fields.json"
KINDS = {
    "io.k8s.api.core.v1": ("ConfigMap", "PersistentVolumeClaim", "Service", "ServiceAccount"),
    "io.k8s.api.apps.v1": ("DaemonSet", "Deployment", "StatefulSet"),
    "io.k8s.api.batch.v1": ("CronJob", "Job"),
    "io.k8s.api.networking.v1": ("Ingress", "NetworkPolicy"),
    "io.k8s.api.policy.v1": ("PodDisruptionBudget",),
    "io.k8s.api.autoscaling.v2": ("HorizontalPodAutoscaler",),
    "io.k8s.api.rbac.v1": ("Role", "RoleBinding"),
}
_ANYTHING = ("FieldsV1", "IntOrString", "MicroTime", "Quantity", "Time")


def fields() -> dict[str, dict[str, str]]:
    """Type to field to what is in it: a type's name, `@key` after it for a list that is merged by that key, `[]` for any other list."""
    folder = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema" / f"v{VERSION}.0-local"
    definitions = json.loads((folder / "_definitions.json").read_text())
    definitions = definitions.get("$defs") or definitions["definitions"]
    found: dict[str, dict[str, str]] = {}
    wanted = [f"{group}.{kind}" for group, kinds in KINDS.items() for kind in kinds]
    while wanted:
        whole = wanted.pop()
        name = whole.rpartition(".")[2]
        if name in found:
            continue
        found[name] = {}
        for field, schema in sorted(definitions[whole].get("properties", {}).items()):
            if field != "status":
                found[name][field], inner = _form(schema)
                wanted += [inner] if inner else []
    return dict(sorted(found.items()))


def _form(schema: dict[str, Any]) -> tuple[str, str | None]:
    of_items = schema.get("items")
    reference = (of_items or schema).get("$ref", "").rpartition("/")[2]
    name = reference.rpartition(".")[2]
    name = "" if name in _ANYTHING else name
    if of_items is not None:
        merged = "merge" in schema.get("x-kubernetes-patch-strategy", "")
        return f"{name}{'@' + schema.get('x-kubernetes-patch-merge-key', '') if merged else '[]'}", reference if name else None
    return name, reference if name else None


def text() -> str:
    """The file: a line for each type."""
    lines = [f"  {json.dumps(name)}: {json.dumps(content)}" for name, content in fields().items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(text())
