"""`scripts/test`: runs the tiers of tests in order, says what each is, and sums them up in one line."""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from local import parts
from local.home import REPOSITORY, Home
from local.images import LOCAL_IMAGES, build_all
from local.progress import Progress, guarded
from local.toolchain import ensure
from local.up import EVERYWHERE, FOR_THE_LOCAL_CLUSTER
from tests import checkov


@dataclass(frozen=True)
class Tier:
    """One pytest run: what it is called, and pytest's words for it."""

    name: str
    arguments: tuple[str, ...]


PARALLEL = ("-n", "2", "--dist", "loadfile")
QUICK = Tier("tiers 1 to 3: pure, recorder, whole stacks under mocks", ("-m", "not live and not process", *PARALLEL))
PROCESS = Tier("beside them: real programs, no cluster", ("-m", "process and not live", *PARALLEL))
LIVE = Tier("tier 4: the real engine on a real cluster", ("-m", "live", "-p", "no:randomly", "--durations=15"))
HELP = """Usage: ./scripts/test [--quick] [WORDS]

Run every tier of tests that this machine can, and print how many passed, failed and were skipped.

  --quick   stop after what needs no cluster, no server and no build
  WORDS     go to pytest: a path, -k NAME, -x, ..."""
NOTHING_SELECTED = 5
"""pytest's exit code where the words given select no test of a tier."""
JUDGES = ("promtool", "amtool")


def prepare() -> dict[str, str]:
    """Have everything ready that the live tests use, in sight of the user; the environment that finds it."""
    home, progress = Home.load(), Progress()
    tools = ensure((*FOR_THE_LOCAL_CLUSTER, *parts.tools(parts.PARTS.values()), "promtool"), home, progress)
    build_all(home, progress, (*LOCAL_IMAGES, *parts.images(parts.PARTS.values())))
    checkov.python(progress)
    folders = [str(tools[name].directory) for name in EVERYWHERE]
    return {"PATH": ":".join([*folders, os.environ["PATH"]])}


def unfit() -> str | None:
    """Why this machine cannot run tier 4, or None where it can."""
    if sys.platform != "linux":
        return "it needs Linux"
    return None if os.geteuid() == 0 else "it needs root"


def run(tier: Tier, words: list[str], folder: Path, environment: dict[str, str]) -> tuple[int, Counter[str]]:
    """Run one tier; its exit code, and how many tests passed, failed and were skipped."""
    print(f"\n━━ {tier.name}", flush=True)
    started = time.monotonic()
    report = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", *tier.arguments, f"--junit-xml={report}", *words]
    code = subprocess.run(command, cwd=REPOSITORY, env=os.environ | environment).returncode
    counts: Counter[str] = Counter()
    for suite in ElementTree.parse(report).getroot().iter("testsuite") if report.exists() else []:
        total, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        counts.update(passed=total - skipped - failed, failed=failed, skipped=skipped)
    print(f"━━ {tier.name}: {time.monotonic() - started:.0f} s", flush=True)
    return code, counts


def main(words: list[str]) -> int:
    """Run the tiers; 0 only if every tier that must run did, and every test in it passed."""
    if {"-h", "--help"} & set(words):
        print(HELP)
        return 0
    quick = "--quick" in words
    words = [word for word in words if word != "--quick"]
    reason = unfit()
    tiers = [QUICK] if quick else [QUICK, PROCESS] if reason else [QUICK, PROCESS, LIVE]
    if not words:
        # Here it is in sight, and done once; the tests would bring them for themselves.
        ensure(JUDGES, Home.load(), Progress())
    total: Counter[str] = Counter()
    worst = 0
    for tier in tiers:
        with TemporaryDirectory() as folder:
            code, counts = run(tier, words, Path(folder), prepare() if tier is LIVE else {})
        total.update(counts)
        # Words may choose tests of some tiers alone.
        code = 0 if words and code == NOTHING_SELECTED else code
        worst = worst or code
        if code:
            break
    if reason and not quick:
        print(f"{LIVE.name}: not run, because {reason}")
        worst = worst or 1
    worst = worst or (0 if total.total() else NOTHING_SELECTED)
    print(f"\n{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return worst


if __name__ == "__main__":
    with guarded(Console(stderr=True), "./scripts/test"):
        sys.exit(main(sys.argv[1:]))
