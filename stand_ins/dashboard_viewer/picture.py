"""A whole dashboard as one SVG file, to be looked at where there is no server: in a document, in a review."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from html import escape

from .dashboards import Dashboard
from .drawing import HEIGHT, WIDTH, absence, graph, numbers, rows
from .panels import Answered, Span

PAGE, MARGIN, COLUMNS = 1200, 8, 24
HEAD, TITLE, LINE, LEGEND_COLUMNS = 56, 26, 16, 2
MOST_ROWS = 12
LETTER, GAP = 7.2, 3
"""Width of a letter of a table, and letters between two columns."""
NUMBERS = ("stat", "gauge", "bargauge")
_STYLE = """
text{font:12px sans-serif;fill:#24292e}
.head{font-size:18px}
.title{font-weight:bold}
.small{font-size:11px;fill:#666}
.number{font-size:26px}
.panel{fill:#fff;stroke:#ddd}
svg svg text{font-size:10px;fill:#666}
.grid{stroke:#e5e5e5}
.limit{stroke:#d44a3a;stroke-dasharray:6 4}
.line{fill:none;stroke-width:1.6}
"""


def picture(board: Dashboard, panels: Sequence[Answered], span: Span, values: Mapping[str, str]) -> str:
    """The SVG; `values` are the variables' that it was drawn with."""
    body, bottom = "", float(HEAD)
    for row in _rows(panels):
        height = max(_height(panel) for panel in row)
        left = 0.0
        for panel in row:
            width = PAGE * _columns(panel) / COLUMNS
            body += _panel(panel, span, left, bottom, width, height)
            left += width
        bottom += height + MARGIN
    when = " to ".join(f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M:%S}" for moment in (span.start, span.end))
    chosen = ", ".join(f"{name} {value}" for name, value in values.items() if value and name != "datasource")
    told = _text(" · ".join(filter(None, (chosen, f"{when} UTC"))), 12, 44, "small")
    head = f'<text class="head" x="12" y="24">{escape(board.title)}</text>{told}'
    size = f'viewBox="0 0 {PAGE} {bottom:.0f}" width="{PAGE}" height="{bottom:.0f}"'
    ground = f'<style>{_STYLE}</style><rect width="100%" height="100%" fill="#f4f5f5"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{ground}{head}{body}</svg>\n'


def _columns(panel: Answered) -> int:
    return int((panel.panel.get("gridPos") or {}).get("w") or COLUMNS // 2)


def _rows(panels: Sequence[Answered]) -> Iterator[list[Answered]]:
    """Panels side by side as long as the page is wide enough, in their order."""
    row: list[Answered] = []
    for panel in panels:
        if row and sum(map(_columns, [*row, panel])) > COLUMNS:
            yield row
            row = []
        row.append(panel)
    if row:
        yield row


def _height(panel: Answered) -> float:
    """The height of a panel, title and legend included."""
    if absence(panel):
        return TITLE + 3 * LINE
    kind = panel.panel.get("type")
    if kind in NUMBERS:
        return TITLE + 44 * len(numbers(panel))
    if kind == "table":
        return TITLE + LINE * (min(len(rows(panel)), MOST_ROWS) + 1)
    legend = -(-len(panel.lines) // LEGEND_COLUMNS)
    return TITLE + _width(panel) * HEIGHT / WIDTH + LINE * (min(legend, MOST_ROWS // LEGEND_COLUMNS) + 1)


def _width(panel: Answered) -> float:
    return PAGE * _columns(panel) / COLUMNS - 4 * MARGIN


def _panel(panel: Answered, span: Span, left: float, top: float, width: float, height: float) -> str:
    x, y = left + MARGIN, top
    frame = f'<rect class="panel" x="{x:.0f}" y="{y:.0f}" width="{width - MARGIN:.0f}" height="{height:.0f}"/>'
    title = f'<text class="title" x="{x + MARGIN:.0f}" y="{y + 17:.0f}">{escape(str(panel.panel.get("title") or ""))}</text>'
    inside = _inside(panel, span, x + MARGIN, y + TITLE)
    return frame + title + inside


def _inside(panel: Answered, span: Span, x: float, y: float) -> str:
    if nothing := absence(panel):
        return _text(nothing, x, y + LINE, "small")
    kind = panel.panel.get("type")
    if kind in NUMBERS:
        return "".join(
            f'<text class="number" style="fill:{escape(colour)}" x="{x:.0f}" y="{y + 28 + 44 * index:.0f}">{escape(text)}</text>'
            + _text(name, x, y + 42 + 44 * index, "small")
            for index, (text, colour, name) in enumerate(numbers(panel))
        )
    if kind == "table":
        return _table(panel, x, y)
    shape, legend = graph(panel, span)
    high = _width(panel) * HEIGHT / WIDTH
    drawn = f'<svg x="{x:.0f}" y="{y:.0f}" width="{_width(panel):.0f}" height="{high:.0f}" viewBox="0 0 {WIDTH} {HEIGHT}">{shape}</svg>'
    half = _width(panel) / LEGEND_COLUMNS
    return drawn + "".join(
        f'<text class="small" style="fill:{colour}" x="{x + half * (index % LEGEND_COLUMNS):.0f}" '
        f'y="{y + high + LINE * (1 + index // LEGEND_COLUMNS):.0f}">{escape(text)}</text>'
        for index, (colour, text) in enumerate(legend[:MOST_ROWS])
    )


def _table(panel: Answered, x: float, y: float) -> str:
    found = rows(panel)[:MOST_ROWS]
    lengths = [max(map(len, column)) + GAP for column in zip(*found, strict=True)]
    letter = min(_width(panel) / sum(lengths), LETTER)
    return "".join(
        _text(cell, x + letter * sum(lengths[:column]), y + LINE * (line + 1), "title" if line == 0 else "")
        for line, row in enumerate(found)
        for column, cell in enumerate(row)
    )


def _text(text: str, x: float, y: float, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.0f}" y="{y:.0f}">{escape(text)}</text>' if text else ""
