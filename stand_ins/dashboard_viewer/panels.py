"""Panels answered: each query run, each line named."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .prometheus import Line, Prometheus, QueryFailed
from .variables import put_in

POINTS = 180
"""Points of a line; a panel is some 500 pixels wide."""
MINIMUM_STEP = 5.0
RATE_INTERVAL_SECONDS = 120
"""`$__rate_interval`: four scrapes of 30 s, as Grafana reckons."""
_LEGEND = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_EMPTY = re.compile(r"\bempty (until|while|unless|where|when)\b")


@dataclass(frozen=True)
class Span:
    """The time that is looked at, in seconds since 1970."""

    start: float
    end: float

    @property
    def step(self) -> float:
        return max((self.end - self.start) / POINTS, MINIMUM_STEP)

    def variables(self) -> dict[str, str]:
        """The variables that Grafana itself defines."""
        length = int(self.end - self.start)
        return {
            "__rate_interval": f"{RATE_INTERVAL_SECONDS}s",
            "__interval": f"{int(self.step)}s",
            "__range": f"{length}s",
            "__range_s": str(length),
        }


@dataclass(frozen=True)
class Answered:
    """One panel with its lines by name, those of its first query first, the largest of each on top; or the reason why there are none."""

    panel: Mapping[str, Any]
    lines: list[tuple[str, Line]] = field(default_factory=list)
    error: str = ""

    @property
    def may_be_empty(self) -> bool:
        """Whether the panel's description says when it has nothing to show (`... empty until ...`)."""
        return bool(_EMPTY.search(str(self.panel.get("description") or "")))

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.panel.get("id"),
            "title": self.panel.get("title"),
            "type": self.panel.get("type"),
            "series": len(self.lines),
            "has_data": bool(self.lines),
            "may_be_empty": self.may_be_empty,
            "error": self.error,
        }


def answer(panel: Mapping[str, Any], values: Mapping[str, str], span: Span, prometheus: Prometheus) -> Answered:
    """Run every query of the panel."""
    lines: list[tuple[str, Line]] = []
    values = {**span.variables(), **values}
    try:
        for target in panel["targets"]:
            query = put_in(str(target.get("expr") or ""), values)
            now = target.get("instant") and not target.get("range")
            found = prometheus.now(query, span.end) if now else prometheus.over(query, span.start, span.end, span.step)
            found.sort(key=lambda line: -line.last)
            lines += [(_name(line, str(target.get("legendFormat") or "")), line) for line in found]
    except QueryFailed as failed:
        return Answered(panel, error=str(failed))
    return Answered(panel, lines)


def _name(line: Line, legend: str) -> str:
    if legend and legend != "__auto":
        return _LEGEND.sub(lambda found: line.labels.get(found.group(1), ""), legend)
    labels = ", ".join(f"{key}={value}" for key, value in sorted(line.labels.items()) if key != "__name__")
    return line.labels.get("__name__", "") + (f" {labels}" if labels else "") or "value"
