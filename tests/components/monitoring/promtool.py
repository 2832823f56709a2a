"""Generated promtool tests: a rule, what happens, and whether the alert fires; many of them in one run."""

import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.monitoring.alerts import SCHEDULE_START, schedule_rule
from components.monitoring.owners import TARGETS, owner_rules

MINUTE = 60
"""Seconds."""
KSM = 'job="kube-state-metrics"'
OWNER = {"team": "shop", "service": "web"}
MINUTES = 90
STEP = "1m"


def steady(value: float) -> str:
    """A series that keeps its value."""
    return f"{value:.10g}+0x{MINUTES}"


@dataclass(frozen=True)
class Case:
    """What makes one alert fire and what does not; the numbers are those of the requirements, not read from the rule."""

    hold: int
    """Minutes that the condition must last."""
    labels: Mapping[str, str]
    """All labels of the alert when it fires."""
    fires: tuple[Mapping[str, str], ...]
    """Stories that fire: series to values."""
    silent: tuple[Mapping[str, str], ...]
    """Near misses."""
    always: Mapping[str, str]
    """Series of every story."""
    starts: int = 0
    """Minute in which the condition of a story that fires begins to hold."""


def judge(promtool: Path, folder: Path, wanted: Sequence[tuple[Case, Sequence[Mapping[str, Any]]]]) -> list[list[str]]:
    """For each case and each version of its rule: what promtool has against it, nothing where the rule tells the story.

    All versions of a rule live through the same story at once, each under a name of its own: a story costs a database.
    """
    names = []
    for index, (case, versions) in enumerate(wanted):
        rules = [{**rule, "alert": _name(number)} for number, rule in enumerate(versions)]
        rules_file, test_file = f"{index}.rules.json", f"{index}.test.json"
        (folder / rules_file).write_text(json.dumps({"groups": [_owners(versions), {"name": "alert", "rules": rules}]}))
        (folder / test_file).write_text(json.dumps(_document(case, len(rules), rules_file)))
        names.append(test_file)
    environment = os.environ | {"TMPDIR": str(folder)}
    command = [promtool, "test", "rules", *names]
    answer = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    _, *parts = re.split(r"^Unit Testing:  \d+\.test\.json$", answer.stdout, flags=re.MULTILINE)
    assert len(names) == len(parts), answer.stdout
    return [[_objection(part, number) for number in range(len(versions))] for part, (_, versions) in zip(parts, wanted, strict=True)]


def _name(number: int) -> str:
    return f"Version{number}"


def _owners(versions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The recording rules that some version needs, and those that they need."""
    rules = owner_rules()
    text = "".join(rule["expr"] for rule in versions)
    if TARGETS in text:
        text += rules[-1]["expr"]
    needed = [rule for rule in rules if rule["record"] in text]
    return {"name": "owners", "rules": [*needed, *([schedule_rule()] if SCHEDULE_START in text else [])]}


def _objection(part: str, number: int) -> str:
    if part.strip() == "SUCCESS":
        return ""
    assert part.strip().startswith("FAILED:\n    expr:"), part
    objections = re.split(r"^    (?=expr: )", part, flags=re.MULTILINE)[1:]
    return "".join(objection for objection in objections if f'alertname=\\"{_name(number)}\\"' in objection.splitlines()[0])


def _document(case: Case, versions: int, rules_file: str) -> dict[str, Any]:
    """A promtool test file: silent until the hold is over, then firing with these labels; silent through each near miss."""
    firing = case.starts + case.hold
    moments: list[tuple[int, Mapping[str, str] | None]] = [(firing, case.labels)]
    if firing > 0:
        moments.insert(0, (firing - 1, None))
    tests = [_test({**case.always, **story}, versions, moments) for story in case.fires]
    tests += [_test({**case.always, **story}, versions, [(firing + 1, None)]) for story in case.silent]
    return {"rule_files": [rules_file], "evaluation_interval": STEP, "group_eval_order": ["owners", "alert"], "tests": tests}


def _test(series: Mapping[str, str], versions: int, moments: Sequence[tuple[int, Mapping[str, str] | None]]) -> dict[str, Any]:
    return {
        "interval": STEP,
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [_check(_name(number), minute, labels) for number in range(versions) for minute, labels in moments],
    }


def _check(alert: str, minute: int, labels: Mapping[str, str] | None) -> dict[str, Any]:
    samples = []
    if labels is not None:
        named = {"alertname": alert, "alertstate": "firing", **labels}
        samples = [{"labels": f"ALERTS{{{','.join(f'{key}={json.dumps(value)}' for key, value in named.items())}}}", "value": 1}]
    return {"expr": f'ALERTS{{alertname="{alert}",alertstate="firing"}}', "eval_time": f"{minute}m", "exp_samples": samples}
