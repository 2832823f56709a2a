"""The policy pack: constructs policies, all rules are those of components/workload/rules."""

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

from policy.judging import checks_across, checks_of, report_all
from policy.manifests import manifest


def check_object(args: ResourceValidationArgs, report: ReportViolation) -> None:
    """Judge one object by itself, before it is made."""
    if found := manifest(args.resource_type, args.props):
        report_all(checks_of(found), report)


def check_stack(args: StackValidationArgs, report: ReportViolation) -> None:
    """Judge all objects of the stack together."""
    objects = [manifest(resource.resource_type, resource.props) for resource in args.resources]
    report_all(checks_across([found for found in objects if found]), report)


PolicyPack(
    name="causeway",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[
        ResourceValidationPolicy(
            name="workload-objects",
            description="Every object is right by itself (docs/policy-pack.md).",
            validate=check_object,
        ),
        StackValidationPolicy(name="workload-stack", description="Objects fit together (docs/policy-pack.md).", validate=check_stack),
    ],
)
