"""What a failed program leaves behind stays out of the tests after it."""

import gc
import logging

import pulumi
import pytest

from tests.recorder import run


def _refused() -> None:
    def refuse(_: str) -> str:
        raise pulumi.RunError("refused")

    pulumi.CustomResource("sample:index:One", "one", {"value": pulumi.Output.from_input("x").apply(refuse)})


def test_error_is_raised_once(caplog: pytest.LogCaptureFixture) -> None:
    """An error inside an `apply` is raised by `run`, and not told again when its futures are collected."""
    with caplog.at_level(logging.DEBUG, logger="asyncio"):
        with pytest.raises(pulumi.RunError, match="refused"):
            run(_refused)
        gc.collect()

    assert [] == [record.message for record in caplog.records if "never retrieved" in record.message]
