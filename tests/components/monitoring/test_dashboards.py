"""Dashboards as code: stable ids, one data source, queries that parse, and committed files that equal their builders."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from components._kit import Manifest
from components.monitoring import dashboards, workload_objects
from components.monitoring.dashboards import TEMPLATES, workload_dashboard, workload_uid
from components.workload import Pattern
from tests.components.monitoring.promql import content, objections, queries
from tests.components.monitoring.samples import METADATA, SERVICE, alerts

REPOSITORY = Path(__file__).parents[3]
WORKLOADS = {pattern: workload_dashboard(METADATA, pattern) for pattern in TEMPLATES}
ALL = [*dashboards(), *WORKLOADS.values()]


def _id(manifest: Manifest) -> str:
    return str(content(manifest)["title"])


@pytest.mark.process
def test_committed_files_equal_their_builders() -> None:
    """`scripts/render` would change nothing; a process of its own pays for the builders' import (1.11)."""
    command = [sys.executable, "-m", "components.monitoring.dashboards", "--check"]
    answer = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)

    assert (0, "") == (answer.returncode, answer.stdout), answer.stderr


def test_shared_dashboards_have_stable_ids() -> None:
    """Links and bookmarks keep working: the ids are part of the product (1.11)."""
    assert ["causeway-platform", "causeway-workload", "causeway-slo", "causeway-memory", "causeway-argocd"] == [
        content(manifest)["uid"] for manifest in dashboards()
    ]


@pytest.mark.parametrize("manifest", ALL, ids=_id)
def test_config_maps_are_found(manifest: Manifest) -> None:
    """Each dashboard has the label that Grafana's sidecar looks for, and a folder (1.11)."""
    assert "1" == manifest["metadata"]["labels"]["grafana_dashboard"]
    assert manifest["metadata"]["annotations"]["grafana_folder"] in ("Causeway", "Workloads")


@pytest.mark.parametrize("manifest", ALL, ids=_id)
def test_the_data_source_is_a_variable(manifest: Manifest) -> None:
    """No panel names one installation's data source: all use the variable, whose default is the chart's own (1.11)."""
    dashboard = content(manifest)
    (source,) = [variable for variable in dashboard["templating"]["list"] if variable["type"] == "datasource"]

    assert "prometheus" == source["current"]["value"]
    assert {"${datasource}"} == {panel["datasource"]["uid"] for panel in dashboard["panels"]}


@pytest.mark.parametrize("manifest", ALL, ids=_id)
def test_panels_explain_themselves(manifest: Manifest) -> None:
    """Each panel has an id, a title and a sentence (1.11)."""
    panels = content(manifest)["panels"]

    assert len(panels) == len({panel["id"] for panel in panels})
    assert all(panel["title"] and panel["description"] for panel in panels)


def test_every_query_parses(promtool: Path, tmp_path: Path) -> None:
    """Prometheus' own parser takes every query of every dashboard (1.11)."""
    expressions = [expression for manifest in ALL for _, expression in queries(content(manifest))]

    assert "" == objections(promtool, tmp_path, sorted(set(expressions)))


def test_every_pattern_has_a_template() -> None:
    """A workload of any pattern gets a dashboard (1.09, 1.11)."""
    assert {pattern.value for pattern in Pattern} == set(TEMPLATES)


@pytest.mark.parametrize("manifest", WORKLOADS.values(), ids=WORKLOADS)
def test_names_are_filled_in(manifest: Manifest) -> None:
    """A workload's dashboard is its own: no placeholder stays (1.11)."""
    (text,) = manifest["data"].values()

    assert not re.search(r"@\w+@", text)
    assert "workload-shop-web" == content(manifest)["uid"]


def test_ids_fit_grafana() -> None:
    """Long names give ids of at most 40 characters that differ (1.11)."""
    uids = {workload_uid("a-rather-long-namespace-name", f"a-rather-long-workload-name-{number}") for number in range(20)}

    assert 20 == len(uids)
    assert all(len(uid) <= 40 for uid in uids)


def test_alerts_link_to_dashboards_that_exist() -> None:
    """Each alert's dashboard is one of ours, and its variables are pickers there (1.13)."""
    pickers = {
        dashboard["uid"]: {variable["name"] for variable in dashboard["templating"]["list"]}
        for dashboard in (content(manifest) for manifest in dashboards())
    }
    for rule in alerts().values():
        path, _, query = rule["annotations"]["dashboard_url"].partition("?")

        assert path.removeprefix("/d/") in pickers
        assert set(re.findall(r"var-(\w+)=", query)) <= pickers[path.removeprefix("/d/")]


def test_burn_alerts_name_an_objective_that_the_picker_has() -> None:
    """The SLO dashboard opens on the objective that burns: the link holds its recorded id (1.13)."""
    rules = [rule for manifest in workload_objects(SERVICE) if manifest["kind"] == "PrometheusRule" for rule in _rules(manifest)]
    ids = {rule["labels"]["sloth_id"] for rule in rules if rule.get("record") == "sloth_slo_info"}
    linked = {rule["annotations"]["dashboard_url"].partition("var-slo=")[2] for rule in rules if "Burn" in rule.get("alert", "")}

    assert ids == linked


def _rules(manifest: Manifest) -> list[Manifest]:
    return [rule for group in manifest["spec"]["groups"] for rule in group["rules"]]
