"""`causeway workload render`: the manifests of some workloads, as `pulumi up` would make them, for Argo CD to apply."""

import json
import sys
from pathlib import Path
from typing import Any

import pulumi

from cli.refusal import Refused
from cli.workload import documents
from components.workload import render
from platforms.profile import Profile, profile
from stack.settings import Settings, parse
from workspace.documents import read_config
from workspace.home import REPOSITORY


def run(file: str, platform: str, namespace: str | None) -> int:
    """Print the manifests of every workload in the file; raises Refused with a line for each mistake in any of them."""
    workloads = documents.read_workloads(documents.read_text(file), file)
    target = profile(stack_settings(platform))
    sys.stdout.write(documents.write(manifests(workloads, target, namespace)))
    return 0


def manifests(workloads: list[tuple[str, dict[str, Any]]], target: Profile, namespace: str | None = None) -> list[dict[str, Any]]:
    """The objects of all workloads on one target, in the order in which they are applied."""
    made: list[dict[str, Any]] = []
    problems: list[str] = []
    for name, inputs in workloads:
        try:
            made += render(name, target.apply({**({"namespace": namespace} if namespace else {}), **inputs}))
        except pulumi.InputPropertiesError as refused:
            problems.append(refused.message)
    if problems:
        raise Refused("\n".join(problems))
    return made


def stack_settings(platform: str, repository: Path = REPOSITORY) -> Settings:
    """The settings of stack `platform`: its file over what Pulumi.yaml declares, without what is encrypted; raises Refused, Unreadable."""
    declared = read_config(repository / "Pulumi.yaml")
    given = read_config(repository / f"Pulumi.{platform}.yaml")
    readable = {key: value for key, value in given.items() if not (isinstance(value, dict) and "secure" in value)}
    values = {key: entry["default"] for key, entry in declared.items() if isinstance(entry, dict) and "default" in entry} | readable
    try:
        return parse({key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()})
    except pulumi.RunError as refused:
        raise Refused("\n".join(f"Pulumi.{platform}.yaml: {line}" for line in str(refused).splitlines())) from None
