"""checkov, a public judge of infrastructure as code, run offline in a Python environment of its own (requirements/checkov.txt)."""

import fcntl
import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workspace.home import REPOSITORY, Home
from workspace.progress import Progress

REQUIREMENTS = REPOSITORY / "requirements/checkov.txt"


@dataclass(frozen=True, order=True)
class Verdict:
    """What one check says of one resource; `check` is its id, such as CKV_AWS_39, and `file` the name of the file judged."""

    file: str
    check: str
    resource: str
    passed: bool
    name: str


def python(progress: Progress | None = None) -> Path:
    """The Python that has checkov, made once for each state of the requirements; safe to call from many processes."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    folder = Home.load().cache / "tools" / f"checkov-{digest}"
    folder.mkdir(parents=True, exist_ok=True)
    found = folder / "bin/python"
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / ".ready").exists():
            with (progress or Progress()).step("checkov"):
                subprocess.run([sys.executable, "-m", "venv", folder], check=True)
                install = [found, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r", REQUIREMENTS]
                subprocess.run(install, check=True)
            (folder / ".ready").touch()
    return found


def judge(framework: str, files: Sequence[Path]) -> list[Verdict]:
    """Every verdict on the files, read as `framework`: kubernetes, terraform_plan and others."""
    named = [word for file in files for word in ("--file", str(file))]
    command = [python(), "-m", "checkov.main", "--framework", framework, *named, "--output", "json", "--compact", "--skip-download"]
    answer = subprocess.run(command, capture_output=True, text=True)
    try:
        found = json.loads(answer.stdout)
    except ValueError:
        raise AssertionError(f"checkov ended with code {answer.returncode}: {answer.stderr.strip()[-2000:]}") from None
    reports = found if isinstance(found, list) else [found]
    return sorted(
        _verdict(item) for report in reports for part in report.get("results", {}).values() for item in part if "check_id" in item
    )


def _verdict(item: dict[str, object]) -> Verdict:
    result = item["check_result"]
    passed = isinstance(result, dict) and result.get("result") == "PASSED"
    return Verdict(Path(str(item["file_path"])).name, str(item["check_id"]), str(item["resource"]), passed, str(item["check_name"]))
