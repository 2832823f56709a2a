"""What the viewer is told by its environment; the chart's double sets it."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Where it is reached, where it asks, and who may look."""

    path: str
    """Path below which everything is served, such as `/grafana`; empty for none."""
    label: str
    """Selects the ConfigMaps with dashboards."""
    folder_annotation: str
    prometheus: str
    user: str
    password: str

    @classmethod
    def load(cls) -> "Settings":
        """From VIEWER_*; raises KeyError for one that is missing."""
        names = ("path", "label", "folder_annotation", "prometheus", "user", "password")
        return cls(**{name: os.environ[f"VIEWER_{name.upper()}"] for name in names})
