"""The rules over objects, each with what breaks it and what only looks alike (rule_cases.py)."""

from collections.abc import Callable

import pytest

from components._kit import Manifest
from components.workload.rules import judge, names
from tests.components.workload import network_cases, rule_cases

BROKEN = {**rule_cases.BROKEN, **network_cases.BROKEN}
RIGHT = {**rule_cases.RIGHT, **network_cases.RIGHT}


@pytest.mark.parametrize(("rule", "build"), BROKEN.values(), ids=BROKEN)
def test_broken(rule: str, build: Callable[[], list[Manifest]]) -> None:
    """3.06-3.09, 3.18: what breaks a rule is found under the rule's name, with what to do instead."""
    findings = [finding for finding in judge(build()) if finding.rule == rule]

    assert findings


@pytest.mark.parametrize(("rule", "build"), RIGHT.values(), ids=RIGHT)
def test_right(rule: str, build: Callable[[], list[Manifest]]) -> None:
    """What only looks alike breaks no rule at all."""
    assert rule in names()
    assert [] == list(judge(build()))


def test_every_rule_has_both_tests() -> None:
    """A rule without an object that breaks it, or without one that does not, proves nothing."""
    assert set(names()) == {rule for rule, _ in BROKEN.values()}
    assert set(names()) == {rule for rule, _ in RIGHT.values()}


def test_there_are_enough_rules() -> None:
    """Issue 4 asks for at least 25."""
    assert 25 <= len(list(names()))
