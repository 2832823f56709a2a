"""Files of ours in other people's modules, built by the real compiler from a registry in a folder."""

import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from local.home import Home
from local.toolchain import cache, golang
from local.toolchain.pins import GoModule, Pin

WORD = "example.org/word"
THEIRS = {
    "go.mod": f"module {WORD}\n",
    "word.go": 'package word\n\nconst Other = "kept"\n',
    "said.go": 'package word\n\nconst Said = "theirs"\n',
}
MAIN = f'package main\n\nimport "{WORD}"\n\nfunc main() {{ print(word.Said, " ", word.Other) }}\n'

pytestmark = pytest.mark.process


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


@pytest.mark.usefixtures("registry")
def test_our_file_takes_the_place_of_theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A recipe's patch replaces the module's file of that name, keeps the others, and leaves the compiler's own copy alone."""
    source = tmp_path / "repository" / "local" / "build" / "tiny"
    (source / "patch").mkdir(parents=True)
    (source / "go.mod").write_text(f"module tiny\n\ngo 1.21\n\nrequire {WORD} v1.0.0\n")
    (source / "main.go").write_text(MAIN)
    (source / "patch" / "said.go").write_text('package word\n\nconst Said = "ours"\n')
    for module in (golang, cache):
        monkeypatch.setattr(module, "REPOSITORY", tmp_path / "repository")
    target = tmp_path / "tiny"
    target.mkdir()

    golang.build(Pin("tiny", "1.0.0", go=GoModule("tiny", {}, patches={WORD: "patch"})), target, Home(tmp_path, tmp_path, "test"), print)

    assert "ours kept" == subprocess.run([target / "tiny"], capture_output=True, text=True).stderr
    assert THEIRS["said.go"] == (tmp_path / "modules" / f"{WORD}@v1.0.0" / "said.go").read_text()
