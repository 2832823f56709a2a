"""When a schedule is due, beside what the controller's own cron library answers (robfig/cron, standard form)."""

from datetime import UTC, datetime

import pytest

from cli.due import next_due

# Schedule, zone, after -> due; all in UTC.
CASES: dict[str, tuple[str, str | None, str, str | None]] = {
    "Every minute is due at the next whole one.": ("* * * * *", None, "2026-11-23T12:00:30", "2026-11-23T12:01:00"),
    "A moment that is due is not due again.": ("0 6 * * *", "Etc/UTC", "2026-11-23T06:00:00", "2026-11-24T06:00:00"),
    "A zone is ahead of UTC.": ("0 6 * * *", "Europe/Berlin", "2026-11-23T00:00:00", "2026-11-23T05:00:00"),
    "Summer time moves it.": ("0 6 * * *", "Europe/Berlin", "2026-07-23T00:00:00", "2026-07-23T04:00:00"),
    "A time that the clocks leave out is not due that day.": (
        "30 2 * * *",
        "Europe/Berlin",
        "2026-03-28T12:00:00",
        "2026-03-30T00:30:00",
    ),
    "Steps and ranges.": ("*/20 9-17 * * MON-FRI", None, "2026-11-20T17:40:00", "2026-11-23T09:00:00"),
    "A first number with a step runs to the end.": ("5/25 * * * *", None, "2026-11-23T12:30:01", "2026-11-23T12:55:00"),
    "Day of month or of week, where both are given.": ("0 0 1 * FRI", None, "2026-11-23T00:00:00", "2026-11-27T00:00:00"),
    "Day of month and of week, where one is open.": ("0 0 1 * *", None, "2026-11-23T00:00:00", "2026-12-01T00:00:00"),
    "A step makes a field closed.": ("0 0 */10 * FRI", None, "2026-11-23T00:00:00", "2026-11-27T00:00:00"),
    "A leap day is years away.": ("0 0 29 FEB *", None, "2026-11-23T00:00:00", "2028-02-29T00:00:00"),
    "A day that no month has is never due.": ("0 0 31 2 *", None, "2026-11-23T00:00:00", None),
    "A macro.": ("@weekly", None, "2026-11-23T00:00:00", "2026-11-29T00:00:00"),
}


@pytest.mark.parametrize(("schedule", "zone", "after", "due"), CASES.values(), ids=CASES)
def test_next_due(schedule: str, zone: str | None, after: str, due: str | None) -> None:
    """3.16: what a schedule has missed is known from when it was due."""
    found = next_due(schedule, zone, datetime.fromisoformat(after).replace(tzinfo=UTC))

    assert (datetime.fromisoformat(due).replace(tzinfo=UTC) if due else None) == found
