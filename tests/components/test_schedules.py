"""Schedules beside what Kubernetes' own cron library answers."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from components._schedules import ScheduleError, next_due, schedule_problems, zone_problem

ANSWERS = Path(__file__).parent / "schedules/answers.tsv.gz"
"""Moment, zone, schedule, and what robfig/cron v3.0.1 makes of them; schedules/main.go says how it is renewed."""

Row = tuple[int, str | None, str, str]

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
    "A day of the month that never comes beside a weekday that does.": (
        "0 0 31 2,4 */2",
        None,
        "2026-11-23T00:00:00",
        "2027-02-02T00:00:00",
    ),
    "A name in any case, ? for *.": ("0 6 ? * mon-Fri", None, "2026-11-20T12:00:00", "2026-11-23T06:00:00"),
    "A time that comes twice is due twice.": ("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00", "2026-10-25T01:30:00"),
    "Every so often, from the last time.": ("@every 1h30m", None, "2026-11-23T12:00:10", "2026-11-23T13:30:10"),
    "A leap day beyond five years.": ("0 0 29 2 *", None, "2096-03-01T00:00:00", None),
    "A macro.": ("@weekly", None, "2026-11-23T00:00:00", "2026-11-29T00:00:00"),
}


@pytest.mark.parametrize(("schedule", "zone", "after", "due"), CASES.values(), ids=CASES)
def test_next_due(schedule: str, zone: str | None, after: str, due: str | None) -> None:
    """3.16: what a schedule has missed is known from when it was due."""
    found = next_due(schedule, zone, datetime.fromisoformat(after).replace(tzinfo=UTC))

    assert (datetime.fromisoformat(due).replace(tzinfo=UTC) if due else None) == found


def _answers() -> list[Row]:
    lines = gzip.decompress(ANSWERS.read_bytes()).decode().splitlines()
    return [
        (int(moment), json.loads(zone) if zone != "-" else None, json.loads(text), answer) for moment, zone, text, answer in _cells(lines)
    ]


def _cells(lines: list[str]) -> Iterator[list[str]]:
    yield from (line.split("\t") for line in lines)


def _answer(moment: int, zone: str | None, schedule: str) -> str:
    """The same as schedules/main.go answers: `s` and `z` for what is refused, else the next five times, each from the one before."""
    never_runs = f"'{schedule}' never runs"
    refused = "s" if any(not problem.startswith(never_runs) for problem in schedule_problems(schedule)) else ""
    refused += "z" if zone is not None and zone_problem(zone) else ""
    if refused:
        return refused
    times: list[str] = []
    while len(times) < 5:
        due = next_due(schedule, zone, datetime.fromtimestamp(moment, UTC))
        if due is None:
            return " ".join([*times, "-"])
        times.append(str(int(due.timestamp()) - moment))
        moment = int(due.timestamp())
    return " ".join(times)


def _differences(rows: list[Row]) -> list[tuple[Row, str]]:
    return [(row, found) for row in rows if row[3] != (found := _answer(*row[:3]))]


def test_a_thousand_answers() -> None:
    """Issue 15: validity, zones and the next five times are those of the controller's library: each tenth of ten thousand answers."""
    assert [] == _differences(_answers()[::10])


@pytest.mark.process
def test_all_answers() -> None:
    """Issue 15: the same for all ten thousand, of which enough are refused, never due, or around a change of clocks."""
    rows = _answers()

    assert [] == _differences(rows)
    assert 10_000 <= len(rows)
    assert 1_000 <= sum(answer == "s" for *_, answer in rows)
    assert 50 <= sum(answer.endswith("-") for *_, answer in rows)
    assert 4_000 <= sum(zone is not None and "/" in zone for _, zone, _, _ in rows)


REFUSED: dict[str, list[str]] = {
    "0 6 * *": ["has 4 fields, a schedule has 5: minute, hour, day of month, month, day of week; or @daily, @every 1h"],
    "60 6 * 13 7": [
        "minute '60' is out of range: 0 to 59",
        "month '13' is out of range: 1 to 12",
        "day of week '7' is out of range: 0 to 6",
    ],
    "*/0 6 5-1 * x": ["minute '*/0' has a step of 0", "day of month '5-1' runs backwards", "day of week 'x' is no number, range or step"],
    "TZ=UTC 0 6 * * *": ["names a zone inside the schedule, which Kubernetes refuses: use the time zone"],
    "@Daily": ["is not one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, @every <time such as 1h30m>"],
    "@every 1d": ["'1d' is no time such as 90s, 30m or 1h30m"],
    "0 0 30 2 *": ["never runs: day of month '30' never comes in month '2'"],
    "0 0 , * 1": [],
    "0 0 , * *": ["never runs: no time fits all five fields"],
    ", * * * *": ["never runs: no time fits all five fields"],
}


@pytest.mark.parametrize(("schedule", "reasons"), REFUSED.items(), ids=REFUSED)
def test_problems(schedule: str, reasons: list[str]) -> None:
    """Every mistake of a schedule is told in one go, as is a schedule that Kubernetes takes and never runs."""
    found = list(schedule_problems(schedule))

    assert len(reasons) == len(found)
    assert all(problem.endswith(reason) for problem, reason in zip(found, reasons, strict=True))


def test_a_refused_schedule_is_never_due() -> None:
    """What the API server refuses has no next time, not that of a guess."""
    now = datetime(2026, 11, 23, tzinfo=UTC)

    with pytest.raises(ScheduleError, match="has 4 fields"):
        next_due("0 6 * *", None, now)
    with pytest.raises(ScheduleError, match="there is no zone 'Mars/Olympus'"):
        next_due("0 6 * * *", "Mars/Olympus", now)
