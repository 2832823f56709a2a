"""When a schedule is due: pure, for cron schedules that the API server has taken."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

YEARS_AHEAD = 5
"""A schedule such as 29 February is due at least so often."""

_MACROS = {
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
}  # fmt: skip
_MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
_DAYS = "SUN MON TUE WED THU FRI SAT".split()
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))


def next_due(schedule: str, zone: str | None, after: datetime) -> datetime | None:
    """The first moment after `after` at which `schedule` is due, read in `zone` (UTC where there is none); None if never.

    A time that a change of clocks leaves out is no moment, as the controller has it.
    """
    minutes, hours, days, months, weekdays = (set(_numbers(text, *bounds)) for text, bounds in zip(_fields(schedule), _RANGES, strict=True))
    either = not any(_is_open(text) for text in (_fields(schedule)[2], _fields(schedule)[4]))
    place = _zone(zone)
    day = after.astimezone(place).date()
    for _ in range(YEARS_AHEAD * 366):
        matches = (day.day in days, day.isoweekday() % 7 in weekdays)
        if day.month in months and (any(matches) if either else all(matches)):
            for hour in sorted(hours):
                for minute in sorted(minutes):
                    moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=place).astimezone(UTC)
                    if moment > after and (moment.astimezone(place).hour, moment.astimezone(place).minute) == (hour, minute):
                        return moment
        day += timedelta(days=1)
    return None


def _fields(schedule: str) -> list[str]:
    return _MACROS.get(schedule, schedule).split()


def _is_open(text: str) -> bool:
    """Whether a field says nothing: then the day of the month and that of the week must both fit, else one of them."""
    return any(part in ("*", "?") or part.endswith(("*/1", "?/1")) for part in text.split(","))


def _numbers(text: str, lowest: int, highest: int) -> Iterator[int]:
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if first in ("*", "?"):
            begin, end = lowest, highest
        else:
            begin = _number(first)
            end = _number(last) if last else highest if step else begin
        yield from range(begin, end + 1, int(step or 1))


def _number(text: str) -> int:
    name = text.upper()
    if name in _MONTHS:
        return _MONTHS.index(name) + 1
    return _DAYS.index(name) if name in _DAYS else int(text)


def _zone(name: str | None) -> ZoneInfo | timezone:
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
