"""The decision of a level, against the table of requirements 4.3."""

import pytest

from components.secrets.decision import Decision, Situation, decide
from components.secrets.levels import CloudStore, SecretsEffort, SecretsLevel, secret_zero

NATIVE, SEALED, EXTERNAL, VAULT = SecretsLevel
HIGH = SecretsEffort.HIGH
TABLE: dict[str, tuple[Situation, SecretsLevel]] = {
    "One person on one cluster needs no more than native.": (Situation(), NATIVE),
    "GitOps asks for sealed.": (Situation(gitops=True), SEALED),
    "A second person asks for sealed.": (Situation(team_size=2), SEALED),
    "A large team on one cluster asks for sealed.": (Situation(team_size=40, gitops=True), SEALED),
    "A second cluster asks for external.": (Situation(clusters=2), EXTERNAL),
    "A second environment asks for external.": (Situation(environments=2), EXTERNAL),
    "Amazon's store asks for external.": (Situation(cloud=CloudStore.AWS), EXTERNAL),
    "Google's store asks for external.": (Situation(cloud=CloudStore.GOOGLE, gitops=True, team_size=5), EXTERNAL),
    "Compliance asks for vault.": (Situation(compliance=True), VAULT),
    "Credentials on demand ask for vault.": (Situation(dynamic=True), VAULT),
    "Compliance outweighs all else.": (Situation(9, 3, 3, True, CloudStore.AWS, True, False, 30, HIGH), VAULT),
    "A rotation period alone changes no level.": (Situation(rotation_days=30), NATIVE),
}


@pytest.mark.parametrize(("situation", "level"), TABLE.values(), ids=TABLE)
def test_table(situation: Situation, level: SecretsLevel) -> None:
    """4.01: the rules of 4.3: compliance or dynamic, else clusters or a store, else GitOps or a team, else native."""
    assert level is decide(situation).level


@pytest.mark.parametrize("situation", [situation for situation, _ in TABLE.values()], ids=TABLE)
def test_explained(situation: Situation) -> None:
    """4.01, 4.02: every decision has reasons, a reason against each other level, secret zero, cost and a next step."""
    decision = decide(situation)

    assert decision.reasons
    assert set(SecretsLevel) == {decision.level, *(level for level, _ in decision.rejected)}
    assert all(reason for _, reason in decision.rejected)
    assert secret_zero(decision.level, situation.cloud) == decision.secret_zero
    assert decision.cost
    assert f"migrate --to {decision.level.value}" in decision.next_step


def test_reasons_are_those_of_the_level() -> None:
    """4.01: what asked for a lower level is no reason for a higher one; each fact that asked for this one is."""
    decision = decide(Situation(team_size=5, gitops=True, clusters=2, environments=3))

    assert ["2 clusters", "3 environments"] == [reason.partition(":")[0] for reason in decision.reasons]


def test_rejections_say_why() -> None:
    """4.01: a lower level is rejected for what it cannot do, a higher one for what it costs."""
    reasons = dict(decide(Situation(gitops=True)).rejected)

    assert "manifests are delivered from Git" in reasons[NATIVE]
    assert "effort is high" in reasons[VAULT]


WARNED: dict[str, tuple[Situation, str]] = {
    "More effort than there is capacity for is warned of.": (Situation(compliance=True), "high, above the stated capacity low"),
    "A short period on a level without rotation is warned of.": (Situation(rotation_days=30), "rotates by hand"),
}


@pytest.mark.parametrize(("situation", "words"), WARNED.values(), ids=WARNED)
def test_warnings(situation: Situation, words: str) -> None:
    """4.3: never a level above the stated capacity without a warning."""
    assert words in " ".join(decide(situation).warnings)


def test_no_needless_warning() -> None:
    """A level within capacity whose rotation is its own affair warns of nothing."""
    assert () == decide(Situation(cloud=CloudStore.AWS, rotation_days=30, capacity=SecretsEffort.MEDIUM)).warnings


@pytest.mark.parametrize("name", ["team_size", "clusters", "environments", "rotation_days"])
def test_refused(name: str) -> None:
    """A number that cannot be is refused by its name, with what is allowed."""
    with pytest.raises(ValueError, match=f"{name}: given 0; allowed: a whole number from 1"):
        decide(Situation(**{name: 0}))


SECRET_ZERO = {
    (NATIVE, CloudStore.NONE): "passphrase",
    (SEALED, CloudStore.NONE): "private key",
    (EXTERNAL, CloudStore.NONE): "one bootstrap credential",
    (EXTERNAL, CloudStore.AWS): "Pod Identity",
    (EXTERNAL, CloudStore.GOOGLE): "Workload Identity",
    (VAULT, CloudStore.NONE): "5 key shares, 3 of which",
    (VAULT, CloudStore.AWS): "key service",
}


@pytest.mark.parametrize(("level", "cloud"), SECRET_ZERO)
def test_secret_zero(level: SecretsLevel, cloud: CloudStore) -> None:
    """4.02: every level names where its secret zero lives, with or without a cloud."""
    assert SECRET_ZERO[level, cloud] in secret_zero(level, cloud)


def test_decision_has_no_blank() -> None:
    """Nothing that the command prints is empty but for warnings."""
    decision: Decision = decide(Situation())

    assert not [name for name, value in vars(decision).items() if name != "warnings" and not value]
