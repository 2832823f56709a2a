"""`causeway secrets decide`: the level that fits, why, and what it costs. Needs no cluster."""

from typing import Any

from rich.console import Console

from cli import output
from cli.refusal import Refused
from components.secrets.decision import Decision, Situation, decide


def run(situation: Situation, as_json: bool) -> int:
    """Print the decision; raises Refused for a number that cannot be."""
    try:
        decision = decide(situation)
    except ValueError as wrong:
        name, _, reason = str(wrong).partition(": ")
        raise Refused(f"--{name.replace('_', '-')}: {reason}") from None
    if as_json:
        output.print_json(_as_json(decision))
    else:
        print_decision(output.console(), decision)
    return 0


def print_decision(target: Console, decision: Decision) -> None:
    """The level first; then why, why none of the others, what it costs, and what comes next."""
    output.print_line(target, f"level {decision.level.value}")
    sections = (
        ("Why", decision.reasons),
        ("Why not", tuple(f"{level.value}: {reason}" for level, reason in decision.rejected)),
        ("Secret zero", (decision.secret_zero,)),
        ("Operational cost", (f"{decision.effort.value}: {decision.cost}", f"rotation: {decision.rotation}")),
        ("Next step", (decision.next_step,)),
        ("Warnings", decision.warnings),
    )
    for title, lines in sections:
        if lines:
            output.print_title(target, title)
        for line in lines:
            output.print_line(target, f"  {line}")


def _as_json(decision: Decision) -> dict[str, Any]:
    return {
        "level": decision.level.value,
        "reasons": list(decision.reasons),
        "rejected": [{"level": level.value, "reason": reason} for level, reason in decision.rejected],
        "secretZero": decision.secret_zero,
        "effort": decision.effort.value,
        "cost": decision.cost,
        "rotation": decision.rotation,
        "nextStep": decision.next_step,
        "warnings": list(decision.warnings),
    }
