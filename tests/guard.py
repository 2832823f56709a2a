"""Keeps the quick tier quick: its tests start no program but doubles that they wrote, and programs that answer at once."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

SLOW = ("live", "process")
AT_ONCE = frozenset({"amtool", "git", "helm", "ip", "promtool", "true"})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Refuse the start of a program while a test runs that has no marker for it, its fixtures included."""
    if any(item.get_closest_marker(marker) for marker in SLOW):
        return (yield)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess.Popen, "__init__", _guarded(subprocess.Popen.__init__))
        return (yield)


def _guarded(start: Callable[..., None]) -> Callable[..., None]:
    def begin(process: Any, command: Any, *others: Any, **options: Any) -> None:
        first = command if isinstance(command, str | os.PathLike) else command[0]
        program = shutil.which(first, path=(options.get("env") or os.environ).get("PATH"))
        if program and not _is_quick(Path(program)):
            pytest.fail(f"{program}: a quick test starts doubles of its own and {', '.join(sorted(AT_ONCE))} alone; mark it `process`")
        start(process, command, *others, **options)

    return begin


def _is_quick(program: Path) -> bool:
    if program.name in AT_ONCE:
        return True
    # A check-out may itself lie in the folder for temporary files.
    return program.is_relative_to(tempfile.gettempdir()) and not program.is_relative_to(sys.prefix)
