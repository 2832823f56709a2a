"""Objectives and error budgets: all at a glance, one in detail. The series are those that Sloth's own dashboards read."""

from grafana_foundation_sdk.builders import dashboard

from ..slo import BURN_WINDOWS, WINDOWS
from ._panels import GREEN, ORANGE, RED, Series, choice, graph, listing, number, page

_LATER = "; empty until somebody asks."
_ONE = 'sloth_id="$slo"'
_MEANING = "What users are promised, what they got, and how much of the error budget is left."


def slo() -> dashboard.Dashboard:
    """All objectives, and the chosen one."""
    board = page("causeway-slo", "SLO and error budget", _MEANING, choice("slo", "Objective", "label_values(sloth_slo_info, sloth_id)"))
    left = "max by (sloth_service, sloth_slo, namespace) (slo:period_error_budget_remaining:ratio)"
    fastest = f"max(slo:current_burn_rate:ratio{{{_ONE}}})"
    used = [(None, RED), (0, ORANGE), (0.25, GREEN)]
    burn = [(None, GREEN), (1, ORANGE), (BURN_WINDOWS[0].factor, RED)]
    panels = [
        listing(
            "Error budgets left", "Share of the budget of 30 days that is left; below 0 it is overspent" + _LATER, left, unit="percentunit"
        ),
        number("Objective", "What is promised.", "percentunit", f"max(slo:objective:ratio{{{_ONE}}})", width=6),
        number(
            "Budget left", "Of 30 days" + _LATER, "percentunit", f"min(slo:period_error_budget_remaining:ratio{{{_ONE}}})", used, width=6
        ),
        number("Burn rate now", "1 spends the budget in exactly 30 days; empty while nobody asks.", "short", fastest, burn, width=6),
        number(
            "Bad share now",
            "Share of bad events in 5 minutes; empty while nobody asks.",
            "percentunit",
            f"max(slo:sli_error:ratio_rate5m{{{_ONE}}})",
            width=6,
        ),
        graph(
            "Burn rates",
            "Bad share over each window, in budgets; alerts at "
            + ", ".join(f"{window.factor:g} ({window.long})" for window in BURN_WINDOWS)
            + _LATER,
            "short",
            [
                Series(f"slo:sli_error:ratio_rate{window}{{{_ONE}}} / on (sloth_id) group_left () slo:error_budget:ratio{{{_ONE}}}", window)
                for window in WINDOWS
            ],
            limit=BURN_WINDOWS[0].factor,
        ),
        graph("Budget left", "Over time" + _LATER, "percentunit", [Series(f"slo:period_error_budget_remaining:ratio{{{_ONE}}}", "left")]),
    ]
    for panel in panels:
        board = board.with_panel(panel)
    return board
