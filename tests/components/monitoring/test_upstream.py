"""What we replace of the chart's default rules exists there, and nothing else of ours doubles an upstream alert."""

from pathlib import Path

import pytest
import yaml

from components.monitoring import disabled_default_rules, metric_labels_allowlist
from components.monitoring.owners import OWNED
from components.monitoring.upstream import REPLACED
from tests.components.monitoring.samples import alerts, rule_objects

UPSTREAM = Path(__file__).parents[4] / "shared" / "upstream" / "kube-prometheus-stack-88.5.3"
OURS = {rule["alert"] for rule in alerts().values()}


def test_each_replaced_alert_has_its_successor() -> None:
    """An upstream alert is switched off only in favour of one of ours (1.08)."""
    assert set(REPLACED.values()) <= OURS
    assert dict.fromkeys(REPLACED, True) == disabled_default_rules()


@pytest.mark.skipif(not UPSTREAM.is_dir(), reason="the chart's data is not beside this clone; the test above holds without it")
def test_the_replaced_alerts_are_upstream_s() -> None:
    """Each name that we switch off is an alert of the pinned chart, and each alert that shares a name with ours is off (1.08)."""
    documents = yaml.load_all((UPSTREAM / "default-rules.yaml").read_text(), yaml.CSafeLoader)
    upstream = {
        rule["alert"]
        for document in documents
        if document
        for group in document["spec"]["groups"]
        for rule in group["rules"]
        if "alert" in rule
    }

    assert set(REPLACED) <= upstream
    assert upstream & OURS <= set(REPLACED)


def test_owners_are_shown_by_their_exporter() -> None:
    """Each label metric that ownership is read from is one that kube-state-metrics is told to show (1.13)."""
    text = str(rule_objects())

    assert all(f"{kind.labels_metric}{{" in text for kind in OWNED)
    assert [entry.partition("=")[0] for entry in metric_labels_allowlist()] == [kind.plural for kind in OWNED]


def test_rules_are_the_same_each_time() -> None:
    """Rules depend on nothing but their inputs, so they are byte-identical on every target (1.05)."""
    assert yaml.safe_dump_all(rule_objects()) == yaml.safe_dump_all(rule_objects())
