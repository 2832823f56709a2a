"""Who may do what in a rehearsed stack, as plain rows: one for each action of each policy, and for each grant."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from stand_ins.plugins.rehearsal.policies import as_list
from stand_ins.plugins.rehearsal.store import Thing


class Right(NamedTuple):
    """`who` may do `action` on `what`, under conditions on the keys in `when`."""

    who: str
    action: str
    what: str
    when: tuple[str, ...] = ()


def rights(things: list[Thing]) -> set[Right]:
    """Every right that the stack itself writes down: inline policies, key policies and trusts at AWS, grants at Google."""
    return {right for thing in things for right in _of(thing)}


def managed(things: list[Thing]) -> set[tuple[str, str]]:
    """(role, policy) of AWS' own policies that the stack attaches."""
    attached = [thing.inputs for thing in things if thing.token == "aws:iam/rolePolicyAttachment:RolePolicyAttachment"]
    return {(given["role"], given["policyArn"].rpartition("/")[2]) for given in attached}


def _of(thing: Thing) -> Iterator[Right]:
    given = thing.inputs
    if thing.token == "aws:iam/rolePolicy:RolePolicy":
        yield from _rows(given["policy"], who=given["role"])
    elif thing.token == "aws:iam/role:Role":
        yield from _rows(given["assumeRolePolicy"], what=given["name"])
    elif thing.token == "aws:kms/key:Key":
        yield from _rows(given["policy"], what=thing.urn.rpartition("::")[2])
    elif "member" in given:
        on = next(given[key] for key in ("secretId", "repository", "cryptoKeyId", "project") if key in given)
        yield Right(given["member"], given["role"], on.rpartition("/")[2])


def _rows(document: str, who: str = "", what: str = "") -> Iterator[Right]:
    for statement in json.loads(document)["Statement"]:
        assert statement["Effect"] == "Allow", "a table of rights cannot show what is denied"
        when = tuple(sorted(key for keys in statement.get("Condition", {}).values() for key in keys))
        for action in as_list(statement["Action"]):
            for resource in [what] if what else as_list(statement["Resource"]):
                for principal in _principals(statement, who):
                    yield Right(principal, action, resource, when)


def _principals(statement: dict[str, Any], who: str) -> list[str]:
    named = [name for names in statement.get("Principal", {}).values() for name in as_list(names)]
    return named or [who]
