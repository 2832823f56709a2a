"""Memory and kills: limit, working set and restarts side by side, as in the worked example (requirements 1.9)."""

from grafana_foundation_sdk.builders import dashboard

from ..alerts import CADVISOR, MEMORY_SHARE
from ..owners import KSM, POD
from ._panels import GREEN, ORANGE, RED, Series, choice, graph, listing, number, page

_POD = 'namespace="$namespace",pod=~"$pod"'
_BY = "by (pod, container)"


def memory() -> dashboard.Dashboard:
    """Working sets against limits, of a namespace's pods."""
    namespace = choice("namespace", "Namespace", f"label_values({POD.owner}, namespace)")
    pod = choice("pod", "Pod", f'label_values({POD.owner}{{namespace="$namespace"}}, pod)').include_all(True).all_value(".*")
    board = page(
        "causeway-memory", "Memory and kills", "Which container comes near its memory limit, and which was killed.", namespace, pod
    )
    held = f"max {_BY} (container_memory_working_set_bytes{{{CADVISOR},{_POD}}})"
    limit = f'max {_BY} (kube_pod_container_resource_limits{{{KSM},resource="memory",{_POD}}})'
    asked = f'max {_BY} (kube_pod_container_resource_requests{{{KSM},resource="memory",{_POD}}})'
    restarts = f"sum {_BY} (increase(kube_pod_container_status_restarts_total{{{KSM},{_POD}}}[10m]))"
    killed = f'kube_pod_container_status_last_terminated_reason{{{KSM},reason="OOMKilled",{_POD}}}'
    nearest = (
        f"topk(10, max by (namespace, pod, container) (container_memory_working_set_bytes{{{CADVISOR}}}) / on (namespace, pod, container) "
    )
    nearest += f'max by (namespace, pod, container) (kube_pod_container_resource_limits{{{KSM},resource="memory"}}))'
    panels = [
        number(
            "Nearest to its limit",
            "Largest share of a limit in use.",
            "percentunit",
            f"max({held} / on (pod, container) {limit})",
            [(None, GREEN), (MEMORY_SHARE, ORANGE)],
            width=6,
        ),
        number(
            "Last ended by a kill",
            "Containers whose last end was OOMKilled.",
            "short",
            f"sum({killed}) or vector(0)",
            [(None, GREEN), (1, RED)],
            width=6,
        ),
        graph(
            "Working set and limit",
            "Memory that cannot be reclaimed, what was asked for, and the limit at which the kernel kills.",
            "bytes",
            [Series(held, "{{pod}} {{container}}"), Series(asked, "{{pod}} request"), Series(limit, "{{pod}} limit")],
        ),
        graph(
            "Share of the limit",
            f"ContainerMemoryNearLimit from {MEMORY_SHARE:.0%}.",
            "percentunit",
            [Series(f"{held} / on (pod, container) {limit}", "{{pod}} {{container}}")],
            limit=MEMORY_SHARE,
        ),
        graph("Restarts", "Restarts within 10 minutes.", "short", [Series(restarts, "{{pod}} {{container}}")]),
        graph(
            "Kills",
            "1 while the last end of a container was a kill for memory; empty until one is killed.",
            "short",
            [Series(f"max {_BY} ({killed})", "{{pod}} {{container}}")],
        ),
        listing(
            "Nearest to their limits, all namespaces",
            "The ten containers with the largest share of their limit.",
            nearest,
            unit="percentunit",
        ),
    ]
    for panel in panels:
        board = board.with_panel(panel)
    return board
