"""`causeway status`, `urls` and `secrets` on a rehearsed stack, as a user runs them, and a judgement of what they say."""

import json
import subprocess
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from local.home import REPOSITORY
from local.progress import Problem

COMMANDS = ("status", "urls", "secrets")
WORDS: Mapping[str, tuple[str, ...]] = {
    "status": ("status", "--wait", "120"),
    # Nothing answers behind a load balancer that is played.
    "urls": ("urls", "--no-check"),
    "secrets": ("secrets",),
}


def ask(environment: Mapping[str, str], state: Path, stack: str, left: Collection[str] = ()) -> str:
    """What the three commands found, in words; raises Problem where one fails or finds less than the stack has.

    Workloads that are `left` to Argo CD, which is not played, are not there to be waited for.
    """
    given = {**environment, "CAUSEWAY_HOME": str(state), "CAUSEWAY_STACK": stack}
    words = {**WORDS, "status": ("status",)} if left else WORDS
    return judge({name: _run(given, *words[name]) for name in COMMANDS}, left)


def judge(found: Mapping[str, Mapping[str, Any]], left: Collection[str] = ()) -> str:
    """The answers in words; raises Problem where a workload is ill, or there is no URL or secret at all."""
    urls, secrets = found["urls"]["urls"], found["secrets"]["secrets"]
    workloads = [item for item in found["status"]["workloads"] if item["name"] not in left]
    ill = [f"{item['name']} is {item['state']}" for item in workloads if not item["healthy"]]
    missing = [name for name, items in (("workloads", workloads), ("URLs", urls), ("secrets", secrets)) if not items]
    if ill or missing:
        raise Problem("causeway: " + ", ".join([*ill, *(f"shows no {name}" for name in missing)]))
    others = f"; left to Argo CD, which is not played: {', '.join(left)}" if left else ""
    return f"healthy workloads: {len(workloads)}, URLs: {len(urls)}, secrets: {len(secrets)}{others}"


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
