"""Charts whose repository is out of reach: their doubles, which `scripts/up` puts below CAUSEWAY_CHARTS."""

import os
import urllib.request
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from stand_ins.plugins.kubernetes.kubeconfig import Loader

VARIABLE = "CAUSEWAY_CHARTS"
PROBE_SECONDS = 4.0


def locate(inputs: dict[str, Any]) -> Path | None:
    """The folder of the chart's double; None where the real one can be had, or where there is no double of this version."""
    folder = Path(os.environ.get(VARIABLE) or os.devnull) / str(inputs["chart"])
    repository = _repository(inputs)
    if not repository or not (folder / "Chart.yaml").is_file():
        return None
    version = str(yaml.load((folder / "Chart.yaml").read_text(), Loader)["version"])
    if inputs.get("version") not in (None, version):
        return None
    return None if reachable(repository) else folder


def absence(inputs: dict[str, Any]) -> str | None:
    """Why a chart can be had nowhere, and what brings it; None where the fault is another one."""
    repository = _repository(inputs)
    if not os.environ.get(VARIABLE) or not repository or reachable(repository):
        return None
    wanted = f"{inputs['chart']} {inputs.get('version') or ''}".strip()
    return f"chart {wanted}: its repository does not answer, and no stand-in of it is here; on the local cluster ./scripts/up brings it"


def _repository(inputs: dict[str, Any]) -> str:
    """The address of the chart's repository, empty where it is none that a double stands in for."""
    address = str((inputs.get("repositoryOpts") or {}).get("repo") or "")
    return address if address.startswith(("http://", "https://")) else ""


@cache
def reachable(repository: str) -> bool:
    """Whether the repository answers, by way of the user's proxy if there is one; asked once a run."""
    try:
        urllib.request.urlopen(f"{repository.rstrip('/')}/index.yaml", timeout=PROBE_SECONDS).close()
    except OSError:
        return False
    return True
