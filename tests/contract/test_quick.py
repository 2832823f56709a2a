"""The quick tier stays quick as tests are added to it."""

import subprocess
import sys
from pathlib import Path

import pytest


def test_a_quick_test_starts_no_program() -> None:
    """Issue 3, tier 1 in 60 s: a test that starts an interpreter, a server or a build has to say so by its marker."""
    with pytest.raises(pytest.fail.Exception, match="mark it `process`"):
        subprocess.run([sys.executable, "-c", ""], check=True)


def test_a_double_may_be_started(tmp_path: Path) -> None:
    """A script that a test wrote itself costs a few milliseconds, and stands for what costs seconds."""
    double = tmp_path / "pulumi"
    double.write_text("#!/bin/sh\necho done\n")
    double.chmod(0o755)

    assert "done\n" == subprocess.run(["pulumi"], env={"PATH": f"{tmp_path}:/bin"}, capture_output=True, text=True, check=True).stdout
