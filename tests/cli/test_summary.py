"""What `scripts/up` ends with."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from cli.platform import outputs
from cli.summary import next_commands, show_summary
from local.stand_ins import rows
from local.toolchain import Installed, Route
from tests.cli.conftest import OUTPUTS, FakePlatform
from tests.cli.objects import replicated
from workspace.home import Home

TOOLS = {"kubernetes": Installed("kubernetes", "1.36.2", Path("/cache"), Route.GO)}


GRAFANA = {"namespace": "monitoring", "secret": "grafana-admin", "key": "admin-password"}


@pytest.mark.parametrize("cluster", ["local", "simulated", "minikube", "context"])
def test_summary(platform: FakePlatform, cluster: str) -> None:
    """Issue 13: what is real, the workloads, each URL with how to log in right below it, and last the next commands; no other secret."""
    platform.has(replicated())
    urls = {"shop": "http://127.0.0.1:1/", "grafana": "http://127.0.0.1:1/grafana/"}
    platform.answers("pulumi", {**OUTPUTS, "urls": urls, "secretRefs": {**OUTPUTS["secretRefs"], "grafana-admin/admin-password": GRAFANA}})
    text = StringIO()
    show_summary(Console(file=text), Home.load(), outputs(Home.load()), TOOLS, rows(cluster))
    lines = text.getvalue().splitlines()
    titles = ["What is real here", "Workloads", "URLs", "Next"]
    at = lines.index("grafana  http://127.0.0.1:1/grafana/")

    assert titles == sorted(titles, key=text.getvalue().index)
    assert lines[at + 1].startswith("  user admin; password: kubectl get secret grafana-admin -n monitoring ")
    assert "shop     http://127.0.0.1:1/" == lines[at + 2]
    assert "shop-database" not in text.getvalue()
    assert "  causeway secrets" in lines
    assert text.getvalue().rstrip().endswith("http://127.0.0.1:1/orders")


@pytest.mark.usefixtures("platform")
def test_how_a_tool_was_got() -> None:
    """A part that is a tool says how this run got it, and a stand-in says why the real one is not there."""
    text = StringIO()
    show_summary(Console(file=text), Home.load(), outputs(Home.load()), TOOLS, rows("local"))
    lines = {line.partition("  ")[0]: line for line in text.getvalue().splitlines()}

    assert lines["Kubernetes"].endswith("real      build from the Go module")
    assert "stand-in" in lines["Kubernetes provider"]


def test_next_commands_without_a_shop() -> None:
    """Where there is no shop to order from, the last command is the way down."""
    assert ['eval "$(./scripts/env)"', "causeway status", "causeway secrets", "./scripts/down"] == next_commands({})
