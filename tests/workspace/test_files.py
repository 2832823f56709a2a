"""Files of a checkout at the moment when a run is killed."""

import os
from pathlib import Path

import pytest

from workspace import files, pulumi
from workspace.home import Home


class Killed(BaseException):
    """The run ends here."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "seed"


def test_killed_in_the_middle_leaves_what_was_there(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 6: before the whole content is on the disk, the name leads to the old one, or to nothing."""
    seen: list[bool] = []

    def end(_: int) -> None:
        seen.append(file.exists())
        raise Killed

    monkeypatch.setattr(os, "fsync", end)
    with pytest.raises(Killed):
        files.write(file, "new")

    assert [False] == seen
    assert not file.exists()
    assert [] == list(file.parent.glob("[!.]*"))


def test_content_and_mode(file: Path) -> None:
    """Item 5: what is written is there, and its owner's alone."""
    files.write(file, "old")
    files.write(file, b"new")

    assert (b"new", 0o600, [file]) == (file.read_bytes(), file.stat().st_mode & 0o777, list(file.parent.iterdir()))


def test_seed_and_passphrase_are_made_once(tmp_path: Path) -> None:
    """Item 5: both are generated once, differ, are private, and a later run leaves them; an empty one, of a killed run, is none."""
    home = Home(tmp_path / "state", tmp_path / "cache", "test")
    home.state.mkdir()
    home.seed.touch()
    pulumi.prepare(home)
    first = home.seed.read_text(), home.passphrase.read_text()
    pulumi.prepare(home)

    assert first == (home.seed.read_text(), home.passphrase.read_text())
    assert 2 == len({text for text in first if len(text) == 64})
    assert [0o600, 0o600] == [file.stat().st_mode & 0o777 for file in (home.seed, home.passphrase)]
