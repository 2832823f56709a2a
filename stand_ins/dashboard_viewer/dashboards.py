"""Dashboards out of ConfigMaps of all namespaces, by the same label as Grafana's sidecar looks for."""

import json
import ssl
import threading
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
API = "https://kubernetes.default.svc/api/v1/configmaps"
FRESH_SECONDS = 5.0


@dataclass(frozen=True)
class Dashboard:
    """One dashboard: its folder, and the JSON that Grafana would load."""

    folder: str
    model: dict[str, Any]

    @property
    def uid(self) -> str:
        return str(self.model.get("uid") or "")

    @property
    def title(self) -> str:
        return str(self.model.get("title") or self.uid)

    @property
    def panels(self) -> list[dict[str, Any]]:
        """All panels that ask something; those inside a collapsed row too."""
        found: list[dict[str, Any]] = []
        for panel in self.model.get("panels") or []:
            found += [inner for inner in panel.get("panels") or [] if inner.get("targets")] if panel.get("type") == "row" else [panel]
        return [panel for panel in found if panel.get("targets")]


class Dashboards:
    """What the cluster has now, read at most every few seconds."""

    def __init__(self, label: str, folder_annotation: str) -> None:
        self.label, self.folder_annotation = label, folder_annotation
        self._lock = threading.Lock()
        self._found: dict[str, Dashboard] = {}
        self._read = 0.0

    def all(self) -> dict[str, Dashboard]:
        """Dashboards by UID."""
        with self._lock:
            if time.monotonic() - self._read > FRESH_SECONDS:
                self._found = parse(_config_maps(self.label), self.folder_annotation)
                self._read = time.monotonic()
            return self._found


def parse(config_maps: list[dict[str, Any]], folder_annotation: str) -> dict[str, Dashboard]:
    """Every dashboard of the ConfigMaps by UID, sorted by folder and title; what is no dashboard is passed over."""
    found = []
    for config_map in config_maps:
        folder = (config_map["metadata"].get("annotations") or {}).get(folder_annotation, "General")
        for file, text in (config_map.get("data") or {}).items():
            model = json.loads(text) if file.endswith(".json") else None
            if isinstance(model, dict) and model.get("uid"):
                found.append(Dashboard(folder, model))
    return {board.uid: board for board in sorted(found, key=lambda board: (board.folder, board.title))}


def _config_maps(label: str) -> list[dict[str, Any]]:
    query = urllib.parse.urlencode({"labelSelector": label})
    request = urllib.request.Request(f"{API}?{query}", headers={"Authorization": f"Bearer {(ACCOUNT / 'token').read_text()}"})
    context = ssl.create_default_context(cafile=str(ACCOUNT / "ca.crt"))
    with urllib.request.urlopen(request, timeout=10, context=context) as answer:
        return list(json.load(answer)["items"])
