"""`causeway slo`: objective, budget and burn rate of each promise."""

import pytest

from tests.cli.monitoring.conftest import Monitored

WEB = {"sloth_id": "shop-web-availability", "sloth_service": "web", "sloth_slo": "availability", "namespace": "shop"}
NAN = float("nan")


@pytest.mark.parametrize(
    ("left", "burn", "state", "code"),
    [
        (0.75, 0.5, "kept", 0),
        (0.75, 3.0, "burning too fast", 0),
        (-0.1, 0.0, "overspent", 1),
        (NAN, NAN, "no requests yet", 0),
        (None, None, "no requests yet", 0),
    ],
)
def test_budget(monitored: Monitored, left: float | None, burn: float | None, state: str, code: int) -> None:
    """Issue 5, item 8: a budget in words; only one that is overspent makes the exit code 1."""
    monitored.series("slo:objective:ratio", (WEB, 0.999))
    if left is not None and burn is not None:
        monitored.series("slo:period_error_budget_remaining:ratio", (WEB, left))
        monitored.series("slo:current_burn_rate:ratio", (WEB, burn))

    answer = monitored.platform.run("slo")
    (told,) = monitored.platform.json(["slo"])["objectives"]

    assert code == answer.exit_code
    assert "99.9 %" in answer.stdout
    known = left is not None and left == left
    assert not known or f" {left * 100:.1f} % " in answer.stdout
    assert {"service": "web", "objective": 0.999, "state": state, "budgetLeft": left if known else None}.items() <= told.items()


def test_scarcest_budget_comes_first(monitored: Monitored) -> None:
    """The promise in most danger is on top, one that nobody used yet at the end."""
    others = [{**WEB, "sloth_id": name, "sloth_service": name} for name in ("unused", "fine", "poor")]
    monitored.series("slo:objective:ratio", *((labels, 0.99) for labels in others))
    monitored.series("slo:period_error_budget_remaining:ratio", (others[1], 0.9), (others[2], 0.1))

    assert ["poor", "fine", "unused"] == [one["service"] for one in monitored.platform.json(["slo"])["objectives"]]
