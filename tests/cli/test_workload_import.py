"""`causeway workload import` from outside: a Score file in, a workload out that render takes."""

import yaml
from typer.testing import CliRunner, Result

from cli.app import app
from tests.components.workload.test_score import INPUTS, SCORE


def run(*words: str, text: str) -> Result:
    return CliRunner().invoke(app, ["workload", *words, "-"], input=text, prog_name="causeway")


def test_import_and_render() -> None:
    """Issue 4, item 6: what import prints is the workload, and render takes it; notes stay beside it."""
    imported = run("import", text=yaml.safe_dump(SCORE))

    assert {"name": "orders", **INPUTS} == yaml.safe_load(imported.stdout)
    assert all(line.startswith("note: workload 'orders': ") for line in imported.stderr.splitlines())
    assert 0 == run("render", text=imported.stdout).exit_code


def test_options_fill_in() -> None:
    """What the file leaves open is given by an option."""
    imported = yaml.safe_load(run("import", "--image", "shop/orders:2.0.0", "--pattern", "stateless", text=yaml.safe_dump(SCORE)).stdout)

    assert ("shop/orders:2.0.0", "stateless") == (imported["image"], imported["pattern"])


def test_refused() -> None:
    """What cannot be mapped is a line each, nothing is printed, and the exit code is 2."""
    result = run("import", text=yaml.safe_dump({**SCORE, "containers": {}, "apiVersion": "score.dev/v2"}))

    assert (2, "", 2) == (result.exit_code, result.stdout, len(result.stderr.splitlines()))
    assert all(line.startswith("error: score 'orders': ") for line in result.stderr.splitlines())


def test_no_score_file() -> None:
    """A file that is something else is refused by what it lacks."""
    result = run("import", text="name: web")

    assert (2, True) == (result.exit_code, "error: score '?': apiVersion: is required" in result.stderr)
