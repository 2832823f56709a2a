"""`causeway dashboards`: where they are, and pictures of them."""

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from components.monitoring.dashboards import dashboards
from tests.cli.conftest import OUTPUTS
from tests.cli.monitoring.conftest import Monitored

SVG = "{http://www.w3.org/2000/svg}"
FOREIGN = {"metadata": {"name": "other"}, "data": {"other.json": json.dumps({"uid": "other", "title": "Other", "panels": []})}}


@pytest.fixture(autouse=True)
def boards(monitored: Monitored) -> None:
    monitored.platform.has(*dashboards(), FOREIGN)


def test_open_says_where_and_how(monitored: Monitored) -> None:
    """Issue 5, item 8: with a front door, its address is told, with the command for the password and every dashboard of ours."""
    secret = {"namespace": "monitoring", "secret": "grafana-admin", "key": "admin-password"}
    outputs = {**OUTPUTS, "urls": {"grafana": "http://198.18.0.2/grafana/"}, "secretRefs": {"grafana-admin/admin-password": secret}}
    monitored.platform.answers("pulumi", outputs)

    answer = monitored.platform.run("dashboards", "open", "causeway-memory")
    told = monitored.platform.json(["dashboards", "open"])

    assert "http://198.18.0.2/grafana/d/causeway-memory" in answer.stdout
    assert "get secret grafana-admin -n monitoring" in answer.stdout
    assert {"causeway-platform", "causeway-memory", "causeway-slo", "causeway-workload", "causeway-argocd"} == {
        board["uid"] for board in told["dashboards"]
    }


def test_open_without_a_door_holds_one(monitored: Monitored) -> None:
    """Where nothing leads in from outside, kubectl does."""
    told = monitored.platform.json(["dashboards", "open", "causeway-slo"])

    assert told["url"].startswith("http://127.0.0.1:")
    assert "service/kps-grafana :80" in monitored.platform.calls("kubectl")[-1]


def test_shoot_draws_every_panel(monitored: Monitored, tmp_path: Path) -> None:
    """Each dashboard becomes one well-formed picture with the title of each of its panels, data or not."""
    monitored.series("vector(1)", ({}, 1.0))

    answer = monitored.platform.run("dashboards", "shoot", "causeway-memory", "--to", str(tmp_path / "pictures"))

    assert 0 == answer.exit_code, answer.stderr
    drawn = ElementTree.fromstring((tmp_path / "pictures/causeway-memory.svg").read_text())
    texts = [element.text for element in drawn.iter(f"{SVG}text")]
    (board,) = [json.loads(text) for text in dashboards()[3]["data"].values()]
    assert {panel["title"] for panel in board["panels"]} < set(texts)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["nothing"], "error: there is no dashboard 'nothing'; allowed: causeway-"),
        (["--since", "soon"], "error: --since: given 'soon', allowed: a time such as 30m or 2h"),
        (["--var", "pod"], "error: --var: given 'pod', allowed: a name and a value, such as namespace=shop"),
        (["causeway-slo", "--var", "pod=web"], "error: --var: no dashboard to be drawn has 'pod'; allowed: datasource, slo"),
    ],
)
def test_refusals(monitored: Monitored, words: list[str], line: str) -> None:
    """What cannot be drawn is refused by name."""
    answer = monitored.platform.run("dashboards", "shoot", *words)

    assert 2 == answer.exit_code
    assert answer.stderr.startswith(line)
