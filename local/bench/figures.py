"""Figures: times of two sides taken in turn, their ratio, and the two ways to print them. Pure."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One thing measured on both sides: `ours[i]` and `peer[i]` were taken one after the other.

    `unit` is that of both sides. `target` is the most that the median ratio may be, None where there is no target.
    `facts` are further numbers that belong to the record alone.
    """

    name: str
    unit: str
    ours: Sequence[float]
    peer: Sequence[float]
    peer_name: str
    target: float | None = None
    facts: dict[str, float] = field(default_factory=dict)

    @property
    def ratios(self) -> list[float]:
        return [one / other for one, other in zip(self.ours, self.peer, strict=True) if other]

    @property
    def ratio(self) -> float:
        """The median of the pairs' ratios."""
        return median(self.ratios)

    @property
    def meets(self) -> bool | None:
        return None if self.target is None else self.ratio <= self.target

    def record(self) -> dict[str, Any]:
        """The figure as one JSON object; every number that the table rounds is here in full."""
        return {
            "figure": self.name,
            "unit": self.unit,
            "pairs": len(self.ratios),
            "ours": list(self.ours),
            "peer": list(self.peer),
            "peer_name": self.peer_name,
            "ratio": round(self.ratio, 3),
            "ratio_min": round(min(self.ratios), 3),
            "ratio_max": round(max(self.ratios), 3),
            "target": self.target,
            "meets": self.meets,
            **self.facts,
        }

    def line(self) -> str:
        return json.dumps(self.record())


def table(figures: Iterable[Figure]) -> Table:
    """All figures side by side: medians of both sides, the ratio with its extremes, and the target."""
    made = Table("figure", "ours", "peer", "ratio", "min to max", "target", "peer is", box=None, pad_edge=False)
    for figure in figures:
        colour = {None: "", True: "[green]", False: "[red]"}[figure.meets]
        made.add_row(
            figure.name,
            f"{median(figure.ours):.2f} {figure.unit}",
            f"{median(figure.peer):.2f} {figure.unit}",
            f"{colour}{figure.ratio:.2f}",
            f"{min(figure.ratios):.2f} to {max(figure.ratios):.2f}",
            "-" if figure.target is None else f"{figure.target:g}",
            figure.peer_name,
        )
    return made
