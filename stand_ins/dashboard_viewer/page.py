"""The pages: the list of dashboards, and one dashboard with its variables and panels."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape

from .dashboards import Dashboard
from .drawing import drawn
from .panels import Answered, Span

NOTICE = "This dashboard viewer stands in for Grafana, which cannot be had on this machine. It draws the same dashboards and edits none."
_STYLE = """
body{font:13px sans-serif;margin:0;background:#f4f5f5;color:#24292e}
header{padding:10px 16px;background:#fff;border-bottom:1px solid #ddd}
.notice{background:#fff3cd;padding:6px 16px;margin:0;border-bottom:1px solid #e6d9a8}
h1{font-size:18px;margin:0 0 4px}
h1 a{color:inherit}
main{display:grid;grid-template-columns:repeat(24,1fr);gap:8px;padding:8px}
section{background:#fff;border:1px solid #ddd;padding:8px;overflow:auto}
h2{font-size:13px;margin:0 0 4px}
.number{font-size:26px;margin:6px 0}
.number small{font-size:12px;display:block;color:#666}
.empty{color:#888}
.error{color:#b00}
svg{width:100%}
svg text{font-size:10px;fill:#666}
.grid{stroke:#e5e5e5}
.limit{stroke:#d44a3a;stroke-dasharray:6 4}
.line{fill:none;stroke-width:1.6}
ul{margin:0;padding:0;list-style:none;columns:2;font-size:11px}
table{border-collapse:collapse;font-size:12px}
td,th{text-align:left;padding:2px 10px 2px 0;border-bottom:1px solid #eee}
nav li{margin:4px 0;font-size:14px}
nav{padding:8px 24px}
"""


def listing(boards: Sequence[Dashboard], path: str) -> str:
    """All dashboards, by folder."""
    items, folder = "", None
    for board in boards:
        if board.folder != folder:
            items, folder = f"{items}<h2>{escape(board.folder)}</h2>", board.folder
        items += f'<li><a href="{path}/d/{escape(board.uid)}">{escape(board.title)}</a>'
    return _page("Dashboards", f"<header><h1>Dashboards</h1></header><nav><ul style='columns:1'>{items}</ul></nav>")


def dashboard(board: Dashboard, variables: Mapping[str, tuple[str, list[str]]], panels: Sequence[Answered], span: Span, path: str) -> str:
    """One dashboard."""
    pickers = "".join(_picker(name, value, options) for name, (value, options) in variables.items() if options)
    when = " to ".join(f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M:%S}" for moment in (span.start, span.end))
    head = f'<header><h1><a href="{path}/">Dashboards</a> / {escape(board.title)}</h1><form>{pickers} {when} UTC</form></header>'
    return _page(board.title, f"{head}<main>{''.join(_section(panel, span) for panel in panels)}</main>")


def _picker(name: str, value: str, options: Sequence[str]) -> str:
    choices = "".join(f"<option{' selected' if option == value else ''}>{escape(option)}" for option in options)
    return f'{escape(name)} <select name="var-{escape(name)}" onchange="this.form.submit()">{choices}</select> '


def _section(answered: Answered, span: Span) -> str:
    width = int((answered.panel.get("gridPos") or {}).get("w") or 12)
    meaning = escape(str(answered.panel.get("description") or ""))
    title = escape(str(answered.panel.get("title") or ""))
    return f'<section style="grid-column:span {width}" title="{meaning}"><h2>{title}</h2>{drawn(answered, span)}</section>'


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
        f'<p class="notice">{NOTICE}</p>{body}</html>\n'
    )
