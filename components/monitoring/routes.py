"""Which receiver an alert reaches, by Alertmanager's rules: the first child whose matchers all hold, else the route itself."""

import re
from collections.abc import Mapping
from typing import Any

_MATCHER = re.compile(r'\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*"?((?:[^"\\]|\\.)*)"?\s*')


def receivers(route: Mapping[str, Any], labels: Mapping[str, str], inherited: str = "") -> list[str]:
    """The names of the receivers that an alert with `labels` reaches below `route`, an Alertmanager route.

    Raises ValueError for a matcher that is none.
    """
    name = str(route.get("receiver") or inherited)
    found: list[str] = []
    for child in route.get("routes") or []:
        if all(_holds(matcher, labels) for matcher in child.get("matchers") or []):
            found += receivers(child, labels, name)
            if not child.get("continue"):
                break
    return list(dict.fromkeys(found)) or [name]


def _holds(matcher: str, labels: Mapping[str, str]) -> bool:
    """A label that is not there counts as empty."""
    parts = _MATCHER.fullmatch(matcher)
    if not parts:
        raise ValueError(f"'{matcher}' is no matcher of Alertmanager")
    name, operator, wanted = parts.groups()
    value = labels.get(name, "")
    equal = bool(re.fullmatch(wanted, value)) if "~" in operator else wanted == value
    return equal is not operator.startswith("!")
