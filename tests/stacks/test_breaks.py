"""Every value rule of the rehearsal refuses something, and says why."""

import ast
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from stand_ins.plugins.rehearsal import rules_aws, rules_gcp
from stand_ins.plugins.rehearsal.judge import Judge, World
from stand_ins.plugins.rehearsal.store import Store, Thing
from tests.stacks.breaks import BREAKS, Break
from tests.stacks.rehearsed import Kept, rehearsed
from tests.stand_ins.plugins.rehearsal.samples import AWS, GCP

ASKING = {name for name in vars(Judge) if not name.startswith("_")} - {"at"}
WORLDS = {"aws": ("eu-central-1", "111122223333"), "gcp": ("europe-west3", "causeway-example")}
CASES = [
    (package, f"{package}:{case.token}", {**case.good, **case.change}) for package, cases in (("aws", AWS), ("gcp", GCP)) for case in cases
]
Place = tuple[str, int]


class Watching(Judge):
    """A judge that remembers which lines of the rules refused."""

    lines: set[Place] = set()

    def refuse(self, path: str, reason: str) -> None:
        frame = sys._getframe().f_back
        while frame:
            self.lines.add((frame.f_code.co_filename, frame.f_lineno))
            frame = frame.f_back
        super().refuse(path, reason)


@pytest.mark.parametrize("wrong", BREAKS, ids=[f"{item.token.rpartition(':')[2]}.{item.path}: {item.words}" for item in BREAKS])
def test_wrong_value_is_refused(wrong: Break) -> None:
    """Issue 8, items 3 and 5: one wrong value among right ones is refused by its path, and the right ones are not."""
    reasons = [refused.reason for refused in broken(wrong).refusals]

    assert [reason for reason in reasons if wrong.words in reason]


def test_every_rule_refuses_something() -> None:
    """Issue 8, item 5: each question that a rule asks has a case that it refuses; test_rehearsed.py has those that it accepts."""
    eks, empty = Kept(rehearsed("eks").things), Kept([])
    for wrong in BREAKS:
        broken(wrong)
    for package, token, inputs in CASES:
        judged(package, token, inputs, "urn:new", empty)
    for block in ("10.64.0.0/18", "192.168.0.0/24"):
        broken(Break("eks", "aws:ec2/subnet:Subnet", "cidrBlock", block, ""), "urn:new")
    role = next(thing for thing in eks.of("aws:iam/role:Role") if "cluster" in thing.id)
    broken(Break("eks", "aws:eks/podIdentityAssociation:PodIdentityAssociation", "roleArn", role.outputs["arn"], ""))

    assert [] == [question for module in (rules_aws, rules_gcp) for question in unasked(module)]


def broken(wrong: Break, urn: str = "") -> Judge:
    """The verdict on a profile's own inputs with one value changed."""
    store = Kept(rehearsed(wrong.profile).things)
    thing = store.of(wrong.token)[0]
    return judged(wrong.token.partition(":")[0], wrong.token, changed(thing, wrong, store), urn or thing.urn, store)


def judged(package: str, token: str, inputs: dict[str, Any], urn: str, store: Store) -> Judge:
    rules, judge = (rules_aws if package == "aws" else rules_gcp), Watching(inputs, urn)
    for rule in (*filter(None, [rules.RULES.get(token)]), *rules.EVERYWHERE):
        rule(judge, World(*WORLDS[package], store))
    return judge


def changed(thing: Thing, wrong: Break, store: Store) -> dict[str, Any]:
    """The inputs with the value in place; `{type}` in a list stands for the id of the first thing of the type."""
    inputs = deepcopy(thing.inputs)
    *above, last = wrong.path.split(".")
    place = inputs
    for name in above:
        place = place[name]
    place.pop(last, None)
    if wrong.value is not None:
        named = isinstance(wrong.value, list) and isinstance(wrong.value[0], str) and wrong.value[0].startswith("{")
        place[last] = [store.of(wrong.value[0].strip("{}"))[0].id] if named else wrong.value
    return inputs


def unasked(module: ModuleType) -> Iterator[str]:
    """The questions of a module's rules that refused nothing so far."""
    file = str(module.__file__)
    for node in ast.walk(ast.parse(Path(file).read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKING:
            lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            if getattr(node.func.value, "id", "") == "judge" and not any((file, line) in Watching.lines for line in lines):
                yield f"{module.__name__}:{node.lineno}: {ast.unparse(node)}"
