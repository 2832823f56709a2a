"""Helm releases as data."""

import base64
import gzip
from pathlib import Path
from typing import Any

import orjson
import pytest

from stand_ins.plugins.kubernetes import helm, release_inputs
from stand_ins.plugins.kubernetes.properties import UNKNOWN, Asset, Secret

RECORD = {
    "name": "web",
    "namespace": "shop",
    "version": 3,
    "info": {"status": "deployed"},
    "chart": {"metadata": {"name": "tiny", "version": "1.2.3", "appVersion": "7"}},
    "config": {"color": "red"},
    "manifest": """
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: b, namespace: shop}
---
""",
}


def test_inputs_are_completed() -> None:
    """Name, namespace and timeout have defaults; a name that was drawn before stays."""
    inputs = release_inputs.completed({"chart": "x"}, {}, "shop", "web-12345678")

    assert ("web-12345678", "shop", 300, {}) == (inputs["name"], inputs["namespace"], inputs["timeout"], inputs["values"])
    assert "old" == release_inputs.completed({"chart": "x"}, {"name": "old"}, "shop", "new")["name"]


def test_values_are_merged_in_order(tmp_path: Path) -> None:
    """Each value file lies over the one before, the values over all; secrets stay secret."""
    (tmp_path / "b.yaml").write_text("nested: {b: file}")
    files = [Asset("nested: {a: text, b: text}\nother: 1", ""), Asset("", str(tmp_path / "b.yaml"))]

    values = release_inputs.merged_values({"valueYamlFiles": files, "values": {"nested": {"c": Secret("s")}}})

    assert {"nested": {"a": "text", "b": "file", "c": Secret("s")}, "other": 1} == values


def test_values_that_are_not_known_yet() -> None:
    """Unknown values stay unknown as a whole."""
    assert UNKNOWN is release_inputs.merged_values({"values": UNKNOWN})


def test_local_charts_are_described(tmp_path: Path) -> None:
    """A chart directory tells its version without helm; a name that is no path does not."""
    (tmp_path / "Chart.yaml").write_text("name: tiny\nversion: 1.2.3\n")

    description = release_inputs.chart_description(str(tmp_path))

    assert description
    assert "1.2.3" == description["version"]
    assert release_inputs.chart_description("stable/tiny") is None


def test_outputs_tell_status_and_names() -> None:
    """Status, version and resource names come from Helm's own record."""
    outputs = release_inputs.outputs({"name": "web", "chart": "x", "values": {"secret": Secret("s")}}, RECORD)

    assert {"ConfigMap/v1": ["a"], "Deployment.apps/apps/v1": ["shop/b"]} == outputs["resourceNames"]
    assert ("deployed", 3, "7") == tuple(outputs["status"][key] for key in ("status", "revision", "appVersion"))
    assert {"color": "red", "secret": Secret("s")} == outputs["values"]
    assert isinstance(outputs[release_inputs.INPUTS_KEY], Secret)


@pytest.mark.parametrize("in_secret", [True, False])
def test_records_are_decoded(in_secret: bool) -> None:
    """A record is read from a Secret as well as from a ConfigMap."""
    packed = base64.b64encode(gzip.compress(orjson.dumps(RECORD)))
    data = base64.b64encode(packed) if in_secret else packed

    assert RECORD == release_inputs.decode_record(data.decode(), in_secret)


@pytest.mark.parametrize(
    ("state", "news", "expected"),
    {
        "no change": ({"values": {"a": 1, "b": 2}}, {"values": {"a": 1}}, []),
        "a changed value": ({"values": {"a": 1}}, {"values": {"a": 2}}, [("values.a", False)]),
        "a value changed behind our back": ({"values": {"a": 3}}, {"values": {"a": 1}}, [("values.a", False)]),
        "another name": ({"name": "x"}, {"name": "y"}, [("name", True)]),
    }.values(),
)
def test_differences(state: dict[str, Any], news: dict[str, Any], expected: list[tuple[str, bool]]) -> None:
    """A release differs where the release as it is does not have what the program sets; another name replaces it."""
    old_inputs = {key: {"a": 1} if key == "values" else state[key] for key in state}
    found = release_inputs.difference(old_inputs, state, news, [])

    assert expected == [(change.property_path, change.replaces) for change in found]


def test_command_line() -> None:
    """Inputs become helm's flags of its major version, and values are never among them."""
    inputs = {"atomic": True, "createNamespace": True, "version": "1.2.3", "timeout": 60, "values": {"password": "x"}}

    four, three = (helm.upgrade_arguments(inputs, major, first=True) for major in (4, 3))

    assert ["--create-namespace", "--rollback-on-failure", "--wait"] == four[:3]
    assert "--atomic" in three
    assert {"--version", "1.2.3", "--timeout", "60s"} <= set(four)
    assert "x" not in four


def test_oci_references() -> None:
    """A registry and a chart name make one reference; a full one stays."""
    assert "oci://registry/charts/tiny" == helm.joined("oci://registry/charts/", "tiny")
    assert "oci://registry/tiny" == helm.joined("", "oci://registry/tiny")
    assert "tiny" == helm.joined("https://charts", "tiny")
