"""A disk that fills up while a local cluster starts (issue 3, 9)."""

import io
import shutil
from pathlib import Path

import pytest
from rich.console import Console

from local.cluster.lifecycle import LEAST_ROOM, require_room
from workspace.progress import guarded


def test_full_disk_is_said_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would wait in vain for etcd ends in one line that names the folder and says what to do; a disk with room passes."""
    free = {"bytes": LEAST_ROOM}
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(0, 0, free["bytes"]))  # type: ignore[attr-defined]
    require_room(tmp_path)
    free["bytes"] -= 1

    said = io.StringIO()
    with pytest.raises(SystemExit, match=r"^1$"), guarded(Console(file=said, width=1000), "./scripts/up"):
        require_room(tmp_path)
    assert f"error: the disk is full ({tmp_path}): free some room, then run ./scripts/up again\n" == said.getvalue()
