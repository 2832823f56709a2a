"""Files of ours in other people's modules, built by the real compiler from a registry in a folder."""

import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.toolchain import cache, golang
from local.toolchain.pins import GoModule, Pin
from workspace.home import Home
from workspace.progress import Problem

WORD = "example.org/word"
THEIRS = {
    "go.mod": f"module {WORD}\n",
    "word.go": 'package word\n\nconst Other = "kept"\n',
    "said.go": 'package word\n\nconst Said = "theirs"\n',
}
MAIN = f'package main\n\nimport "{WORD}"\n\nfunc main() {{ print(word.Said, " ", word.Other) }}\n'

pytestmark = pytest.mark.process


def _serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The module `word` 1.0.0, served from a folder."""
    folder = tmp_path / "registry" / WORD / "@v"
    folder.mkdir(parents=True)
    (folder / "v1.0.0.info").write_text(json.dumps({"Version": "v1.0.0", "Time": "2026-01-01T00:00:00Z"}))
    (folder / "v1.0.0.mod").write_text(THEIRS["go.mod"])
    with zipfile.ZipFile(folder / "v1.0.0.zip", "w") as archive:
        for name, text in THEIRS.items():
            archive.writestr(f"{WORD}@v1.0.0/{name}", text)
    for name, value in {"GOPROXY": (tmp_path / "registry").as_uri(), "GONOSUMDB": "*", "GOMODCACHE": str(tmp_path / "modules")}.items():
        monkeypatch.setenv(name, value)
    # The compiler makes its modules read-only, which pytest could not remove.
    monkeypatch.setattr(golang, "_environment", lambda make=golang._environment: make() | {"GOFLAGS": "-modcacherw"})


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Builds a program from the module with a patch and edits of ours; hands back what the program says."""
    _serve(tmp_path, monkeypatch)
    source = tmp_path / "repository" / "local" / "build" / "tiny"
    (source / "patch").mkdir(parents=True)
    (source / "go.mod").write_text(f"module tiny\n\ngo 1.21\n\nrequire {WORD} v1.0.0\n")
    (source / "main.go").write_text(MAIN)
    (source / "patch" / "said.go").write_text('package word\n\nconst Said = "ours"\n')
    for module in (golang, cache):
        monkeypatch.setattr(module, "REPOSITORY", tmp_path / "repository")
    target = tmp_path / "tiny"
    target.mkdir()

    def build(**recipe: Any) -> str:
        golang.build(Pin("tiny", "1.0.0", go=GoModule("tiny", {}, **recipe)), target, Home(tmp_path, tmp_path, "test"), lambda _: None)
        return subprocess.run([target / "tiny"], capture_output=True, text=True).stderr

    return build


def _kept(tmp_path: Path, name: str) -> bool:
    """Whether the compiler's own copy of their file is still theirs."""
    return THEIRS[name] == (tmp_path / "modules" / f"{WORD}@v1.0.0" / name).read_text()


def test_our_file_takes_the_place_of_theirs(tmp_path: Path, build: Callable[..., str]) -> None:
    """A recipe's patch replaces the module's file of that name, keeps the others, and leaves the compiler's own copy alone."""
    assert "ours kept" == build(patches={WORD: "patch"})
    assert _kept(tmp_path, "said.go")


def test_words_are_other_words(tmp_path: Path, build: Callable[..., str]) -> None:
    """A recipe's edit changes its words in the module's file, and leaves the compiler's own copy alone."""
    assert "theirs edited" == build(edits={WORD: {"word.go": {"kept": "edited"}}})
    assert _kept(tmp_path, "word.go")


def test_words_that_are_not_there_once_are_refused(build: Callable[..., str]) -> None:
    """An edit whose words are not there exactly once fails the build, naming the file, the words and how often they are there."""
    with pytest.raises(Problem, match=r"example\.org/word/said\.go: expected `other` once, found it 0 times"):
        build(edits={WORD: {"said.go": {"other": "ours"}}})
