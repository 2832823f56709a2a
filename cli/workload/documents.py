"""Workloads in YAML: reading inputs strictly, writing manifests so that every reader of YAML sees the same values."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from cli.refusal import Refused
from components._yaml import write

__all__ = ["STANDARD_INPUT", "read", "read_text", "read_workloads", "write"]

STANDARD_INPUT = "-"


class _Loader(yaml.SafeLoader):
    """Takes no key twice, and none that is not text: `on` and `no` are truth values to YAML."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = True) -> dict[Any, Any]:  # noqa: ARG002
        seen: set[str] = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise _refusal(key_node, f"key {key_node.value} is no text: put it in quotes")
            if key in seen:
                raise _refusal(key_node, f"key {key} is there twice")
            seen.add(key)
        return super().construct_mapping(node, deep=True)


def _refusal(node: yaml.Node, problem: str) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


def read_text(file: str) -> str:
    """The text of a file, or of standard input for `-`."""
    try:
        return sys.stdin.read() if file == STANDARD_INPUT else Path(file).read_text()
    except UnicodeDecodeError:
        raise Refused(f"{file}: is no UTF-8 text") from None


def read(text: str, source: str) -> list[dict[str, Any]]:
    """The documents of a YAML text, empty ones left out; raises Refused, with the line, for what is no mapping."""
    try:
        documents = [document for document in yaml.load_all(text, Loader=_Loader) if document is not None]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}" if mark else "the end"
        raise Refused(f"{source}: {where}: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise Refused(f"{source}: is no YAML: {' '.join(str(error).split())}") from None
    if not documents:
        raise Refused(f"{source}: is empty: give a document for each workload")
    for number, document in enumerate(documents, start=1):
        if not isinstance(document, dict):
            raise Refused(f"{source}: document {number}: expects a mapping, got {type(document).__name__}")
    return documents


def read_workloads(text: str, source: str) -> list[tuple[str, dict[str, Any]]]:
    """The name and inputs of each workload; raises Refused with a line for each document that names none, or one named before."""
    found: list[tuple[str, dict[str, Any]]] = []
    problems: list[str] = []
    for number, document in enumerate(read(text, source), start=1):
        inputs = dict(document)
        name = inputs.pop("name", None)
        if problem := _name_problem(name, inputs, found):
            problems.append(f"{source}: document {number}: {problem}")
        else:
            found.append((name, inputs))
    if problems:
        raise Refused("\n".join(problems))
    return found


def _name_problem(name: Any, inputs: Mapping[str, Any], before: Iterable[tuple[str, Mapping[str, Any]]]) -> str | None:
    if not isinstance(name, str) or not name:
        return "name: is required: the workload's name, as text"
    if any((name, inputs.get("namespace", "default")) == (other, others.get("namespace", "default")) for other, others in before):
        return f"name: '{name}' is there twice: a workload has one document"
    if "platform" in inputs:
        return "platform: is what the target decides: drop it, and give --platform"
    return None
