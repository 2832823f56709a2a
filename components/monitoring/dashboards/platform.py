"""The platform at one look: what fires, what is scraped, how full the nodes are, and whether monitoring itself works."""

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel

from ..alerts import CADVISOR
from ..alerts_secrets import ROTATED
from ..owners import KSM, TARGETS
from ._panels import GREEN, ORANGE, RED, Series, graph, listing, number, page

_NODE = 'job="node-exporter"'
_MEANING = "What fires, what is scraped, how full the nodes are, and whether monitoring itself works."


def platform() -> dashboard.Dashboard:
    """The start page."""
    board = page("causeway-platform", "Platform overview", _MEANING)
    for panel in (*_numbers(), *_alerts(), *_nodes(), *_tenants(), *_monitoring()):
        board = board.with_panel(panel)
    return board


def _numbers() -> list[Builder[Panel]]:
    ready = f'sum(kube_node_status_condition{{{KSM},condition="Ready",status="true"}})'
    return [
        number("Critical", "Alerts that page.", "short", _firing("critical"), [(None, GREEN), (1, RED)]),
        number("Warnings", "Alerts that make a ticket.", "short", _firing("warning"), [(None, GREEN), (1, ORANGE)]),
        number("Targets up", "Share of scrape targets that answer.", "percentunit", f"avg({TARGETS})", [(None, RED), (1, GREEN)]),
        number("Nodes ready", "Nodes that take pods.", "short", ready),
        number("Pods running", "Pods in phase Running.", "short", _phase("Running")),
        number("Pods waiting", "Pods in phase Pending.", "short", _phase("Pending"), [(None, GREEN), (1, ORANGE)]),
    ]


def _firing(severity: str) -> str:
    return f'sum(ALERTS{{alertstate="firing",severity="{severity}"}}) or vector(0)'


def _phase(phase: str) -> str:
    return f'sum(kube_pod_status_phase{{{KSM},phase="{phase}"}})'


def _alerts() -> list[Builder[Panel]]:
    firing = 'max by (alertname, severity, team, namespace, service) (ALERTS{alertstate="firing"})'
    down = f"count by (namespace, job, team, service) ({TARGETS} == 0)"
    return [
        listing("Firing alerts", "Watchdog always fires: it shows that alerts get through.", firing, width=12),
        listing("Targets down", "Scrape targets that do not answer; empty while all do.", down, width=12),
    ]


def _nodes() -> list[Builder[Panel]]:
    busy = f'1 - avg by (instance) (rate(node_cpu_seconds_total{{{_NODE},mode="idle"}}[5m]))'
    memory = f"1 - node_memory_MemAvailable_bytes{{{_NODE}}} / node_memory_MemTotal_bytes{{{_NODE}}}"
    disk = f'1 - node_filesystem_avail_bytes{{{_NODE},mountpoint="/"}} / node_filesystem_size_bytes{{{_NODE},mountpoint="/"}}'
    asked = f'sum(kube_pod_container_resource_requests{{{KSM},resource="memory"}})'
    room = f'sum(kube_node_status_allocatable{{{KSM},resource="memory"}})'
    return [
        graph("Nodes: processor", "Share of processor time in use.", "percentunit", [Series(busy, "{{instance}}")]),
        graph("Nodes: memory", "Share of memory in use.", "percentunit", [Series(memory, "{{instance}}")]),
        graph(
            "Nodes: disk", "Share of the root file system in use.", "percentunit", [Series(f"max by (instance) ({disk})", "{{instance}}")]
        ),
        graph("Memory requested", "What pods ask for, and what nodes can give.", "bytes", [Series(asked, "asked"), Series(room, "room")]),
    ]


def _tenants() -> list[Builder[Panel]]:
    processor = f"sum by (namespace) (rate(container_cpu_usage_seconds_total{{{CADVISOR}}}[5m]))"
    memory = f"sum by (namespace) (container_memory_working_set_bytes{{{CADVISOR}}})"
    age = f"time() - max by (namespace, secret, class) ({ROTATED})"
    return [
        graph("Processor by namespace", "Processors used.", "short", [Series(processor, "{{namespace}}")]),
        graph("Memory by namespace", "Working sets.", "bytes", [Series(memory, "{{namespace}}")]),
        listing("Age of secrets", "Since each secret got its value.", age, unit="s"),
    ]


def _monitoring() -> list[Builder[Panel]]:
    failures = "sum(rate(prometheus_rule_evaluation_failures_total[5m]))"
    sent = "sum by (integration) (rate(alertmanager_notifications_total[5m])) > 0"
    return [
        graph("Series in memory", "Time series that Prometheus holds.", "short", [Series("sum(prometheus_tsdb_head_series)", "series")]),
        graph(
            "Samples",
            "Samples taken per second.",
            "short",
            [Series("sum(rate(prometheus_tsdb_head_samples_appended_total[5m]))", "samples")],
        ),
        graph("Rule failures", "Rules that could not be evaluated, per second; always 0.", "short", [Series(failures, "failures")]),
        graph("Notifications", "Notifications sent per second; empty until the first is.", "short", [Series(sent, "{{integration}}")]),
    ]
