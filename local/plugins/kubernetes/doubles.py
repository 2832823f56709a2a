"""Charts whose repository is out of reach: their doubles, which `scripts/up` puts below CAUSEWAY_CHARTS."""

import os
import urllib.request
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from local.plugins.kubernetes.kubeconfig import Loader

VARIABLE = "CAUSEWAY_CHARTS"
PROBE_SECONDS = 4.0


def locate(inputs: dict[str, Any]) -> Path | None:
    """The folder of the chart's double; None where the real one can be had, or where there is no double of this version."""
    folder = Path(os.environ.get(VARIABLE) or os.devnull) / str(inputs["chart"])
    repository = str((inputs.get("repositoryOpts") or {}).get("repo") or "")
    if not repository.startswith(("http://", "https://")) or not (folder / "Chart.yaml").is_file():
        return None
    version = str(yaml.load((folder / "Chart.yaml").read_text(), Loader)["version"])
    if inputs.get("version") not in (None, version):
        return None
    return None if reachable(repository) else folder


def absence(inputs: dict[str, Any]) -> str | None:
    """Why a chart can be had nowhere, and what brings it; None where the fault is another one."""
    repository = str((inputs.get("repositoryOpts") or {}).get("repo") or "")
    if not os.environ.get(VARIABLE) or not repository.startswith(("http://", "https://")) or reachable(repository):
        return None
    wanted = f"{inputs['chart']} {inputs.get('version') or ''}".strip()
    return f"chart {wanted}: its repository does not answer, and no stand-in of it is here; on the local cluster ./scripts/up brings it"


@cache
def reachable(repository: str) -> bool:
    """Whether the repository answers, by way of the user's proxy if there is one; asked once a run."""
    try:
        urllib.request.urlopen(f"{repository.rstrip('/')}/index.yaml", timeout=PROBE_SECONDS).close()
    except OSError:
        return False
    return True
