"""Scripts at their smallest size, as a user starts them: what needs neither a cluster nor a build."""

import os
import subprocess
from pathlib import Path

import pytest

from workspace.home import REPOSITORY

pytestmark = pytest.mark.process


def run(command: list[object], home: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"CAUSEWAY_HOME": str(home), "CAUSEWAY_CLUSTER": "nobody-made-this"} | variables
    return subprocess.run([*map(str, command)], env=environment, capture_output=True, text=True)


def test_bench_of_the_program(tmp_path: Path) -> None:
    """Issue 15, point 5: `./scripts/bench` measures, where it ended at once; its cluster is left out."""
    answer = run([REPOSITORY / "scripts" / "bench", "--program-only", "--pairs", "1"], tmp_path)

    assert 0 == answer.returncode, answer.stderr
    assert '"name"' in answer.stdout or '"figure"' in answer.stdout or "{" in answer.stdout


def test_render_changes_nothing(tmp_path: Path) -> None:
    """1.5: the dashboards' JSON is what their builders make, says the script."""
    answer = run([REPOSITORY / "scripts" / "render", "--check"], tmp_path)

    assert 0 == answer.returncode, answer.stdout + answer.stderr


def test_up_explains_itself(tmp_path: Path) -> None:
    """Design 2: `--explain` prints what is real here and what is stood in for, and brings nothing up."""
    answer = run([REPOSITORY / "scripts" / "up", "--explain"], tmp_path)

    assert 0 == answer.returncode, answer.stderr
    assert "Kubernetes provider" in answer.stdout + answer.stderr


def test_up_on_a_context_that_is_not_there(tmp_path: Path) -> None:
    """Issue 15, point 3: a context that no kubeconfig has is one line, and nothing is brought up."""
    answer = run([REPOSITORY / "scripts" / "up", "--context", "nobody-has-this"], tmp_path, KUBECONFIG=str(tmp_path / "none"))

    assert 1 == answer.returncode
    assert ["nobody-has-this"] == [word for word in ("nobody-has-this", "Traceback") if word in answer.stderr]


def test_test_runs_one_file(tmp_path: Path) -> None:
    """Design 1: `./scripts/test` takes pytest's words, and ends with a line of figures."""
    answer = run([REPOSITORY / "scripts" / "test", "--quick", "tests/test_recorder.py"], tmp_path)

    assert 0 == answer.returncode, answer.stdout + answer.stderr
    assert "0 failed" in answer.stdout


def test_soak_of_a_few_inputs(tmp_path: Path) -> None:
    """Design 8: `./scripts/soak PART` prints the figures of the part."""
    answer = run([REPOSITORY / "scripts" / "soak", "inputs", "-q"], tmp_path, CAUSEWAY_INPUTS="20")

    assert 0 == answer.returncode, answer.stdout + answer.stderr
    assert "| no input is a traceback | 15 | 20 | 0 |" in answer.stdout
