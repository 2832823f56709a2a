"""What the keeper keeps in the cluster, and reads there: one Secret by its name, and ConfigMaps by their label."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from .web import Answer, Server

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
LABEL = "causeway.dev/vault-configuration=true"
DOCUMENT = "configuration.json"


class Refused(Exception):
    """The API server, or Vault, would not do what it was asked; the text names what, never a value."""


@dataclass(frozen=True)
class Cluster:
    """One namespace, through the API server, as the pod's own ServiceAccount."""

    server: Server
    namespace: str
    token: Path

    def secret(self, name: str) -> dict[str, str] | None:
        """The decoded data of a Secret; None where there is no such Secret."""
        answer = self._ask("GET", f"secrets/{name}")
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        data = _good(answer, f"read Secret {name}").get("data") or {}
        return {key: base64.b64decode(value).decode() for key, value in data.items()}

    def create_secret(self, name: str, labels: Mapping[str, str]) -> None:
        """Make the Secret, empty."""
        metadata = {"name": name, "namespace": self.namespace, "labels": dict(labels)}
        made = self._ask("POST", "secrets", {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque"})
        if made.status != HTTPStatus.CONFLICT:
            _good(made, f"make Secret {name}")

    def change_secret(self, name: str, data: Mapping[str, str | None]) -> None:
        """Set keys of a Secret, or remove those that are None; with no key, find out whether it could be changed."""
        encoded = {key: None if value is None else base64.b64encode(value.encode()).decode() for key, value in data.items()}
        patch = {"Content-Type": "application/merge-patch+json"}
        _good(self._ask("PATCH", f"secrets/{name}", {"data": encoded} if encoded else {}, patch), f"change Secret {name}")

    def documents(self) -> list[dict[str, Any]]:
        """The documents of all ConfigMaps with our label, by the ConfigMaps' names."""
        items = _good(self._ask("GET", f"configmaps?labelSelector={LABEL}"), "list ConfigMaps").get("items") or []
        found = sorted(items, key=lambda item: str(item["metadata"]["name"]))
        return [json.loads(item["data"][DOCUMENT]) for item in found if DOCUMENT in (item.get("data") or {})]

    def _ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        # The kubelet renews the file.
        access = {"Authorization": f"Bearer {self.token.read_text().strip()}"}
        return self.server.ask(method, f"/api/v1/namespaces/{self.namespace}/{path}", body, {**access, **(headers or {})})


def _good(answer: Answer, what: str) -> dict[str, Any]:
    if not answer.is_good:
        raise Refused(f"may not {what}: the API server answered {answer.status}")
    return dict(answer.body)
