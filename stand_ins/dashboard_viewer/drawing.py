"""Panels as SVG and HTML: lines over time, single numbers, tables."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

from .panels import Answered, Span
from .prometheus import Line
from .units import ceiling, shown

COLOURS = ("#3274d9", "#e0752d", "#299c46", "#a352cc", "#d44a3a", "#00a3a3", "#8f8f00", "#c15c97")
NAMED = {"green": "#299c46", "orange": "#e0752d", "red": "#d44a3a", "yellow": "#c9a700", "blue": "#3274d9"}
WIDTH, HEIGHT = 560, 190
LEFT, BOTTOM, TOP = 64, 22, 8
MOST_LINES, MOST_ROWS = 12, 40
TICKS = 4


def drawn(answered: Answered, span: Span) -> str:
    """The inside of a panel."""
    if nothing := absence(answered):
        return f'<p class="{"error" if answered.error else "empty"}">{escape(nothing)}</p>'
    kind = answered.panel.get("type")
    if kind in ("stat", "gauge", "bargauge"):
        return _numbers(answered)
    return _table(answered) if kind == "table" else _graph(answered, span)


def absence(answered: Answered) -> str:
    """Why there is nothing to draw; empty where there is."""
    if answered.error:
        return answered.error
    if answered.lines:
        return ""
    return "Empty, as its description says" if answered.may_be_empty else "No data"


def _defaults(answered: Answered) -> dict[str, Any]:
    return dict((answered.panel.get("fieldConfig") or {}).get("defaults") or {})


def _steps(answered: Answered) -> list[dict[str, Any]]:
    return list((_defaults(answered).get("thresholds") or {}).get("steps") or [])


def numbers(answered: Answered) -> list[tuple[str, str, str]]:
    """Text, colour and name of each value; the name is empty where there is one alone."""
    unit = str(_defaults(answered).get("unit") or "")
    found = []
    for name, line in answered.lines[:MOST_LINES]:
        colour = "#333"
        for step in _steps(answered):
            if step.get("value") is None or line.last >= step["value"]:
                colour = NAMED.get(str(step.get("color")), str(step.get("color")))
        found.append((shown(line.last, unit), colour, name if len(answered.lines) > 1 else ""))
    return found


def _numbers(answered: Answered) -> str:
    return "".join(
        f'<p class="number" style="color:{escape(colour)}">{escape(text)}{f"<small>{escape(name)}</small>" if name else ""}</p>'
        for text, colour, name in numbers(answered)
    )


def rows(answered: Answered) -> list[list[str]]:
    """The cells of a table, its header first, the largest value on top."""
    unit = _unit_of_values(answered)
    lines = sorted((line for _, line in answered.lines), key=lambda line: -line.last)
    keys = sorted({key for line in lines for key in line.labels if key != "__name__"})
    cells = [[*(line.labels.get(key, "") for key in keys), shown(line.last, unit)] for line in lines[:MOST_ROWS]]
    return [[*keys, "value"], *cells]


def _unit_of_values(answered: Answered) -> str:
    """The unit that a table has for its column Value alone."""
    for override in (answered.panel.get("fieldConfig") or {}).get("overrides") or []:
        if override["matcher"].get("options") == "Value":
            return next((str(entry["value"]) for entry in override["properties"] if entry["id"] == "unit"), "")
    return str(_defaults(answered).get("unit") or "")


def _table(answered: Answered) -> str:
    head, *others = rows(answered)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}" for cell in row) for row in others)
    return f"<table><tr>{''.join(f'<th>{escape(cell)}' for cell in head)}{body}</table>"


def graph(answered: Answered, span: Span) -> tuple[str, list[tuple[str, str]]]:
    """The inside of an SVG of WIDTH by HEIGHT, and colour and text of each line's legend."""
    unit = str(_defaults(answered).get("unit") or "")
    lines = answered.lines[:MOST_LINES]
    limits = [float(step["value"]) for step in _steps(answered) if step.get("value") is not None]
    highest = max([value for _, line in lines for _, value in line.points] + limits)
    top = ceiling(highest, unit) if highest > 0 else 1.0
    bottom = min(0.0, min(value for _, line in lines for _, value in line.points))
    shape = "".join([*_grid(span, bottom, top, unit), *_limits(limits, bottom, top), *_lines(lines, span, bottom, top)])
    return shape, [(COLOURS[index % len(COLOURS)], f"{name}: {shown(line.last, unit)}") for index, (name, line) in enumerate(lines)]


def _graph(answered: Answered, span: Span) -> str:
    shape, legend = graph(answered, span)
    items = "".join(f'<li style="color:{colour}">{escape(text)}' for colour, text in legend)
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}">{shape}</svg><ul>{items}</ul>'


def _height(value: float, bottom: float, top: float) -> float:
    return HEIGHT - BOTTOM - (value - bottom) / (top - bottom) * (HEIGHT - BOTTOM - TOP)


def _grid(span: Span, bottom: float, top: float, unit: str) -> Iterator[str]:
    for tick in range(TICKS + 1):
        value = bottom + (top - bottom) * tick / TICKS
        y = _height(value, bottom, top)
        yield f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH}"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{escape(shown(value, unit))}</text>'
        when = datetime.fromtimestamp(span.start + (span.end - span.start) * tick / TICKS, UTC)
        x = LEFT + (WIDTH - LEFT) * tick / TICKS
        anchor = "start" if tick == 0 else "end" if tick == TICKS else "middle"
        yield f'<text x="{x:.0f}" y="{HEIGHT - 6}" text-anchor="{anchor}">{when:%H:%M:%S}</text>'


def _limits(limits: Sequence[float], bottom: float, top: float) -> Iterator[str]:
    for limit in limits:
        if bottom < limit <= top:
            yield f'<path class="limit" d="M{LEFT} {_height(limit, bottom, top):.1f}H{WIDTH}"/>'


def _lines(lines: Sequence[tuple[str, Line]], span: Span, bottom: float, top: float) -> Iterator[str]:
    """A gap of more than two steps is a gap in the line."""
    scale = (WIDTH - LEFT) / (span.end - span.start)
    for index, (_, line) in enumerate(lines):
        path, before = "", 0.0
        for when, value in line.points:
            move = "L" if path and when - before <= 2 * span.step else "M"
            path += f"{move}{LEFT + (when - span.start) * scale:.1f} {_height(value, bottom, top):.1f}"
            before = when
        yield f'<path class="line" stroke="{COLOURS[index % len(COLOURS)]}" d="{path}h.5"/>'
