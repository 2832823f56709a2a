"""What MonitoringStack refuses, each by one line that names the input."""

from typing import Any

import pulumi
import pytest

from components._inputs import resolve
from components.monitoring.args import MonitoringStackArgs
from components.monitoring.checks import CHARTS, check
from components.monitoring.component import DEFAULTS

PINS = {name: {"version": "1.0.0", "repository": "https://charts.example"} for name in CHARTS}
GOOD: dict[str, Any] = {"charts": PINS, "sink_image": "causeway/alert-sink:1.0.0"}
PAGER = {"kind": "pagerduty", "secret": "pager", "key": "routing-key"}
HOOK = {"url": "https://hooks.example/x"}

CASES: dict[str, tuple[dict[str, Any], str]] = {
    "a chart without a pin": (
        {"charts": {"kube-prometheus-stack": PINS["kube-prometheus-stack"]}},
        "charts.prometheus-operator-crds: is required",
    ),
    "a sink without its image": ({"sink_image": None}, "sink_image: is required"),
    "nobody to tell": ({"platform": {"enable_alert_sink": False}}, "receivers: is required"),
    "a pager without its key": (
        {"receivers": {"page": {"kind": "pagerduty"}, "ticket": HOOK, "dead_man": HOOK}},
        "receivers: receiver page: pagerduty needs a credential",
    ),
    "an unknown kind of receiver": (
        {"receivers": {"page": {"kind": "fax"}, "ticket": HOOK, "dead_man": HOOK}},
        "receivers: 'fax' is not a valid",
    ),
    "an interval in words": ({"scrape_interval": "often"}, "scrape_interval: 'often' is no duration"),
    "a retention without unit": ({"platform": {"retention": "3"}}, "platform.retention: '3' is no duration"),
    "a size in decimal units": ({"platform": {"storage_size": "5GB"}}, "platform.storage_size: '5GB' is no size"),
    "no Prometheus at all": ({"platform": {"replicas": 0}}, "platform.replicas: 0 is out of range"),
    "a misspelt value": (
        {"values": {"promethus": {}}},
        "values.promethus: the chart has no such key in its values, did you mean 'prometheus'?",
    ),
    "a misspelt value inside": (
        {"values": {"prometheus": {"prometheusSpec": {"retenton": "1d"}}}},
        "values.prometheus.prometheusSpec.retenton: the chart has no such key in 'prometheus.prometheusSpec', did you mean 'retention'?",
    ),
    "a password": ({"values": {"grafana": {"adminPassword": "secret"}}}, "values.grafana.adminPassword: would be readable in the release"),
    "the webhooks": (
        {"values": {"prometheusOperator": {"tls": {"enabled": True}}}},
        "values.prometheusOperator.tls.enabled: holds the stack together",
    ),
    "the selectors": (
        {"values": {"prometheus": {"prometheusSpec": {"ruleSelectorNilUsesHelmValues": True}}}},
        "values.prometheus.prometheusSpec.ruleSelectorNilUsesHelmValues: holds the stack together",
    ),
}


def checked(inputs: dict[str, Any]) -> None:
    check("sample", resolve("monitoring", "sample", MonitoringStackArgs, {**GOOD, **inputs}, DEFAULTS))


@pytest.mark.parametrize("case", CASES)
def test_refused_by_name(case: str) -> None:
    """A bad input is one line with its path, before anything is made; a secret's value is not in it."""
    inputs, line = CASES[case]

    with pytest.raises(pulumi.InputPropertiesError) as refused:
        checked(inputs)

    assert f"monitoring 'sample': {line}" in str(refused.value.message)
    assert "secret" not in str(refused.value.message).replace("existing Secret", "")


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"values": {"prometheus": {"prometheusSpec": {"enableAdminAPI": True}}, "commonLabels": {"any": "label"}}},
        {"receivers": {"page": PAGER, "ticket": HOOK, "dead_man": HOOK}, "platform": {"enable_alert_sink": False}},
    ],
    ids=["the defaults", "known values", "receivers outside"],
)
def test_near_misses_pass(inputs: dict[str, Any]) -> None:
    """What is right is not refused."""
    checked(inputs)
