"""IAM policy documents: their shape, and no wildcard action on a wildcard resource. Pure."""

from collections.abc import Iterator
from typing import Any

STATEMENT_KEYS = frozenset({"Sid", "Effect", "Principal", "Action", "Resource", "Condition"})
"""What a statement may have; the `Not...` forms allow whatever nobody thought of, so they are refused here."""


def faults(document: dict[str, Any], trust: bool = False, of_key: bool = False) -> Iterator[str]:
    """What is wrong with a document: a permission policy, a role's `trust`, or the policy `of_key`."""
    if document.get("Version") != "2012-10-17":
        yield "Version must be 2012-10-17: the older language knows fewer variables"
    statements = document.get("Statement")
    if not isinstance(statements, list) or not statements:
        yield "Statement must be a list with at least one statement"
        return
    for statement in statements:
        yield from _statement(statement, trust, of_key)


def _statement(statement: dict[str, Any], trust: bool, of_key: bool) -> Iterator[str]:
    for key in sorted(statement.keys() - STATEMENT_KEYS):
        yield f"{key} is not allowed in a statement"
    if statement.get("Effect") not in ("Allow", "Deny"):
        yield "Effect must be Allow or Deny"
    actions, resources = as_list(statement.get("Action")), as_list(statement.get("Resource"))
    if not actions:
        yield "Action is missing"
    for action in actions:
        if action != "*" and ":" not in action:
            yield f"{action!r} is not a service and an action"
    if (trust or of_key) != ("Principal" in statement):
        yield "a trust or key policy names its Principal, a permission policy does not"
    if statement.get("Principal") in ("*", {"AWS": "*"}):
        yield "Principal is everybody"
    if trust == bool(resources):
        yield "a permission or key policy names its Resource, a trust policy does not"
    if statement.get("Effect") == "Allow" and not of_key and "*" in resources and any("*" in action for action in actions):
        yield f"allows {', '.join(actions)} on every resource"


def as_list(value: Any) -> list[str]:
    """IAM takes a text for a list of one."""
    return [value] if isinstance(value, str) else list(value or [])
