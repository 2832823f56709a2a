"""`pulumi.com/waitFor`: conditions and JSONPath expressions in kubectl's notation."""

import re
from typing import Any

import orjson

from stand_ins.plugins.kubernetes.await_rules import READY, Verdict, condition

WAIT_FOR = "pulumi.com/waitFor"
JSONPATH, CONDITION = "jsonpath=", "condition="
BRACES = re.compile(r"^\{(?P<path>.*)\}(?:={1,2}(?P<value>.*))?$", re.DOTALL)
STEP = re.compile(r"\.?(?P<key>(?:\\.|[^.\[\]\\])+)|\[(?P<index>\d+|\*)\]|\[['\"](?P<quoted>[^'\"]+)['\"]\]")


def expressions(value: str) -> list[str]:
    """The annotation's value: one expression or a JSON list of them."""
    try:
        parsed = orjson.loads(value)
    except orjson.JSONDecodeError:
        parsed = value
    found = [parsed] if isinstance(parsed, str) else parsed
    if not isinstance(found, list) or not found:
        raise ValueError("at least one condition must be specified")
    for expression in found:
        if not isinstance(expression, str) or not expression.startswith((JSONPATH, CONDITION)):
            raise ValueError(f'{WAIT_FOR}: expected a "jsonpath=" or "condition=" prefix, got "{expression}"')
        if expression.startswith(JSONPATH):
            parse(expression)
    return found


def verdict(item: dict[str, Any], wanted: list[str]) -> Verdict:
    missing = [expression for expression in wanted if not satisfied(item, expression)]
    return Verdict(waiting=f"Waiting for {', '.join(missing)}") if missing else READY


def satisfied(item: dict[str, Any], expression: str) -> bool:
    if expression.startswith(CONDITION):
        kind, _, state = expression.removeprefix(CONDITION).partition("=")
        return str(condition(item, kind).get("status", "")).lower() == (state or "True").lower()
    steps, value = parse(expression)
    found = values(item, steps)
    return bool(found) if value is None else any(text(entry) == value for entry in found)


def parse(expression: str) -> tuple[list[str | int], str | None]:
    """`jsonpath={.status.phase}=Running` as its steps and the wanted value (None: it need only exist)."""
    match = BRACES.match(expression.removeprefix(JSONPATH).strip())
    if not match:
        raise ValueError(f"{WAIT_FOR}: {expression!r} is not of the form jsonpath={{.path}}=value")
    path, steps, position = match["path"], list[str | int](), 0
    while position < len(path):
        step = STEP.match(path, position)
        if not step:
            raise ValueError(f"{WAIT_FOR}: {path[position:]!r} in {expression!r} is not understood")
        if step["index"]:
            steps.append("*" if step["index"] == "*" else int(step["index"]))
        else:
            steps.append(step["quoted"] or re.sub(r"\\(.)", r"\1", step["key"]))
        position = step.end()
    wanted = match["value"]
    return steps, None if wanted is None else str(wanted).strip("\"'")


def values(item: Any, steps: list[str | int]) -> list[Any]:
    found = [item]
    for step in steps:
        found = [child for entry in found for child in children(entry, step)]
    return found


def children(entry: Any, step: str | int) -> list[Any]:
    if step == "*":
        return list(entry.values() if isinstance(entry, dict) else entry) if isinstance(entry, (dict, list)) else []
    if isinstance(step, int):
        return entry[step : step + 1] if isinstance(entry, list) else []
    return [entry[step]] if isinstance(entry, dict) and step in entry else []


def text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
