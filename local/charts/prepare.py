"""Put the doubles where the Kubernetes provider finds them, whole: with the definitions out of the operator's own module."""

import hashlib
import shutil
from pathlib import Path

from local.home import Home
from local.toolchain import Installed

CHARTS = Path(__file__).parent
DEFINITIONS = Path("prometheus-operator-crds", "charts", "crds", "files")


def prepare(home: Home, operator: Installed) -> None:
    """Have `home.charts` hold every double; what is right already stays untouched."""
    sources = {path.relative_to(CHARTS): path for path in sorted(CHARTS.rglob("*")) if path.is_file() and path.suffix != ".py"}
    definitions = sorted((operator.directory / "crds").glob("*.yaml"))
    sources |= {DEFINITIONS / path.name: path for path in definitions}
    sources = {name: path for name, path in sources.items() if "__pycache__" not in name.parts}
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
        content = str(path.stat().st_size).encode() if name.parent == DEFINITIONS else path.read_bytes()
        known.update(f"{name}\0".encode() + content)
    return known.hexdigest()
