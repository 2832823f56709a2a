"""Workloads in YAML: reading inputs strictly, writing manifests so that every reader of YAML sees the same values."""

from collections.abc import Iterable, Mapping
from typing import Any

from cli.refusal import Refused
from components._texts import one_line
from components._yaml import write
from workspace.documents import parse_yaml, read_text

__all__ = ["read", "read_text", "read_workloads", "write"]


def read(text: str, source: str) -> list[dict[str, Any]]:
    """The documents of a YAML text, empty ones left out; raises Refused or Unreadable, with the line, for what is no mapping."""
    documents = [document for document in parse_yaml(text, source) if document is not None]
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
        return f"name: '{one_line(name)}' is there twice: a workload has one document"
    if "platform" in inputs:
        return "platform: is what the target decides: drop it, and give --platform"
    return None
