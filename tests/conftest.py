"""What many tests need: a state directory of their own with a seed in it."""

from pathlib import Path

import pytest

SEED = "5eed" * 16


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A CAUSEWAY_HOME with the seed that `scripts/up` would have made."""
    (tmp_path / "seed").write_text(f"{SEED}\n")
    monkeypatch.setenv("CAUSEWAY_HOME", str(tmp_path))
    monkeypatch.delenv("PULUMI_SKIP_CHECKPOINTS", raising=False)
    return tmp_path
