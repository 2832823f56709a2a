"""Judging a stack's objects rule by rule: what is not known yet, or allowed with a reason, holds up no other rule."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from pulumi_policy.proxy import UnknownValueError

from components.workload.rules import ACROSS, rules_of
from components.workload.rules.model import ALLOWED

Manifest = dict[str, Any]
Check = Callable[[], Iterator[str]]


def checks_of(found: Manifest) -> Iterator[Check]:
    """The rules over one object, each by itself."""
    for rule in rules_of(found["kind"]):
        if not is_allowed(found, rule.name):
            yield partial(_one, rule.name, rule.check, found)


def checks_across(objects: Sequence[Manifest]) -> Iterator[Check]:
    """The rules over all objects of a stack, each by itself."""
    for rule in ACROSS:
        yield partial(_across, rule.name, rule.check, objects)


def report_all(checks: Iterable[Check], report: Callable[[str], Any]) -> None:
    """Report what every check finds.

    Raises UnknownValueError at the end where a check met a value that only the update will know: Pulumi turns it into advice.
    """
    unknown: UnknownValueError | None = None
    for check in checks:
        try:
            for message in check():
                report(message)
        except UnknownValueError as error:
            unknown = error
    if unknown:
        raise unknown


def is_allowed(found: Manifest, rule: str) -> bool:
    """Whether the object says why the rule does not hold for it."""
    annotations: Mapping[str, Any] = found["metadata"].get("annotations") or {}
    return bool(str(annotations.get(f"{ALLOWED}{rule}") or "").strip())


def _one(name: str, check: Callable[[Manifest], Iterator[str]], found: Manifest) -> Iterator[str]:
    for message in check(found):
        yield f"{name}: {message}"


def _across(name: str, check: Callable[[Sequence[Manifest]], Iterator[tuple[Manifest, str]]], objects: Sequence[Manifest]) -> Iterator[str]:
    for subject, message in check(objects):
        if not is_allowed(subject, name):
            yield f"{name}: {subject['kind']} {subject['metadata'].get('name')}: {message}"
