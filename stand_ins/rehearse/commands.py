"""`causeway status`, `urls` and `secrets` on a rehearsed stack, as a user runs them, and a judgement of what they say."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workspace.home import REPOSITORY
from workspace.progress import Problem

COMMANDS = ("status", "urls", "secrets")
WORDS: Mapping[str, tuple[str, ...]] = {
    "status": ("status", "--wait", "120"),
    # Nothing answers behind a load balancer that is played.
    "urls": ("urls", "--no-check"),
    "secrets": ("secrets",),
}


def ask(environment: Mapping[str, str], state: Path, stack: str) -> str:
    """What the three commands found, in words; raises Problem where one fails or finds less than the stack has."""
    given = {**environment, "CAUSEWAY_HOME": str(state), "CAUSEWAY_STACK": stack}
    return judge({name: _run(given, *WORDS[name]) for name in COMMANDS})


def judge(found: Mapping[str, Mapping[str, Any]]) -> str:
    """The answers in words; raises Problem where a workload is ill, or there is no URL or secret at all."""
    urls, secrets = found["urls"]["urls"], found["secrets"]["secrets"]
    workloads = found["status"]["workloads"]
    ill = [f"{item['name']} is {item['state']}" for item in workloads if not item["healthy"]]
    missing = [name for name, items in (("workloads", workloads), ("URLs", urls), ("secrets", secrets)) if not items]
    if ill or missing:
        raise Problem("causeway: " + ", ".join([*ill, *(f"shows no {name}" for name in missing)]))
    return f"healthy workloads: {len(workloads)}, URLs: {len(urls)}, secrets: {len(secrets)}"


def _run(environment: Mapping[str, str], *words: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "cli", *words, "--json"]
    answer = subprocess.run(command, cwd=REPOSITORY, env=dict(environment), capture_output=True, text=True)
    try:
        found: dict[str, Any] = json.loads(answer.stdout)
    except ValueError:
        found = {"error": answer.stderr.strip() or f"ended with code {answer.returncode}"}
    if "error" in found:
        raise Problem(f"causeway {words[0]}: {found['error']}")
    return found
