"""The policy pack: constructs policies, all rules are components/workload/rules.py."""

import sys
from pathlib import Path

# The engine starts a pack in its own directory; the rules live in the repository above it.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

from components.workload.rules import judge_across, judge_one
from policy.manifests import manifest


def check_object(args: ResourceValidationArgs, report: ReportViolation) -> None:
    """Judge one object by itself, before it is made."""
    found = manifest(args.resource_type, args.props)
    for finding in judge_one(found) if found else ():
        report(f"{finding.rule}: {finding.message}")


def check_stack(args: StackValidationArgs, report: ReportViolation) -> None:
    """Judge all objects of the stack together."""
    objects = [manifest(resource.resource_type, resource.props) for resource in args.resources]
    for finding in judge_across([found for found in objects if found]):
        report(f"{finding.rule}: {finding.subject['kind']} {finding.subject['metadata'].get('name')}: {finding.message}")


PolicyPack(
    name="causeway",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[
        ResourceValidationPolicy(name="workload-objects", description="Every object is right by itself.", validate=check_object),
        StackValidationPolicy(name="workload-stack", description="Objects fit together.", validate=check_stack),
    ],
)
