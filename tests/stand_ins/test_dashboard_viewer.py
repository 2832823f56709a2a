"""The dashboard viewer: variables, panels and pages, over a Prometheus that always gives the same answers."""

import base64
import json
import math
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest

from stand_ins.dashboard_viewer.dashboards import Dashboard, Dashboards, parse
from stand_ins.dashboard_viewer.drawing import graph, rows
from stand_ins.dashboard_viewer.panels import Answered, Span, answer
from stand_ins.dashboard_viewer.picture import picture
from stand_ins.dashboard_viewer.prometheus import Line, Prometheus, QueryFailed
from stand_ins.dashboard_viewer.server import Viewer, serve
from stand_ins.dashboard_viewer.settings import Settings
from stand_ins.dashboard_viewer.units import ceiling, shown
from stand_ins.dashboard_viewer.variables import choices, put_in
from tests.serving import in_thread

SETTINGS = Settings("/grafana", "grafana_dashboard=1", "grafana_folder", "http://prometheus", "admin", "the-password")
SPAN = Span(1000.0, 4600.0)
MODEL: dict[str, Any] = {
    "uid": "one",
    "title": "One <i>",
    "templating": {"list": [{"name": "pod", "type": "query", "query": "label_values(up, pod)"}]},
    "panels": [
        {"id": 1, "title": "Lines", "type": "timeseries", "targets": [{"expr": 'lines{pod="$pod"}', "legendFormat": "of {{pod}}"}]},
        {"id": 2, "title": "Number", "type": "stat", "targets": [{"expr": "number", "instant": True}]},
        {"id": 3, "title": "Table", "type": "table", "targets": [{"expr": "table", "instant": True}]},
        {
            "id": 4,
            "title": "Rotations",
            "type": "table",
            "description": "Ages; empty until one is declared.",
            "targets": [{"expr": "none"}],
        },
        {"id": 5, "title": "Broken", "type": "stat", "targets": [{"expr": "broken"}]},
        {"id": 6, "type": "row", "panels": [{"id": 7, "title": "Inside", "type": "stat", "targets": [{"expr": "none"}]}]},
    ],
}


class Told(Prometheus):
    """Answers by the query's text."""

    def over(self, query: str, start: float, end: float, step: float) -> list[Line]:  # noqa: ARG002
        if query == "broken":
            raise QueryFailed("parse error")
        return [] if query == "none" else [Line({"pod": "web-1"}, [(start, 1.0), (end, 2.0)])]

    def now(self, query: str, at: float) -> list[Line]:
        return [Line({"pod": query}, [(at, 3.0)])]

    def label_values(self, label: str, metric: str = "") -> list[str]:  # noqa: ARG002
        return ["web-1", "web-2"]


class Boards(Dashboards):
    """One dashboard, without a cluster."""

    def all(self) -> dict[str, Dashboard]:
        return {"one": Dashboard("Causeway", MODEL)}


@pytest.fixture
def url() -> Iterator[str]:
    server = serve(SETTINGS, 0)
    viewer: Viewer = server.RequestHandlerClass.viewer  # type: ignore[attr-defined]
    viewer.prometheus, viewer.dashboards = Told("http://prometheus"), Boards("", "")
    with in_thread(server):
        yield f"http://127.0.0.1:{server.server_port}"


def get(url: str, password: str = "the-password") -> tuple[int, str]:
    token = base64.b64encode(f"admin:{password}".encode()).decode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers={"Authorization": f"Basic {token}"}), timeout=5) as found:
            return found.status, found.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_panels_tell_whether_they_have_data(url: str) -> None:
    """1.11: for each panel, also one inside a row, it is told whether it has data, may be empty, or is wrong."""
    panels = json.loads(get(f"{url}/grafana/api/panels/one")[1])["panels"]

    assert {1: True, 2: True, 3: True, 4: False, 5: False, 7: False} == {panel["id"]: panel["has_data"] for panel in panels}
    assert [4] == [panel["id"] for panel in panels if panel["may_be_empty"]]
    assert ["parse error"] == [panel["error"] for panel in panels if panel["error"]]


def test_every_page_says_that_it_stands_in(url: str) -> None:
    """Nobody takes the viewer for Grafana."""
    for path in ("/grafana/", "/grafana/d/one", "/grafana/d/one/a-slug"):
        status, text = get(url + path)
        assert HTTPStatus.OK == status
        assert "stands in for Grafana" in text


def test_page_shows_text_as_text(url: str) -> None:
    """A title or a label is shown, not obeyed."""
    assert "One &lt;i&gt;" in get(f"{url}/grafana/d/one")[1]
    assert "of web-1" in get(f"{url}/grafana/d/one")[1]


@pytest.mark.parametrize("path", ["/grafana/", "/grafana/d/one", "/grafana/api/panels/one", "/d/one"])
def test_password_is_wanted(url: str, path: str) -> None:
    """1.16: nothing is shown without the password of the Secret."""
    assert HTTPStatus.UNAUTHORIZED == get(url + path, "guess")[0]


def test_health_and_metrics_ask_for_nothing(url: str) -> None:
    """Probes and Prometheus have no password."""
    assert [HTTPStatus.OK] * 2 == [get(url + path, "")[0] for path in ("/api/health", "/metrics")]


