"""Rules that a workload may break, each with a reason: the same words that the policy pack reads on an object."""

from collections.abc import Iterator, Sequence

from .._inputs import Problem, nearest
from .._kit import Manifest
from .model import Workload
from .rules import names
from .rules.model import ALLOWED, Finding


def unneeded(workload: Workload, findings: Sequence[Finding]) -> Iterator[Problem]:
    """Exceptions from no rule, without a reason, or that nothing needs: an exception that nobody uses hides the next mistake."""
    rules = sorted(set(names()))
    broken = {finding.rule for finding in findings}
    for rule, reason in workload.inputs["exceptions"].items():
        path = f"exceptions.{rule}"
        if rule not in rules:
            yield Problem(path, f"there is no such rule{nearest(rule, rules)}; there are {', '.join(rules)}")
        elif not reason.strip():
            yield Problem(path, "gives no reason: say why the rule does not hold here")
        elif rule not in broken:
            yield Problem(path, "is not needed, for nothing breaks that rule: drop it")


def explained(workload: Workload, objects: Sequence[Manifest], findings: Sequence[Finding]) -> list[Manifest]:
    """The objects, each that breaks a rule with the reason why it may."""
    return [_annotated(made, reasons) if (reasons := _reasons(workload, made, findings)) else made for made in objects]


def _reasons(workload: Workload, made: Manifest, findings: Sequence[Finding]) -> dict[str, str]:
    broken = [finding.rule for finding in findings if finding.subject is made]
    return {f"{ALLOWED}{rule}": workload.inputs["exceptions"][rule] for rule in broken}


def _annotated(made: Manifest, annotations: dict[str, str]) -> Manifest:
    metadata = made["metadata"]
    return {**made, "metadata": {**metadata, "annotations": {**metadata.get("annotations", {}), **annotations}}}
