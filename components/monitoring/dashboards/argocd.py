"""Argo CD: what is out of sync or unhealthy, how syncs end, and whether Git can be read."""

from grafana_foundation_sdk.builders import dashboard

from ._panels import GREEN, ORANGE, RED, Series, graph, listing, number, page

_LATER = "; empty until Argo CD is there."
_APPS = "name, project, dest_namespace, sync_status, health_status"


def argocd() -> dashboard.Dashboard:
    """Applications, syncs and repositories."""
    board = page("causeway-argocd", "Argo CD", "What is out of sync or unhealthy, how syncs end, and whether Git can be read.")
    out_of_sync = 'count(argocd_app_info{sync_status!="Synced"}) or vector(0)'
    unhealthy = 'count(argocd_app_info{health_status!~"Healthy|Suspended"}) or vector(0)'
    took = "sum by (le) (rate(argocd_app_reconcile_bucket[5m]))"
    asked = "sum by (request_type) (rate(argocd_git_request_total[5m]))"
    # The counters of failures are there from the first failure on.
    never = "sum(argocd_git_request_total) * 0"
    failed = f"sum(rate(argocd_git_fetch_fail_total[5m])) or {never}"
    listed = f"sum(rate(argocd_git_lsremote_fail_total[5m])) or {never}"
    panels = [
        number("Applications", "All of them.", "short", "count(argocd_app_info) or vector(0)"),
        number("Out of sync", "The cluster differs from Git.", "short", out_of_sync, [(None, GREEN), (1, ORANGE)]),
        number("Not healthy", "Synced, and do not work.", "short", unhealthy, [(None, GREEN), (1, RED)]),
        listing("Applications", "Their state now" + _LATER, f"max by ({_APPS}) (argocd_app_info)"),
        graph(
            "Syncs",
            "Syncs in 10 minutes, by how they ended" + _LATER,
            "short",
            [Series("sum by (phase) (increase(argocd_app_sync_total[10m]))", "{{phase}}")],
        ),
        graph(
            "Reconciliation", "Time that 95% of the comparisons take" + _LATER, "s", [Series(f"histogram_quantile(0.95, {took})", "p95")]
        ),
        graph("Git requests", "Requests to repositories per second" + _LATER, "reqps", [Series(asked, "{{request_type}}")]),
        graph(
            "Git failures",
            "Failed reads of repositories per second" + _LATER,
            "reqps",
            [Series(failed, "fetch"), Series(listed, "ls-remote")],
        ),
    ]
    for panel in panels:
        board = board.with_panel(panel)
    return board
