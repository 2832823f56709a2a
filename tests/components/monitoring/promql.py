"""The PromQL of dashboards, as Prometheus would get it: variables filled in, one dummy rule each."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from components._kit import Manifest

_VARIABLE = re.compile(r"\$\{?(namespace|pod|workload|slo)\}?")
_LABEL_VALUES = re.compile(r"label_values\((?P<selector>.*), \w+\)")


def content(manifest: Manifest) -> dict[str, Any]:
    """The dashboard in a ConfigMap."""
    (text,) = manifest["data"].values()
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def queries(dashboard: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Title and expression of every query of panels and pickers."""
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield panel["title"], _VARIABLE.sub("name", target["expr"])
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            match = _LABEL_VALUES.fullmatch(variable["query"])
            assert match, variable["query"]
            yield variable["name"], _VARIABLE.sub("name", match["selector"])


def objections(promtool: Path, folder: Path, expressions: list[str]) -> str:
    """What Prometheus' parser has against some expressions; nothing if it takes them all."""
    rules = [{"record": f"query{index}", "expr": expression} for index, expression in enumerate(expressions)]
    (folder / "queries.json").write_text(json.dumps({"groups": [{"name": "queries", "rules": rules}]}))
    answer = subprocess.run([promtool, "check", "rules", "queries.json"], cwd=folder, capture_output=True, text=True)
    return "" if answer.returncode == 0 else answer.stdout + answer.stderr
