"""Which level fits: the rules of requirements 4.3 as a function, with reasons, rejections and warnings. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from .levels import LEVELS, CloudStore, SecretsEffort, SecretsLevel, secret_zero

_ORDER = tuple(SecretsLevel)
_CAPACITY = tuple(SecretsEffort)
UNATTENDED_DAYS = 90
"""Shorter periods are forgotten where people have to think of them (API keys: 90 days, requirements 4.4)."""


@dataclass(frozen=True)
class Situation:
    """What is known about a team and its platform."""

    team_size: int = 1
    clusters: int = 1
    environments: int = 1
    gitops: bool = False
    """Are manifests, secrets among them, delivered from Git?"""
    cloud: CloudStore = CloudStore.NONE
    compliance: bool = False
    """Does anybody audit who read what and when?"""
    dynamic: bool = False
    """Are credentials to be made on demand, for a short while?"""
    rotation_days: int | None = None
    """Longest age of a value; None where nobody asked for one."""
    capacity: SecretsEffort = SecretsEffort.LOW
    """What the team can spend on running it."""


@dataclass(frozen=True)
class Decision:
    """The level that fits, and everything that one should know before taking it."""

    level: SecretsLevel
    reasons: tuple[str, ...]
    rejected: tuple[tuple[SecretsLevel, str], ...]
    secret_zero: str
    effort: SecretsEffort
    cost: str
    rotation: str
    next_step: str
    warnings: tuple[str, ...]


def decide(situation: Situation) -> Decision:
    """The lowest level that does all that is asked.

    Raises ValueError, by the name of the input, for a number that cannot be.
    """
    _refuse(situation)
    asked = list(_asked(situation))
    level = max((level for level, _ in asked), key=_ORDER.index, default=SecretsLevel.NATIVE)
    reasons = tuple(reason for wanted, reason in asked if wanted is level)
    facts = LEVELS[level]
    return Decision(
        level=level,
        reasons=reasons or ("one person, one cluster, nothing delivered from Git: more would be work without a gain",),
        rejected=tuple((other, _rejection(other, level, asked)) for other in _ORDER if other is not level),
        secret_zero=secret_zero(level, situation.cloud),
        effort=facts.effort,
        cost=facts.cost,
        rotation=facts.rotation,
        next_step=_next_step(level),
        warnings=tuple(_warnings(situation, level)),
    )


def _refuse(situation: Situation) -> None:
    for name, least in (("team_size", 1), ("clusters", 1), ("environments", 1), ("rotation_days", 1)):
        value = getattr(situation, name)
        if value is not None and value < least:
            raise ValueError(f"{name}: given {value}; allowed: a whole number from {least}")


def _asked(situation: Situation) -> Iterator[tuple[SecretsLevel, str]]:
    """Each fact that asks for a level, with the level."""
    if situation.compliance:
        yield SecretsLevel.VAULT, "an audit asks who read what and when: only Vault writes every read down"
    if situation.dynamic:
        yield SecretsLevel.VAULT, "credentials are to be made on demand and to expire: only Vault has leases"
    if situation.clusters > 1:
        yield SecretsLevel.EXTERNAL, f"{situation.clusters} clusters: one source outside them, instead of a key for each"
    if situation.environments > 1:
        yield SecretsLevel.EXTERNAL, f"{situation.environments} environments: values are kept apart by the store's own access rights"
    if situation.cloud is not CloudStore.NONE:
        yield SecretsLevel.EXTERNAL, "the cloud has a store already, and knows pods by their identity: no stored credential"
    if situation.gitops:
        yield SecretsLevel.SEALED, "manifests are delivered from Git, where a plain Secret may never be"
    if situation.team_size > 1:
        yield SecretsLevel.SEALED, f"{situation.team_size} people: anyone can seal, nobody has to hand values around"


def _rejection(other: SecretsLevel, level: SecretsLevel, asked: list[tuple[SecretsLevel, str]]) -> str:
    if _ORDER.index(other) > _ORDER.index(level):
        return f"nothing asks for it, and its effort is {LEVELS[other].effort.value}: it serves {LEVELS[other].serves}"
    first = next(reason for wanted, reason in asked if wanted is level)
    return f"does not do what is asked: {first}"


def _next_step(level: SecretsLevel) -> str:
    above = _ORDER[_ORDER.index(level) + 1 :]
    now = f"causeway secrets migrate --to {level.value}"
    return f"{now}; climb to {above[0].value} once this comes up: {LEVELS[above[0]].serves}" if above else f"{now}; there is no level above"


def _warnings(situation: Situation, level: SecretsLevel) -> Iterator[str]:
    effort = LEVELS[level].effort
    if _CAPACITY.index(effort) > _CAPACITY.index(situation.capacity):
        yield f"its effort is {effort.value}, above the stated capacity {situation.capacity.value}: find somebody, or drop what asks for it"
    days = situation.rotation_days
    if days and days < UNATTENDED_DAYS and level in (SecretsLevel.NATIVE, SecretsLevel.SEALED):
        yield f"values are to be at most {days} days old, and this level rotates by hand: put causeway secrets rotate on a schedule"
