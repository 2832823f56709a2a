"""Which keys the chart has: value-keys.json holds the first three levels of the pinned chart's values, its three subcharts included.

The chart itself takes any key and ignores what it does not know.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .._inputs import Problem, nearest

KEYS = Path(__file__).with_name("value-keys.json")
DOCUMENTED = ("alertmanager.alertmanagerSpec.configSecret", "grafana.podAnnotations")
"""Keys that the chart reads though its values name them only in a comment."""


def unknown(values: Mapping[str, Any], path: str) -> Iterator[Problem]:
    """A problem for each key of `values` that the chart does not have, as deep as the list goes."""
    yield from _unknown(values, json.loads(KEYS.read_text()), path, "")


def _unknown(values: Mapping[str, Any], known: Any, path: str, inside: str) -> Iterator[Problem]:
    """An empty entry of the list is free text, a list or a mapping of the user's own keys."""
    if not known:
        return
    for key, value in values.items():
        if key not in known and f"{inside}{key}" not in DOCUMENTED:
            where = f"'{inside.rstrip('.')}'" if inside else "its values"
            yield Problem(f"{path}.{key}", f"the chart has no such key in {where}{nearest(key, list(known))}")
        elif isinstance(value, Mapping) and isinstance(known, Mapping):
            yield from _unknown(value, known.get(key), f"{path}.{key}", f"{inside}{key}.")
