"""A layout that is right, to be spoiled one file at a time, and the real helm."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from components.gitops.layout import Service, environment_files, generated
from components.shop import delegable

SERVICES = [Service(name, inputs) for name, inputs in delegable("shop", "causeway/shop:1.0.0").items()]
FILES = {**generated(SERVICES), **environment_files(SERVICES)}


def spoiled(changes: Mapping[str, str | None]) -> dict[str, str]:
    """The layout with some files changed, added, or (None) taken away."""
    return {path: text for path, text in {**FILES, **changes}.items() if text is not None}


def write(files: Mapping[str, str], directory: Path) -> Path:
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
    return directory


def helm(*arguments: str | Path, values: Any = None) -> subprocess.CompletedProcess[str]:
    """Run the helm of the tools' cache, else the one on PATH; `values` go in by standard input."""
    tools = Path.home() / ".cache/causeway/tools"
    program = next(iter(sorted(tools.glob("helm-*/helm"))), Path("helm"))
    extra = [] if values is None else ["--values", "-"]
    return subprocess.run([program, *arguments, *extra], input=json.dumps(values), capture_output=True, text=True)


def rendered(chart: Path, name: str, namespace: str, values: Any, *files: Path) -> list[dict[str, Any]]:
    """The objects that helm makes of a chart, as Argo CD asks it to."""
    words = [word for file in files for word in ("--values", file)]
    answer = helm("template", name, chart, "--namespace", namespace, *words, values=values)
    assert answer.returncode == 0, answer.stderr
    return [made for made in yaml.safe_load_all(answer.stdout) if made]
