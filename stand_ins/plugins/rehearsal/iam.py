"""A small IAM: what a policy document allows, by AWS' own evaluation of actions, resources and conditions."""

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from stand_ins.plugins.rehearsal.policies import as_list


def allows(policy: str, action: str, resource: str, context: Mapping[str, str] | None = None) -> bool:
    """Whether a request passes: some statement allows it, and none denies it. `context` is what conditions look at."""
    matching = [item for item in json.loads(policy)["Statement"] if _matches(item, action, resource, context or {})]
    return bool(matching) and all(item["Effect"] == "Allow" for item in matching)


def assumes(policy: str, service: str, action: str, context: Mapping[str, str] | None = None) -> bool:
    """Whether a trust policy lets a service do `action`."""
    return any(
        service in as_list(item["Principal"].get("Service")) and action in as_list(item["Action"]) and _holds(item, context or {})
        for item in json.loads(policy)["Statement"]
    )


def _matches(statement: dict[str, Any], action: str, resource: str, context: Mapping[str, str]) -> bool:
    """Actions are compared without case, resources with it; both know the wildcards * and ?."""
    actions = any(fnmatchcase(action.lower(), pattern.lower()) for pattern in as_list(statement["Action"]))
    resources = any(fnmatchcase(resource, pattern) for pattern in as_list(statement["Resource"]))
    return actions and resources and _holds(statement, context)


def _holds(statement: dict[str, Any], context: Mapping[str, str]) -> bool:
    """Every condition holds: a key that the request does not have fails it."""
    pairs = [pair for operator in statement.get("Condition", {}).values() for pair in operator.items()]
    return all(context.get(key) in as_list(wanted) for key, wanted in pairs)
