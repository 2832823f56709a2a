"""A disk that fills up while a local cluster starts (issue 3, 9)."""

import shutil
from pathlib import Path

import pytest

from local.cluster.lifecycle import LEAST_ROOM, require_room
from local.progress import Problem


def test_full_disk_is_said_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would wait in vain for etcd ends in one line that names the folder and says what to do; a disk with room passes."""
    free = {"bytes": LEAST_ROOM}
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(0, 0, free["bytes"]))  # type: ignore[attr-defined]
    require_room(tmp_path)
    free["bytes"] -= 1

    with pytest.raises(Problem, match=f"the disk is full \\({tmp_path}\\): free some room"):
        require_room(tmp_path)
