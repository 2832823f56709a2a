"""100,000 generated inputs over every command that takes a file or text, and over every setting: none is a traceback."""

import os
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.inputs import places

pytestmark = [pytest.mark.process, pytest.mark.soak]

NUMBER = int(os.environ.get("CAUSEWAY_INPUTS") or 100_000)
SEED = int(os.environ.get("CAUSEWAY_SEED") or 15)
SHOWN = 20


def test_no_input_is_a_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Any) -> None:
    """Issue 15, point 3: 0 tracebacks; each refusal is a line, with its path, what was given and what is allowed."""
    monkeypatch.setenv("CAUSEWAY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CAUSEWAY_CLUSTER", "nobody-made-this")
    monkeypatch.chdir(tmp_path)
    started, faults, given = time.process_time(), [], Counter[str]()
    for number in range(NUMBER):
        given[places.place(SEED, number)[0].__name__] += 1
        try:
            places.run(SEED, number, tmp_path)
        except places.Fault as fault:
            faults.append(str(fault))

    for name, value in {"seed": SEED, "inputs": NUMBER, "faults": len(faults), "CPU seconds": round(time.process_time() - started)}.items():
        record_property(name, value)
    for name, count in given.most_common():
        record_property(name, count)
    assert [] == faults[:SHOWN]
