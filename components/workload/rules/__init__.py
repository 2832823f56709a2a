"""The rules over objects: what a workload must be, whoever wrote it. The constructor and the policy pack use this table.

A rule looks at one object and yields what is wrong with it, each time with the right pattern or the fix. Rules that
need to see more than one object are in rules_across.py.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from ..._kit import Manifest
from . import kinds, pod
from .across import ACROSS
from .model import Finding, Rule

RULES: tuple[Rule, ...] = (*pod.RULES, *kinds.RULES)


def judge(objects: Sequence[Manifest]) -> Iterator[Finding]:
    """Everything wrong with some objects, each by itself and all together."""
    for manifest in objects:
        for rule in rules_of(manifest["kind"]):
            for message in rule.check(manifest):
                yield Finding(rule.name, rule.input, manifest, message)
    for across in ACROSS:
        for subject, message in across.check(objects):
            yield Finding(across.name, across.input, subject, message)


def names() -> Iterable[str]:
    """The names of all rules."""
    return [*(rule.name for rule in RULES), *(rule.name for rule in ACROSS)]


@cache
def rules_of(kind: str) -> tuple[Rule, ...]:
    """The rules over one object of a kind."""
    return tuple(rule for rule in RULES if kind in rule.kinds)
