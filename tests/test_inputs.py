"""Generated inputs, the short form of `scripts/soak inputs`: whatever is given, the answer is one that a person can act on."""

from pathlib import Path

import pytest

from tests.inputs import places

SEED, NUMBER = 15, 400


@pytest.mark.parametrize("part", range(4))
def test_no_input_is_a_traceback(part: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 15, point 3: no file, text or setting is a traceback; a refusal is a line each, with path and reason."""
    monkeypatch.setenv("CAUSEWAY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CAUSEWAY_CLUSTER", "nobody-made-this")
    monkeypatch.chdir(tmp_path)
    for number in range(part * NUMBER // 4, (part + 1) * NUMBER // 4):
        places.run(SEED, number, tmp_path)
