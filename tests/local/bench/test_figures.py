"""How pairs of measurements become a figure."""

import json
from pathlib import Path

import pytest

from local.bench import imports, mocked
from local.bench.__main__ import main, sizes
from local.bench.figures import Figure
from local.bench.imports import peak_mib, program_imports
from workspace.progress import Problem


def test_ratio_is_the_median_of_the_pairs() -> None:
    """A figure's ratio is the median of each pair's own ratio, so one disturbed pair does not move it."""
    figure = Figure("up", "s", ours=[2.0, 90.0, 6.0], peer=[1.0, 3.0, 2.0], peer_name="kubectl")

    assert [2.0, 30.0, 3.0] == figure.ratios
    assert 3.0 == figure.ratio


@pytest.mark.parametrize(("target", "meets"), [(3.0, True), (2.9, False), (None, None)])
def test_figure_says_whether_it_meets_its_target(target: float | None, meets: bool | None) -> None:
    """The target is the most that the ratio may be; without one there is nothing to meet."""
    assert meets is Figure("up", "s", [6.0], [2.0], "kubectl", target).meets


def test_record_holds_every_pair_and_the_extremes() -> None:
    """A JSON line has all that the table rounds away, and the extremes of the ratio."""
    record = json.loads(Figure("up", "s", [2.0, 6.0], [1.0, 2.0], "kubectl", 2.5, {"objects": 7}).line())

    assert ([2.0, 6.0], [1.0, 2.0], 7) == (record["ours"], record["peer"], record["objects"])
    assert (2.0, 3.0) == (record["ratio_min"], record["ratio_max"])


@pytest.mark.usefixtures("home")
def test_interruption_keeps_what_was_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A benchmark takes a quarter of an hour: what it has when it is interrupted is printed, and written to the file."""

    def interrupted(*_: object) -> list[Figure]:
        raise KeyboardInterrupt

    monkeypatch.setattr(imports, "measure", lambda *_: [Figure("import", "s", [2.0], [1.0], "import pulumi")])
    monkeypatch.setattr(mocked, "measure", interrupted)

    with pytest.raises(SystemExit) as ended:
        main(json_file=tmp_path / "figures.json", program_only=True)

    assert ended.value.code == 130
    assert json.loads((tmp_path / "figures.json").read_text())["ratio"] == 2.0


@pytest.mark.parametrize("text", ["", "ten", "10,", "0", "-1,5", "1.5"])
def test_bad_numbers_of_workloads_are_refused_in_one_line(text: str) -> None:
    """`--workloads` takes whole numbers from 1, and says so."""
    with pytest.raises(Problem, match="allowed: whole numbers from 1"):
        sizes(text)


def test_import_figure_follows_the_program() -> None:
    """What is measured are the imports of the platform's own `__main__.py`, whatever they are."""
    assert {"import platforms", "from stack import settings"} <= set(program_imports().splitlines())


def test_memory_is_the_process_own() -> None:
    """The most that a process had is told in KiB by the kernel, and shown in MiB."""
    assert 71.5 == peak_mib("Name:\tpython\nVmPeak:\t  900000 kB\nVmHWM:\t   73216 kB\nVmRSS:\t   1 kB\n")
