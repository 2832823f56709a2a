"""Cron schedules and time zones: whether Kubernetes will take them, and mean what was meant."""

import re
from collections.abc import Iterator

MACROS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
_DAYS = "SUN MON TUE WED THU FRI SAT".split()
_LONGEST = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_Field = tuple[str, int, int, list[str], int]
"""Name, lowest, highest, names that may stand for numbers and the number of the first."""
_FIELDS: tuple[_Field, ...] = (
    ("minute", 0, 59, [], 0),
    ("hour", 0, 23, [], 0),
    ("day of month", 1, 31, [], 0),
    ("month", 1, 12, _MONTHS, 1),
    ("day of week", 0, 6, _DAYS, 0),
)
_RANGE = re.compile(r"(?P<first>\*|\?|\w+)(-(?P<last>\w+))?(/(?P<step>\d+))?")


def schedule_problems(schedule: str) -> Iterator[str]:
    """Everything wrong with a schedule, field by field."""
    if schedule.startswith(("TZ=", "CRON_TZ=")):
        yield "names a zone inside the schedule, which Kubernetes refuses: use the time zone"
    elif schedule.startswith("@"):
        if schedule not in MACROS:
            yield f"'{schedule}' is not one of {', '.join(MACROS)}"
    elif len(schedule.split()) != len(_FIELDS):
        yield f"'{schedule}' has {len(schedule.split())} fields, a schedule has 5: minute, hour, day of month, month, day of week"
    else:
        found = [problem for text, field in zip(schedule.split(), _FIELDS, strict=True) for problem in _field_problems(text, *field)]
        yield from found or _never(*schedule.split()[2:])


def zone_problem(zone: str) -> str | None:
    """What is wrong with a time zone's name; a machine without a zone database takes any well-formed name."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones  # only batch workloads pay for this import

    if zone.lower() == "local":
        return "'Local' is whatever the cluster has: name a zone, for example Etc/UTC"
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"there is no zone '{zone}': use a name such as Etc/UTC or Europe/Berlin" if available_timezones() else None
    return None


def _field_problems(text: str, name: str, lowest: int, highest: int, names: list[str], first_name: int) -> Iterator[str]:
    for part in text.split(","):
        match = _RANGE.fullmatch(part)
        if match is None:
            yield f"{name} '{part}' is no number, range or step"
            continue
        if match["step"] == "0":
            yield f"{name} '{part}' has a step of 0"
        numbers = [_number(end, names, first_name) for end in (match["first"], match["last"]) if end and end not in "*?"]
        if any(number is None or not lowest <= number <= highest for number in numbers):
            yield f"{name} '{part}' is out of range: {lowest} to {highest}"
        elif len(numbers) == 2 and (numbers[0] or 0) > (numbers[1] or 0):
            yield f"{name} '{part}' runs backwards"


def _never(day: str, month: str, weekday: str) -> Iterator[str]:
    """Days that none of the months has, unless a weekday is named, which is then enough by itself."""
    days, months = _values(day, _FIELDS[2]), _values(month, _FIELDS[3])
    if weekday[0] in "*?" and min(days) > max(_LONGEST[number] for number in months):
        yield f"day of month '{day}' never comes in month '{month}'"


def _values(text: str, field: _Field) -> set[int]:
    """The numbers that a field without problems stands for."""
    _, lowest, highest, names, first_name = field
    found: set[int] = set()
    for part in text.split(","):
        match = _RANGE.fullmatch(part)
        assert match
        first = lowest if match["first"] in "*?" else _number(match["first"], names, first_name)
        last = _number(match["last"], names, first_name) if match["last"] else highest if match["first"] in "*?" or match["step"] else first
        found.update(range(first or 0, (last or 0) + 1, int(match["step"] or 1)))
    return found


def _number(text: str, names: list[str], first_name: int) -> int | None:
    if text.upper() in names:
        return names.index(text.upper()) + first_name
    return int(text) if text.isascii() and text.isdigit() else None
