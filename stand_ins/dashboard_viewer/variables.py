"""A dashboard's variables: what they stand for, and putting them into a query."""

import re
from collections.abc import Callable, Mapping
from typing import Any

LabelValues = Callable[[str, str], list[str]]
"""(label, selector of series) to the label's values."""
_REFERENCE = re.compile(r"\$\{(\w+)(?::(\w+))?\}|\$(\w+)|\[\[(\w+)\]\]")
_LABEL_VALUES = re.compile(r"label_values\((?:(.+),\s*)?(\w+)\)", re.DOTALL)
EVERYTHING = ".*"


def choices(model: Mapping[str, Any], given: Mapping[str, str], label_values: LabelValues) -> dict[str, tuple[str, list[str]]]:
    """Variable to (its value, what else it could be): the one given, else the dashboard's own, else the first."""
    chosen: dict[str, tuple[str, list[str]]] = {}
    for variable in (model.get("templating") or {}).get("list") or []:
        name = variable["name"]
        values = {key: value for key, (value, _) in chosen.items()}
        options = _options(variable, values, label_values)
        value = given.get(name) or _default(variable, options)
        chosen[name] = (value, options)
    return chosen


def put_in(text: str, values: Mapping[str, str]) -> str:
    """`text` with `$name`, `${name}`, `${name:form}` and `[[name]]` replaced; what is no variable stays."""

    def replace(found: re.Match[str]) -> str:
        name = found.group(1) or found.group(3) or found.group(4)
        return values.get(name, found.group(0))

    return _REFERENCE.sub(replace, text)


def _options(variable: Mapping[str, Any], values: Mapping[str, str], label_values: LabelValues) -> list[str]:
    kind = variable.get("type")
    if kind == "query":
        query = variable.get("query") or variable.get("definition") or ""
        text = query if isinstance(query, str) else str(query.get("query") or "")
        found = _LABEL_VALUES.search(put_in(text, values))
        options = sorted(label_values(found.group(2), found.group(1) or "")) if found else []
    elif kind in ("custom", "interval"):
        options = [word.strip() for word in str(variable.get("query") or "").split(",") if word.strip()]
    else:
        options = []
    return [EVERYTHING, *options] if variable.get("includeAll") else options


def _default(variable: Mapping[str, Any], options: list[str]) -> str:
    current = (variable.get("current") or {}).get("value")
    value = current[0] if isinstance(current, list) and current else current
    if value == "$__all":
        return str(variable.get("allValue") or EVERYTHING)
    if isinstance(value, str) and value and (not options or value in options):
        return value
    if variable.get("type") == "constant":
        return str(variable.get("query") or "")
    return options[0] if options else ""
