"""Debian packages whose cached file was damaged: apt alone takes a file of the right size as it is."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from local import debian
from local.debian import Package
from workspace.progress import Problem

GOOD = b"!<arch>\n" + b"content" * 500
PACKAGE = Package("tiny", "1.0", "tiny_1.0_amd64.deb", len(GOOD), hashlib.sha256(GOOD).hexdigest())


def flipped(content: bytes) -> bytes:
    return content[:100] + bytes([content[100] ^ 0xFF]) + content[101:]


def cut(content: bytes) -> bytes:
    return content[:100]


@pytest.mark.parametrize("damage", [flipped, cut])
def test_damaged_package_is_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: Callable[[bytes], bytes]) -> None:
    """Item 9: a cached package with a flipped byte or a lost end is found by its sum in apt's index, and fetched again."""
    put_apt_on_path(tmp_path, monkeypatch, GOOD)
    file = tmp_path / "downloads" / PACKAGE.file
    file.parent.mkdir()
    file.write_bytes(damage(GOOD))

    debian.download([PACKAGE], tmp_path / "downloads", lambda _: None)

    assert GOOD == file.read_bytes()


def test_package_that_stays_damaged_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that arrives with another sum than apt's index has is refused by name."""
    put_apt_on_path(tmp_path, monkeypatch, flipped(GOOD))

    with pytest.raises(Problem, match="tiny"):
        debian.download([PACKAGE], tmp_path / "downloads", lambda _: None)


def put_apt_on_path(folder: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """An apt-get that, like the real one, leaves a file of the right size as it is and otherwise brings `content`."""
    (folder / "content").write_bytes(content)
    program = folder / "apt-get"
    size = f"$(stat -c %s {PACKAGE.file} 2>/dev/null)"
    program.write_text(f'#!/bin/sh\n[ "{size}" = {PACKAGE.size} ] || cp {folder}/content {PACKAGE.file}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
