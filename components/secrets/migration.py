"""Moving from one level to another: every step before the first is taken, and equality by digest, never by value. Pure."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from .levels import SecretsLevel

Digests = dict[str, str]
"""`<namespace>/<secret>/<key>` to the digest of its value, keyed by chance for one migration."""


class Stage(NamedTuple):
    """What the stack's settings say of the ladder."""

    level: SecretsLevel
    candidate: SecretsLevel | None = None
    previous: SecretsLevel | None = None


class Action(str, Enum):
    """What a step does."""

    ESCROW = "escrow"
    MAKE = "make"
    COMPARE = "compare"
    CUT_OVER = "cut over"
    CONFIRM = "confirm"
    CLEAN_UP = "clean up"
    GIVE_UP = "give up"


@dataclass(frozen=True)
class Step:
    """One step: what it does, in words, and the settings that it leaves, None where it only looks."""

    action: Action
    text: str
    stage: Stage | None = None


def plan(now: Stage, target: SecretsLevel, has_escrow: bool) -> list[Step]:
    """The steps from `now` to `target`; what an interrupted run has done is not planned again. None where there is nothing to do.

    Raises ValueError where another migration is under way.
    """
    if now.candidate and now.candidate is not target:
        if target is now.level:
            text = f"remove the candidates of level {now.candidate.value}; level {target.value} was in use all the time"
            return [Step(Action.GIVE_UP, text, Stage(target))]
        raise ValueError(
            f"a migration from {now.level.value} to {now.candidate.value} is under way: "
            f"finish it with --to {now.candidate.value}, or give it up with --to {now.level.value}"
        )
    if target is now.level:
        return [_confirm(target), _clean_up(target, now.previous)] if now.previous else []
    escrow = [Step(Action.ESCROW, "make the sealing key, in escrow before it seals anything")]
    return [*(escrow if target is SecretsLevel.SEALED and not has_escrow else []), *_whole(now.level, target)]


def _whole(level: SecretsLevel, target: SecretsLevel) -> list[Step]:
    return [
        Step(
            Action.MAKE,
            f"make the back end of level {target.value}, and every Secret a second time beside the first; level {level.value} stays in use",
            Stage(level, candidate=target),
        ),
        Step(Action.COMPARE, "compare both, key by key, by a digest"),
        Step(
            Action.CUT_OVER,
            f"let level {target.value} take the Secrets over under their own names; no workload changes, none restarts",
            Stage(target, previous=level),
        ),
        _confirm(target),
        _clean_up(target, level),
    ]


def _confirm(target: SecretsLevel) -> Step:
    return Step(Action.CONFIRM, f"confirm, by the same digests, that what level {target.value} made is what was there")


def _clean_up(target: SecretsLevel, previous: SecretsLevel) -> Step:
    what = "nothing runs for level native" if previous is SecretsLevel.NATIVE else f"remove the back end of level {previous.value}"
    return Step(Action.CLEAN_UP, what, Stage(target))


def digests(salt: str, namespace: str, secret: str, data: Mapping[str, str]) -> Digests:
    """The digests of a Secret's data; `salt` makes them useless to whoever would try guesses."""
    return {
        f"{namespace}/{secret}/{key}": hmac.digest(bytes.fromhex(salt), value.encode(), hashlib.sha256).hex() for key, value in data.items()
    }


def differences(before: Digests, after: Digests) -> list[str]:
    """The keys, by name, that are missing, new, or another value."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
