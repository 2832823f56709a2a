"""`scripts/soak`: runs the long form of each part asked for, and keeps its figures in docs/measured.md."""

import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from tests.run import prepare, unfit
from tests.soak.report import machine, results, rows, with_section
from workspace.home import REPOSITORY
from workspace.progress import Problem, guarded

MEASURED = REPOSITORY / "docs" / "measured.md"
PREFIX = "test_"
LIVE = "pytest.mark.live"
"""What a file with tests that need a cluster says."""
HELP = """Usage: ./scripts/soak [PART] [WORDS]

Run the long form of a part's tests (without PART: of every part), print its figures, and keep them in docs/measured.md.

  PART    {parts}
  WORDS   go to pytest: -k NAME, -x, ...; the figures are then printed alone"""


def parts() -> dict[str, Path]:
    """Part to the file of its long form."""
    return {path.stem.removeprefix(PREFIX): path for path in sorted(Path(__file__).parent.glob(f"{PREFIX}*.py"))}


def soak(part: str, file: Path, words: list[str], environment: dict[str, str]) -> int:
    """Run one part; its exit code. Figures are kept only of a whole run that passed."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-p", "no:randomly", "--junit-xml", str(report), str(file), *words]
        code = subprocess.run(command, cwd=REPOSITORY, env=os.environ | environment).returncode
        found = results(report.read_text()) if report.exists() else []
    lines = rows(found)
    print("\n".join(lines))
    if not code and not words:
        head = f"{datetime.now(UTC):%Y-%m-%d}, {machine()}"
        MEASURED.write_text(with_section(MEASURED.read_text(), part, head, lines))
    return code


def main(words: list[str]) -> int:
    """Run what the words ask for; the first exit code that is not 0."""
    known = parts()
    if {"-h", "--help"} & set(words):
        print(HELP.format(parts=", ".join(known)))
        return 0
    part = words.pop(0) if words and not words[0].startswith("-") else ""
    if part and part not in known:
        raise Problem(f"PART: given {part!r}; allowed: {', '.join(known)}, or nothing for all of them")
    chosen = [part] if part else list(known)
    is_live = any(LIVE in known[name].read_text() for name in chosen)
    if is_live and (reason := unfit()):
        raise Problem(f"the long forms need a local cluster, and {reason}")
    environment = prepare() if is_live else {}
    return next(filter(None, [soak(name, known[name], words, environment) for name in chosen]), 0)


if __name__ == "__main__":
    with guarded(Console(stderr=True), "./scripts/soak"):
        sys.exit(main(sys.argv[1:]))
