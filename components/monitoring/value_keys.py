"""Which keys the chart has: value-keys.json holds the first three levels of the pinned chart's values, its three subcharts included.

The chart itself takes any key and ignores what it does not know.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .. import _value_keys
from .._inputs import Problem

KEYS = Path(__file__).with_name("value-keys.json")
DOCUMENTED = ("alertmanager.alertmanagerSpec.configSecret", "grafana.podAnnotations")
"""Keys that the chart reads though its values name them only in a comment."""


def unknown(values: Mapping[str, Any], path: str) -> Iterator[Problem]:
    """A problem for each key of `values` that the chart does not have, as deep as the list goes."""
    return _value_keys.unknown(values, json.loads(KEYS.read_text()), path, DOCUMENTED)