def test_unknown_dashboard_is_not_found(url: str) -> None:
    """A UID that no ConfigMap has is an answer, not a crash."""
    assert HTTPStatus.NOT_FOUND == get(f"{url}/grafana/d/two")[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("$pod", "web-1"), ("${pod}", "web-1"), ("${pod:regex}", "web-1"), ("[[pod]]", "web-1"), ("$podium {{ $x }}", "$podium {{ $x }}")],
)
def test_variables_are_put_in(text: str, expected: str) -> None:
    """Every way of writing a variable works, and what is none stays."""
    assert expected == put_in(text, {"pod": "web-1"})


def test_given_value_wins() -> None:
    """A variable is what the address says, else the first of its choices."""
    values = Told("").label_values

    assert "web-2" == choices(MODEL, {"pod": "web-2"}, values)["pod"][0]
    assert "web-1" == choices(MODEL, {}, values)["pod"][0]


def test_dashboards_are_found_by_label_and_folder() -> None:
    """ConfigMaps become dashboards of the folder that their annotation names; other files are passed over."""
    made = {"metadata": {"annotations": {"grafana_folder": "Ours"}}, "data": {"one.json": json.dumps(MODEL), "notes.txt": "{"}}

    assert {"one": "Ours"} == {uid: board.folder for uid, board in parse([made], "grafana_folder").items()}


def test_values_that_are_no_numbers_are_no_data() -> None:
    """0/0 is no data: a panel with nothing but NaN is empty."""

    class NaN(Told):
        def _ask(self, path: str, words: dict[str, str]) -> Any:  # noqa: ARG002
            return {"result": [{"metric": {}, "values": [[1, "NaN"], [2, str(math.inf)]]}]}

    found = Prometheus.over(NaN(""), "x", 0, 1, 1)

    assert [] == found
    assert [] == answer(MODEL["panels"][3], {}, SPAN, Told("")).lines


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (241591910.4, "bytes", "230 MiB"),
        (0.9, "percentunit", "90 %"),
        (0.25, "s", "250 ms"),
        (90, "s", "90 s"),
        (7200, "s", "2:00:00"),
        (1500, "short", "1.5k"),
        (0, "bytes", "0 B"),
    ],
)
def test_units(value: float, unit: str, text: str) -> None:
    """Numbers read as Grafana writes them."""
    assert text == shown(value, unit)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.904, "percentunit", "100 %"),
        (1.0, "percentunit", "100 %"),
        (0.13, "percentunit", "20 %"),
        (241591910.4, "bytes", "256 MiB"),
        (256 * 2**20, "bytes", "256 MiB"),
        (900 * 2**20, "bytes", "1 GiB"),
        (0.25, "s", "400 ms"),
        (5, "short", "6"),
        (14.4, "short", "20"),
    ],
)
def test_tops_of_axes_are_round(value: float, unit: str, text: str) -> None:
    """An axis ends at a number that a person would have drawn, never below its highest line."""
    assert text == shown(ceiling(value, unit), unit)
    assert ceiling(value, unit) >= value


def test_value_of_a_table_has_its_unit() -> None:
    """A unit that is set for the column Value alone, as Grafana wants it for a table, is read."""
    override = {"matcher": {"id": "byName", "options": "Value"}, "properties": [{"id": "unit", "value": "percentunit"}]}
    panel = {**MODEL["panels"][2], "fieldConfig": {"defaults": {}, "overrides": [override]}}

    assert [["pod", "value"], ["table", "300 %"]] == rows(answer(panel, {}, SPAN, Told("")))


def test_picture_keeps_columns_apart() -> None:
    """1.11: however long a name, the next column of a drawn table begins behind it."""
    names = ["a-pod-with-a-name-of-forty-eight-letters-in-all-1", "short"]
    lines = [("", Line({"container": "c", "pod": name}, [(1.0, 0.5)])) for name in names]
    board = Dashboard("Causeway", MODEL)

    drawn = picture(board, [Answered({**MODEL["panels"][2], "gridPos": {"w": 24}}, lines)], SPAN, {})
    starts = [int(x) for x, text in re.findall(r'<text class="" x="(\d+)" y="\d+">([^<]*)<', drawn) if text in (names[0], "0.5")]

    assert starts[1] - starts[0] > len(names[0]) * 6


def test_first_query_is_drawn_whole() -> None:
    """1.11: where there are more lines than fit, a panel's first query goes before its others, the largest line on top."""

    class Many(Told):
        def over(self, query: str, start: float, end: float, step: float) -> list[Line]:  # noqa: ARG002
            return [Line({"pod": f"{query}-{number}"}, [(end, number if query == "held" else 100.0)]) for number in range(9)]

    panel = {"type": "timeseries", "targets": [{"expr": name, "legendFormat": "{{pod}}"} for name in ("held", "limit")]}
    legend = [text.partition(":")[0] for _, text in graph(answer(panel, {}, SPAN, Many("")), SPAN)[1]]

    assert [f"held-{number}" for number in reversed(range(9))] == legend[:9]
    assert 12 == len(legend)
