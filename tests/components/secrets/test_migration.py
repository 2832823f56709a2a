"""The plan of a migration: every step first, resumed where it stopped, and back."""

import pytest

from components.secrets.levels import SecretsLevel
from components.secrets.migration import Action, Stage, differences, digests, plan

NATIVE, SEALED, EXTERNAL, VAULT = SecretsLevel
WHOLE = ["make", "compare", "cut over", "confirm", "clean up"]
PLANS: dict[str, tuple[Stage, SecretsLevel, list[str]]] = {
    "Up a level.": (Stage(SEALED), EXTERNAL, WHOLE),
    "Down a level.": (Stage(VAULT), NATIVE, WHOLE),
    "To sealed without a key: escrow before anything else.": (Stage(NATIVE), SEALED, ["escrow", *WHOLE]),
    "Already there.": (Stage(SEALED), SEALED, []),
    "Interrupted before the cut: on from there.": (Stage(NATIVE, candidate=EXTERNAL), EXTERNAL, WHOLE),
    "Interrupted after the cut: confirm and clean up.": (Stage(SEALED, previous=NATIVE), SEALED, ["confirm", "clean up"]),
    "Given up before the cut.": (Stage(NATIVE, candidate=SEALED), NATIVE, ["give up"]),
    "Back after the cut.": (Stage(SEALED, previous=NATIVE), NATIVE, WHOLE),
}


@pytest.mark.parametrize(("now", "target", "actions"), PLANS.values(), ids=PLANS)
def test_plan(now: Stage, target: SecretsLevel, actions: list[str]) -> None:
    """4.08: the steps, from wherever an earlier run stopped."""
    assert actions == [step.action.value for step in plan(now, target, has_escrow=False)]


@pytest.mark.parametrize(
    "now", [now for now, target, actions in PLANS.values() if actions], ids=[name for name, case in PLANS.items() if case[2]]
)
def test_plan_ends_at_its_target(now: Stage) -> None:
    """4.08: whatever the start, the last step leaves the target alone in use."""
    for target in SecretsLevel:
        if now.candidate not in (None, target) and target is not now.level:
            continue
        steps = [step for step in plan(now, target, has_escrow=True) if step.stage]
        assert not steps or Stage(target) == steps[-1].stage


def test_both_back_ends_are_there_at_the_cut() -> None:
    """4.08: before the cut the new level is beside the old one, after it the old one beside the new."""
    stages = [step.stage for step in plan(Stage(NATIVE), VAULT, has_escrow=True) if step.stage]

    assert [Stage(NATIVE, candidate=VAULT), Stage(VAULT, previous=NATIVE), Stage(VAULT)] == stages


def test_nothing_is_cut_before_it_is_compared() -> None:
    """4.08: equality is proved before the old level lets go, and once more before its back end does."""
    actions = [step.action for step in plan(Stage(NATIVE), VAULT, has_escrow=True)]

    assert actions.index(Action.COMPARE) < actions.index(Action.CUT_OVER) < actions.index(Action.CONFIRM) < actions.index(Action.CLEAN_UP)


def test_a_migration_under_way_is_not_mixed_with_another() -> None:
    """A third level is refused, with the two ways on."""
    with pytest.raises(ValueError, match=r"finish it with --to sealed, or give it up with --to native"):
        plan(Stage(NATIVE, candidate=SEALED), VAULT, has_escrow=True)


def test_digests() -> None:
    """4.08: equal values have equal digests within a migration, and no value can be read from them; a key's name tells what differs."""
    one, other = {"password": "czNjcmV0", "url": "eA=="}, {"password": "czNjcmV1", "user": "eQ=="}
    before = digests("ab" * 32, "shop", "shop-database", one)

    assert [] == differences(before, digests("ab" * 32, "shop", "shop-database", one))
    assert ["shop/shop-database/password", "shop/shop-database/url", "shop/shop-database/user"] == differences(
        before, digests("ab" * 32, "shop", "shop-database", other)
    )
    assert before != digests("cd" * 32, "shop", "shop-database", one)
    assert "czNjcmV0" not in str(before)
