"""Prometheus' HTTP interface, as far as a dashboard needs it."""

import json
import math
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any

TIMEOUT_SECONDS = 20


class QueryFailed(Exception):
    """Prometheus refused a query; the text is its reason."""


@dataclass(frozen=True)
class Line:
    """One series: its labels, and (time, value) in order of time; no value is NaN or infinite."""

    labels: dict[str, str]
    points: list[tuple[float, float]]

    @property
    def last(self) -> float:
        return self.points[-1][1]


@dataclass(frozen=True)
class Prometheus:
    """A server at `url`."""

    url: str

    def over(self, query: str, start: float, end: float, step: float) -> list[Line]:
        """The query's value between two times."""
        found = self._ask("query_range", {"query": query, "start": f"{start}", "end": f"{end}", "step": f"{step}"})
        return [line for entry in found["result"] for line in _line(entry)]

    def now(self, query: str, at: float) -> list[Line]:
        """The query's value at one time."""
        found = self._ask("query", {"query": query, "time": f"{at}"})
        if found["resultType"] == "scalar":
            return _line({"metric": {}, "value": found["result"]})
        return [line for entry in found["result"] for line in _line(entry)]

    def label_values(self, label: str, metric: str = "") -> list[str]:
        """The values of a label, of the series that `metric` selects."""
        words = {"match[]": metric} if metric else {}
        return [str(value) for value in self._ask(f"label/{label}/values", words)]

    def _ask(self, path: str, words: dict[str, str]) -> Any:
        address = f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(words)}"
        try:
            with urllib.request.urlopen(address, timeout=TIMEOUT_SECONDS) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise QueryFailed(_reason(error.read())) from error
        except OSError as error:
            raise QueryFailed(f"Prometheus cannot be reached: {error}") from error


def _reason(body: bytes) -> str:
    try:
        return str(json.loads(body).get("error"))
    except ValueError:
        return body.decode(errors="replace")[:200]


def _line(entry: dict[str, Any]) -> list[Line]:
    points = [(float(when), float(value)) for when, value in entry.get("values") or [entry["value"]]]
    finite = [(when, value) for when, value in points if math.isfinite(value)]
    return [Line(entry["metric"], finite)] if finite else []
