"""From facts to findings, and findings on the screen or as JSON."""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli import output
from cli.doctor import gather, machine
from cli.doctor.cloud import judge_cloud
from cli.doctor.cluster import judge_cluster
from cli.doctor.facts import Facts
from cli.doctor.finding import Finding, Verdict
from cli.doctor.state import judge_local_cluster, judge_state
from cli.doctor.tools import judge_pulumi, judge_registry, judge_tool
from workspace.home import Home

STYLES = {Verdict.PASS: "green", Verdict.WARN: "yellow", Verdict.FAIL: "bold red"}


@dataclass(frozen=True)
class Check:
    """A finding and the heading that it stands under."""

    group: str
    finding: Finding


def run(target: str, as_json: bool) -> int:
    """Check, print, and return the exit code: 1 when a check fails."""
    with Console(file=sys.stderr, quiet=as_json or not sys.stderr.isatty()).status("checking"):
        checks = judge(gather.look(target, Home.load()))
    failed = any(check.finding.verdict is Verdict.FAIL for check in checks)
    if as_json:
        listed = [{"group": check.group, **asdict(check.finding)} for check in checks]
        output.print_json({"target": target, "healthy": not failed, "checks": listed})
    else:
        print_checks(output.console(), checks)
    return 1 if failed else 0


def judge(facts: Facts) -> list[Check]:
    """Every check in the order in which things depend on each other; a cloud target has the common ones."""
    tools = [judge_tool(tool) for tool in facts.tools]
    common = {
        "machine": machine.common(facts.machine),
        "tools": tools,
        "Pulumi": judge_pulumi(facts.pulumi),
        "registries": [judge_registry(registry) for registry in facts.registries],
    }
    if facts.target != "minikube":
        assert facts.cloud, "gather.look asks the cloud for a cloud target"
        return _checks({facts.target.upper(): judge_cloud(facts.target, facts.cloud), **common})
    here = {
        "local cluster's needs": machine.local(facts.machine),
        "cluster": [*judge_local_cluster(facts.state.local), *judge_cluster(facts.cluster)],
        "this checkout": judge_state(facts.state),
    }
    return _checks(common | here)


def _checks(groups: dict[str, list[Finding]]) -> list[Check]:
    return [Check(group, finding) for group, findings in groups.items() for finding in findings]


def print_checks(target: Console, checks: Sequence[Check]) -> None:
    """Group by group, a line for each check and one for each fix, and the count at the end."""
    width = max(len(check.finding.name) for check in checks)
    for group, members in groupby(checks, key=lambda check: check.group):
        output.print_title(target, group.capitalize() if group.islower() else group)
        for check in members:
            _print_finding(target, check.finding, width)
    counts = Counter(check.finding.verdict for check in checks)
    output.print_line(target)
    output.print_line(target, ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict))


def _print_finding(target: Console, finding: Finding, width: int) -> None:
    """What was found may be wrapped by a terminal; a fix is never broken, so that it can be copied."""
    head = Text.assemble("  ", (finding.verdict.value, STYLES[finding.verdict]), "  ", finding.name.ljust(width), "  ")
    if target.is_terminal:
        line = Table.grid()
        line.add_column(width=len(head))
        line.add_column(overflow="fold")
        line.add_row(head, finding.found)
        target.print(line)
    else:
        output.print_line(target, head + Text(finding.found))
    if finding.fix:
        output.print_line(target, Text.assemble(" " * 8, ("fix: ", "bold"), finding.fix))
