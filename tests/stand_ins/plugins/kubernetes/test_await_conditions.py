"""pulumi.com/waitFor expressions."""

import pytest

from stand_ins.plugins.kubernetes import await_conditions

ITEM = {
    "status": {"phase": "Running", "items": [{"name": "a"}, {"name": "b"}], "count": 3, "conditions": [{"type": "Good", "status": "True"}]},
    "metadata": {"annotations": {"example.com/x": "y"}},
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("jsonpath={.status.phase}=Running", True),
        ("jsonpath={.status.phase}=Failed", False),
        ("jsonpath={.status.phase}", True),
        ("jsonpath={.status.missing}", False),
        ("jsonpath={.status.items[1].name}=b", True),
        ("jsonpath={.status.items[*].name}=a", True),
        ("jsonpath={.status.count}=3", True),
        ("jsonpath={.metadata.annotations.example\\.com/x}=y", True),
        ("jsonpath={.metadata.annotations['example.com/x']}=y", True),
        ("condition=Good", True),
        ("condition=Good=False", False),
        ("condition=Other", False),
    ],
)
def test_expressions(expression: str, expected: bool) -> None:
    """Expressions mean what they mean to `kubectl wait`."""
    assert expected is await_conditions.satisfied(ITEM, expression)


def test_all_of_a_list_must_hold() -> None:
    """A JSON list waits for every entry and names those that are missing."""
    wanted = await_conditions.expressions('["condition=Good", "condition=Other"]')

    verdict = await_conditions.verdict(ITEM, wanted)

    assert (False, "Waiting for condition=Other") == (verdict.ready, verdict.waiting)


@pytest.mark.parametrize("value", ["phase=Running", "[]", "jsonpath=.status", "jsonpath={.status[?(@.a)]}"])
def test_bad_expressions(value: str) -> None:
    """What is not understood is refused instead of waited for in vain."""
    with pytest.raises(ValueError, match=r"condition|jsonpath|understood"):
        await_conditions.expressions(value)
