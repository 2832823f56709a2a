"""Put the doubles where the Kubernetes provider finds them, whole: with the definitions out of each program's own module."""

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from local.toolchain import Installed
from workspace.home import Home

CHARTS = Path(__file__).parent
DEFINITIONS: MappingProxyType[str, Path] = MappingProxyType(
    {
        "prometheus-operator": Path("prometheus-operator-crds", "charts", "crds", "files"),
        "sealed-secrets": Path("sealed-secrets", "crds"),
        "argo-cd": Path("argo-cd", "files"),
        "external-secrets": Path("external-secrets", "files"),
    }
)
"""Tool to the folder of the double that takes the definitions (`crds`) of its module; without the tool there is no double."""


def prepare(home: Home, tools: Mapping[str, Installed]) -> None:
    """Have `home.charts` hold the double of every chart whose tool is there; what is right already stays untouched."""
    sources = {path.relative_to(CHARTS): path for path in sorted(CHARTS.rglob("*")) if path.is_file() and path.suffix != ".py"}
    for tool, folder in DEFINITIONS.items():
        if tool in tools:
            found = sorted((tools[tool].directory / "crds").glob("*.yaml"))
            sources |= {folder / path.name: path for path in found if path.name != "kustomization.yaml"}
    missing = {folder.parts[0] for tool, folder in DEFINITIONS.items() if tool not in tools}
    sources = {name: path for name, path in sources.items() if "__pycache__" not in name.parts and name.parts[0] not in missing}
    marker = home.charts / ".digest"
    digest = _digest(sources)
    if marker.exists() and marker.read_text() == digest:
        return
    working = home.charts.with_name("charts.partial")
    shutil.rmtree(working, ignore_errors=True)
    for name, path in sources.items():
        (working / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, working / name)
    (working / ".digest").write_text(digest)
    shutil.rmtree(home.charts, ignore_errors=True)
    working.rename(home.charts)


def _digest(sources: dict[Path, Path]) -> str:
    """Over names and contents; a definition, which never changes at one version of its tool, by its size."""
    known = hashlib.sha256()
    for name, path in sources.items():
        content = str(path.stat().st_size).encode() if name.parent in DEFINITIONS.values() else path.read_bytes()
        known.update(f"{name}\0".encode() + content)
    return known.hexdigest()
