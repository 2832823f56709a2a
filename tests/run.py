"""`scripts/test`: runs the tiers of tests in order, says what each is, and sums them up in one line."""

import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from cli.lifecycle.up import EVERYWHERE, FOR_THE_LOCAL_CLUSTER
from local import parts
from local.images import LOCAL_IMAGES, build_all
from local.toolchain import ensure
from tests import checkov
from workspace.home import REPOSITORY, Home
from workspace.progress import Progress, guarded


@dataclass(frozen=True)
class Tier:
    """One pytest run: what it is called, and pytest's words for it."""

    name: str
    arguments: tuple[str, ...]


PARALLEL = ("-n", "2", "--dist", "loadfile")
IN_ORDER = ("-p", "no:randomly", "--durations=15")
QUICK = Tier("tiers 1 to 3: pure, recorder, whole stacks under mocks", ("-m", "not live and not process", *PARALLEL))
PROCESS = Tier("beside them: real programs, no cluster", ("-m", "process and not live and not soak", *PARALLEL))
LIVE = Tier("tier 4: the real engine on a real cluster", ("-m", "live and shared and not soak", *IN_ORDER))
BESIDE = Tier("tier 4, beside it: clusters, images and rehearsals of their own", ("-m", "live and not shared and not soak", *IN_ORDER))
STEPS = ((QUICK,), (PROCESS,), (LIVE, BESIDE))
"""What runs one after the other, and in each step at once: most live tests wait, and leave a processor idle."""
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


def selected(step: Sequence[Tier], words: list[str]) -> bool:
    """Whether the words select any test of a step: what it needs is not built for none."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", *words]
    chosen = (subprocess.run([*command, *tier.arguments[:2]], cwd=REPOSITORY, capture_output=True).returncode for tier in step)
    return any(code != NOTHING_SELECTED for code in chosen)


def run(step: Sequence[Tier], words: list[str], environment: dict[str, str]) -> tuple[int, Counter[str]]:
    """Run the tiers of one step at once; the worst exit code, and how many tests passed, failed and were skipped.

    What the first one says is seen as it comes, what the others say at the end.
    """
    with TemporaryDirectory() as folder:
        first, *others = runs = [Run(tier, words, Path(folder) / str(number), environment) for number, tier in enumerate(step)]
        first.start(None)
        for other in others:
            other.start(other.output)
        wait([one.process for one in runs])
        for other in others:
            print(f"\n━━ {other.tier.name}\n{other.output.read_text(errors='replace')}")
        print(f"━━ {first.tier.name}: {time.monotonic() - first.started:.0f} s", flush=True)
        return max(one.code() for one in runs), sum((one.counts() for one in runs), Counter())


def wait(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Until all have ended. An interrupt is passed on, so that the tests' clusters are taken down; a second one ends them at once."""
    try:
        for process in processes:
            process.wait()
    except KeyboardInterrupt:
        print("interrupted: taking down what the tests brought up; interrupt again to leave it", file=sys.stderr, flush=True)
        try:
            for process in processes:
                process.send_signal(signal.SIGINT)
            for process in processes:
                process.wait()
        except KeyboardInterrupt:
            for process in processes:
                process.kill()
        raise


class Run:
    """One tier on its way."""

    def __init__(self, tier: Tier, words: list[str], folder: Path, environment: dict[str, str]) -> None:
        folder.mkdir()
        self.tier, self.words, self.environment = tier, words, environment
        self.report, self.output = folder / "report.xml", folder / "output"
        self.started = time.monotonic()

    def start(self, output: Path | None) -> None:
        """Begin, in a group of its own: an interrupt from the terminal reaches us alone, once."""
        print(f"\n━━ {self.tier.name}", flush=True)
        command = [sys.executable, "-m", "pytest", *self.tier.arguments, f"--junit-xml={self.report}", *self.words]
        with output.open("wb") if output else nullcontext() as stream:
            self.process = subprocess.Popen(
                command, cwd=REPOSITORY, env=os.environ | self.environment, stdin=subprocess.DEVNULL, stdout=stream, process_group=0
            )

    def code(self) -> int:
        """The exit code, once it has ended; words may choose tests of some tiers alone."""
        return 0 if self.words and self.process.returncode == NOTHING_SELECTED else self.process.returncode

    def counts(self) -> Counter[str]:
        """How many tests passed, failed and were skipped."""
        found: Counter[str] = Counter()
        for suite in ElementTree.parse(self.report).getroot().iter("testsuite") if self.report.exists() else []:
            total, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            found.update(passed=total - skipped - failed, failed=failed, skipped=skipped)
        return found


def main(words: list[str]) -> int:
    """Run the tiers; 0 only if every tier that must run did, and every test in it passed."""
    if {"-h", "--help"} & set(words):
        print(HELP)
        return 0
    quick = "--quick" in words
    words = [word for word in words if word != "--quick"]
    reason = unfit()
    steps = STEPS[:1] if quick else STEPS[:2] if reason else STEPS
    if not words:
        # Here it is in sight, and done once; the tests would bring them for themselves.
        ensure(JUDGES, Home.load(), Progress())
    total: Counter[str] = Counter()
    worst = 0
    for step in steps:
        is_live = LIVE in step
        if is_live and words and not selected(step, words):
            continue
        code, counts = run(step, words, prepare() if is_live else {})
        total.update(counts)
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
