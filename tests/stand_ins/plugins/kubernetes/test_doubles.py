"""Which chart is installed where its repository answers, and where it does not (issue 7, 9: one clear line)."""

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from stand_ins.plugins.kubernetes import doubles

NOBODY = "http://127.0.0.1:9"
"""An address at which no repository answers."""


@pytest.fixture
def charts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Doubles as `scripts/up` puts them, with one chart, as a new process finds them."""
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "Chart.yaml").write_text("apiVersion: v2\nname: tiny\nversion: 1.2.3\n")
    monkeypatch.setenv(doubles.VARIABLE, str(tmp_path))
    monkeypatch.setattr(doubles, "reachable", doubles.reachable.__wrapped__)
    return tmp_path


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[str]:
    """A repository that answers."""
    (tmp_path / "index.yaml").write_text("entries: {}\n")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=tmp_path)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def release(chart: str, repository: str, version: str | None = "1.2.3") -> dict[str, Any]:
    return {"chart": chart, "version": version, "repositoryOpts": {"repo": repository}}


def test_double_stands_in_where_nothing_answers(charts: Path) -> None:
    """A chart of the double's version, or of none, is the double."""
    assert [charts / "tiny"] * 2 == [doubles.locate(release("tiny", NOBODY, version)) for version in ("1.2.3", None)]


@pytest.mark.usefixtures("charts")
def test_real_chart_comes_first(repository: str) -> None:
    """Where the repository answers, the real chart is installed, and what is wrong with it is Helm's to say."""
    assert (None, None) == (doubles.locate(release("tiny", repository)), doubles.absence(release("absent", repository)))


@pytest.mark.usefixtures("charts")
@pytest.mark.parametrize(("chart", "version"), [("absent", "1.2.3"), ("tiny", "1.2.4")])
def test_chart_that_cannot_be_had(chart: str, version: str) -> None:
    """A chart, or a version, that neither the repository nor a double gives is named, with what brings it."""
    wanted = release(chart, NOBODY, version)

    assert doubles.locate(wanted) is None
    reason = "its repository does not answer, and no stand-in of it is here; on the local cluster ./scripts/up brings it"
    assert f"chart {chart} {version}: {reason}" == doubles.absence(wanted)


def test_without_scripts_up_it_is_helms_affair(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no `scripts/up` prepared anything, as under the official plugin, nothing is said of stand-ins."""
    monkeypatch.delenv(doubles.VARIABLE, raising=False)

    assert (None, None) == (doubles.locate(release("tiny", NOBODY)), doubles.absence(release("tiny", NOBODY)))
