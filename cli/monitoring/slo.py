"""`causeway slo`: what users are promised, and how much of each error budget is left."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.text import Text

from cli import output
from cli.monitoring.service import PROMETHEUS, ask, forwarded
from workspace.home import Home

QUERIES = {
    "objective": "slo:objective:ratio",
    "left": "slo:period_error_budget_remaining:ratio",
    "burn": "slo:current_burn_rate:ratio",
}
"""What is asked of Prometheus; the names are Sloth's. A service that nobody asked anything has no budget and no burn rate."""
BURNS = 1.0
"""At this rate the budget is spent in exactly its period."""


@dataclass(frozen=True)
class Budget:
    """One objective: ratios, and the rate at which its budget burns now; None where there were no requests."""

    service: str
    namespace: str
    slo: str
    objective: float
    left: float | None
    burn: float | None

    @property
    def state(self) -> str:
        if self.left is None:
            return "no requests yet"
        if self.left < 0:
            return "overspent"
        return "burning too fast" if self.burn is not None and self.burn > BURNS else "kept"


def run(as_json: bool) -> int:
    """Print the objectives and return the exit code: 1 when a budget is overspent."""
    with forwarded(Home.load(), PROMETHEUS) as prometheus:
        found = read({name: ask(prometheus, "api/v1/query", query=query)["data"]["result"] for name, query in QUERIES.items()})
    if as_json:
        output.print_json(
            {"kept": not any(budget.state == "overspent" for budget in found), "objectives": [_as_json(one) for one in found]}
        )
    else:
        print_budgets(output.console(), found)
    return 1 if any(budget.state == "overspent" for budget in found) else 0


def read(series: Mapping[str, list[dict[str, Any]]]) -> list[Budget]:
    """The objectives, the scarcest budget first, those without requests last."""
    values = {name: dict(_finite(found)) for name, found in series.items()}
    made = [
        Budget(
            service=labels["sloth_service"],
            namespace=labels["namespace"],
            slo=labels["sloth_slo"],
            objective=values["objective"][labels["sloth_id"]],
            left=values["left"].get(labels["sloth_id"]),
            burn=values["burn"].get(labels["sloth_id"]),
        )
        for labels in (one["metric"] for one in series["objective"])
    ]
    return sorted(made, key=lambda budget: (budget.left is None, budget.left or 0.0, budget.service, budget.slo))


def _finite(found: list[dict[str, Any]]) -> Iterator[tuple[str, float]]:
    """Value by objective; a share of no requests is no number."""
    for one in found:
        if math.isfinite(value := float(one["value"][1])):
            yield one["metric"]["sloth_id"], value


def print_budgets(target: Console, found: list[Budget]) -> None:
    if not found:
        output.print_line(target, "No workload has an objective.")
        return
    header = ["service", "namespace", "slo", "objective", "budget left", "burn rate", "state"]
    output.print_table(target, header, [_row(budget) for budget in found])


def _row(budget: Budget) -> list[output.Cell]:
    style = {"kept": "green", "burning too fast": "yellow", "overspent": "red"}.get(budget.state, "")
    left = "-" if budget.left is None else f"{budget.left * 100:.1f} %"
    burn = "-" if budget.burn is None else f"{budget.burn:.2f}"
    return [budget.service, budget.namespace, budget.slo, f"{budget.objective * 100:g} %", left, burn, Text(budget.state, style=style)]


def _as_json(budget: Budget) -> dict[str, Any]:
    return {
        "service": budget.service,
        "namespace": budget.namespace,
        "slo": budget.slo,
        "objective": budget.objective,
        "budgetLeft": budget.left,
        "burnRate": budget.burn,
        "state": budget.state,
    }
