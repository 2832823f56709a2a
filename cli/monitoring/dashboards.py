"""`causeway dashboards`: open them in a browser, or draw them into files."""

import os
import sys
import time
import webbrowser
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rich.console import Console

from cli import output, platform
from cli.monitoring.service import GRAFANA, PROMETHEUS, forwarded
from cli.refusal import Refused
from cli.secrets.places import command, reader
from cli.urls import ADMINISTRATORS
from components.monitoring.dashboards import FOLDER, FOLDER_ANNOTATION, LABEL, WORKLOAD_FOLDER
from stand_ins.dashboard_viewer.dashboards import Dashboard, parse
from stand_ins.dashboard_viewer.panels import Span, answer
from stand_ins.dashboard_viewer.picture import picture
from stand_ins.dashboard_viewer.prometheus import Prometheus
from stand_ins.dashboard_viewer.variables import choices
from workspace.cluster import chosen
from workspace.home import Home

OURS = (FOLDER, WORKLOAD_FOLDER)
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def show(uid: str | None, as_json: bool) -> int:
    """Print where the dashboards are and how to get in, and open a browser where there is a screen; without a door, hold one open."""
    home = Home.load()
    boards = _boards(home)
    chosen = _chosen(boards, [uid] if uid else [])
    found = platform.outputs(home)
    with ExitStack() as open_doors:
        door = found.urls.get("grafana")
        url = door or open_doors.enter_context(forwarded(home, GRAFANA))
        address = f"{url.rstrip('/')}/d/{uid}" if uid else url
        if as_json:
            output.print_json({"url": address, "dashboards": [_as_json(board) for board in chosen]})
            return 0
        ref = found.secret_refs.get(ADMINISTRATORS["grafana"])
        _tell(output.console(), address, chosen, command(ref, reader(home, os.environ)) if ref else "")
        if _has_screen():
            webbrowser.open(address)
        if not door:
            _hold()
    return 0


def shoot(uids: Sequence[str], to: Path, since: str, given: Mapping[str, str], as_json: bool) -> int:
    """Draw dashboards of ours as SVG files `<uid>.svg` in the folder `to`; all of them where none is named."""
    home = Home.load()
    boards = _chosen(_boards(home), uids)
    _check_variables(boards, given)
    to.mkdir(parents=True, exist_ok=True)
    end = time.time()
    span = Span(end - _seconds(since), end)
    with forwarded(home, PROMETHEUS) as url:
        made = [_draw(board, to / f"{board.uid}.svg", span, given, Prometheus(url)) for board in boards]
    if as_json:
        output.print_json({"pictures": made})
        return 0
    for one in made:
        output.print_line(output.console(), f"{one['file']}: {one['panels']} panels, {one['empty']} of them empty that should not be")
    return 0


def _draw(board: Dashboard, path: Path, span: Span, given: Mapping[str, str], prometheus: Prometheus) -> dict[str, Any]:
    values = {name: value for name, (value, _) in choices(board.model, given, prometheus.label_values).items()}
    answered = [answer(panel, values, span, prometheus) for panel in board.panels]
    path.write_text(picture(board, answered, span, values))
    empty = [panel for panel in answered if not (panel.lines or panel.may_be_empty)]
    return {"file": str(path), "panels": len(answered), "empty": len(empty)}


def _boards(home: Home) -> dict[str, Dashboard]:
    """The dashboards of ours, as the cluster has them."""
    items = chosen(home).objects(["ConfigMap"], selector=",".join(f"{key}={value}" for key, value in LABEL.items()))
    return {uid: board for uid, board in parse(items, FOLDER_ANNOTATION).items() if board.folder in OURS}


def _chosen(boards: Mapping[str, Dashboard], uids: Sequence[str]) -> list[Dashboard]:
    for uid in uids:
        if uid not in boards:
            raise Refused(f"there is no dashboard '{uid}'; allowed: {', '.join(boards) or 'none, since monitoring is not enabled'}")
    return [boards[uid] for uid in uids] or list(boards.values())


def _check_variables(boards: Sequence[Dashboard], given: Mapping[str, str]) -> None:
    known = sorted({str(variable["name"]) for board in boards for variable in (board.model.get("templating") or {}).get("list") or []})
    for name in given:
        if name not in known:
            raise Refused(f"--var: no dashboard to be drawn has '{name}'; allowed: {', '.join(known)}")


def _seconds(since: str) -> int:
    number, unit = since[:-1], since[-1:]
    if not number.isdigit() or unit not in SECONDS or not int(number):
        raise Refused(f"--since: given '{since}', allowed: a time such as 30m or 2h")
    return int(number) * SECONDS[unit]


def _tell(target: Console, address: str, boards: Sequence[Dashboard], password: str) -> None:
    output.print_line(target, address)
    if password:
        output.print_line(target, f"user admin; password: {password}")
    output.print_table(target, ["uid", "title", "folder"], [[board.uid, board.title, board.folder] for board in boards])


def _has_screen() -> bool:
    return sys.stdout.isatty() and (sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")))


def _hold() -> None:
    """Until Ctrl-C, which is the way out and no failure."""
    output.print_line(output.console(), "The door stays open until Ctrl-C.")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        return


def _as_json(board: Dashboard) -> dict[str, str]:
    return {"uid": board.uid, "title": board.title, "folder": board.folder}
