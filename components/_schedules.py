"""Cron schedules exactly as Kubernetes' CronJob reads them: what is wrong with one, whether it ever runs, and when it does next.

The API server and the controller read schedules with robfig/cron v3 (`ParseStandard`), so this is that library's parser and search,
rule for rule, and CronJob's own validation of zones (pkg/apis/batch/validation). Libraries for Python mean another cron: of the answers in
tests/schedules.tsv.gz, croniter 7.0.0 gives 55% and cronsim 2.8 46%. They take 7 as Sunday, `L` and `#`, refuse `@every` or `?`,
and make up for a time that a change of clocks leaves out, which the controller skips.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

YEARS_AHEAD = 5
"""How far the library searches; what is due later (29 February over the year 2100) is never due to the controller either."""

FIVE_FIELDS = "minute, hour, day of month, month, day of week"
_MACROS = {
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
}  # fmt: skip
_EVERY = "@every "
_SPACE = re.compile("[\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_LARGEST = 2**63 - 1
_DAYS_OF_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True)
class _Field:
    name: str
    lowest: int
    highest: int
    names: tuple[str, ...] = ()
    """Names that stand for numbers, from `lowest` on."""


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of month", 1, 31),
    _Field("month", 1, 12, tuple("jan feb mar apr may jun jul aug sep oct nov dec".split())),
    _Field("day of week", 0, 6, tuple("sun mon tue wed thu fri sat".split())),
)


@dataclass(frozen=True)
class _Calendar:
    """The numbers that each field allows; `either` where a day of the month or of the week is enough."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool

    def has(self, day: date) -> bool:
        matches = (day.day in self.days, day.isoweekday() % 7 in self.weekdays)
        return any(matches) if self.either else all(matches)


class ScheduleError(ValueError):
    """A schedule that the API server refuses; the message has a line for each problem."""


def schedule_problems(schedule: str) -> Iterator[str]:
    """Why the API server refuses a schedule, or why it takes one that never runs; nothing for a good one."""
    try:
        read = _read(schedule)
    except ScheduleError as error:
        yield from str(error).splitlines()
        return
    if isinstance(read, _Calendar) and not _runs(read):
        _, _, days, months, _ = filter(None, _SPACE.split(schedule))
        is_empty = not all((read.minutes, read.hours, read.days, read.months, read.weekdays))
        reason = "no time fits all five fields" if is_empty else f"day of month '{days}' never comes in month '{months}'"
        yield f"'{schedule}' never runs: {reason}"


def zone_problem(zone: str) -> str | None:
    """Why the API server refuses the zone of a schedule; None for one of the IANA database."""
    if zone.lower() == "local":
        return "'Local' is whatever the cluster has: name a zone, for example Etc/UTC"
    return None if _place(zone) else f"there is no zone '{zone}': use a name such as Etc/UTC or Europe/Berlin"


def next_due(schedule: str, zone: str | None, after: datetime) -> datetime | None:
    """The first moment after `after` at which `schedule` is due, read in `zone` (UTC where there is none).

    None if it is not due within five years. Raises ScheduleError for what the API server refuses. As in the controller, a time that a
    change of clocks leaves out is not due, and one that comes twice is due twice.
    """
    place = UTC if zone is None else _place(zone)
    if place is None:
        raise ScheduleError(zone_problem(zone or ""))
    read = _read(schedule)
    now = int(after.timestamp() // 1)
    if isinstance(read, int):
        return datetime.fromtimestamp(now + read, UTC)
    found = _search(read, place, now + 1) if _runs(read) else None
    return None if found is None else datetime.fromtimestamp(found, UTC)


def _place(zone: str) -> tzinfo | None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # only what has schedules pays for this import

    if any(part.startswith("-") or not re.fullmatch(r"[-A-Za-z._0-9+]{1,14}", part) for part in zone.split("/")):
        return None
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _read(schedule: str) -> _Calendar | int:
    """A schedule as numbers, that of `@every` as seconds."""
    if "TZ" in schedule:
        raise ScheduleError(f"'{schedule}' names a zone inside the schedule, which Kubernetes refuses: use the time zone")
    if schedule.startswith(_EVERY):
        return _seconds(schedule)
    if schedule.startswith("@") and schedule not in _MACROS:
        raise ScheduleError(f"'{schedule}' is not one of {', '.join(_MACROS)}, @every <time such as 1h30m>")
    texts = [text for text in _SPACE.split(_MACROS.get(schedule, schedule)) if text]
    if len(texts) != len(_FIELDS):
        count = f"{len(texts)} field{'' if len(texts) == 1 else 's'}"
        raise ScheduleError(f"'{schedule}' has {count}, a schedule has 5: {FIVE_FIELDS}; or @daily, @every 1h")
    problems: list[str] = []
    minutes, hours, (days, any_day), months, (weekdays, any_weekday) = (
        _numbers(text, field, problems) for text, field in zip(texts, _FIELDS, strict=True)
    )
    if problems:
        raise ScheduleError("\n".join(problems))
    return _Calendar(minutes[0], hours[0], days, months[0], weekdays, either=not any_day and not any_weekday)


def _numbers(text: str, field: _Field, problems: list[str]) -> tuple[frozenset[int], bool]:
    """The numbers of a field, and whether it leaves all open; what is wrong with it joins `problems`."""
    found: set[int] = set()
    is_open = False
    for part in filter(None, text.split(",")):
        try:
            numbers = _range(part, field)
        except ValueError as error:
            problems.append(f"{field.name} '{part}' {error}")
        else:
            found.update(numbers)
            is_open = is_open or (part[0] in "*?" and numbers.step == 1)
    return frozenset(found), is_open


def _range(part: str, field: _Field) -> range:
    span, *steps = part.split("/")
    ends = span.split("-")
    if len(steps) > 1 or (len(ends) > 2 and ends[0] not in ("*", "?")):
        raise ValueError("is no number, range or step")
    if ends[0] in ("*", "?"):
        first, last = field.lowest, field.highest
    else:
        first, last = _number(ends[0], field), _number(ends[-1], field)
    step = _number(steps[0]) if steps else 1
    if steps and len(ends) == 1:
        last = field.highest
    if first < field.lowest or last > field.highest:
        raise ValueError(f"is out of range: {field.lowest} to {field.highest}")
    if first > last:
        raise ValueError("runs backwards")
    if step == 0:
        raise ValueError("has a step of 0")
    return range(first, last + 1, step)


def _number(text: str, field: _Field | None = None) -> int:
    if field and text.lower() in field.names:
        return field.names.index(text.lower()) + field.lowest
    if not re.fullmatch(r"\+?[0-9]+", text) or int(text) > _LARGEST:
        raise ValueError("is no number, range or step")
    return int(text)


_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
"""Units of a Go duration in nanoseconds."""
_AMOUNT = re.compile(r"([0-9]*)(?:\.([0-9]*))?([^0-9.]+)")


def _seconds(schedule: str) -> int:
    """The whole seconds of `@every <duration>`, at least one, with the rounding of Go's time.ParseDuration."""
    text = schedule.removeprefix(_EVERY)
    sign, amounts = text[:1] if text[:1] in ("+", "-") else "", text.removeprefix("+" if text[:1] == "+" else "-")
    total, end = 0, 0
    while match := _AMOUNT.match(amounts, end):
        whole, fraction, unit = match[1], match[2] or "", _UNITS.get(match[3], 0)
        if not unit or not whole + fraction or int(whole or 0) * unit > _LARGEST + 1:
            break
        total += int(whole or 0) * unit + _fraction(fraction, unit)
        end = match.end()
    is_read = amounts == "0" or (amounts and end == len(amounts))
    if not is_read or total > _LARGEST + (sign == "-"):
        raise ScheduleError(f"'{schedule}': '{text}' is no time such as 90s, 30m or 1h30m")
    return 1 if sign == "-" else max(total // 10**9, 1)


def _fraction(digits: str, unit: int) -> int:
    """A fraction of a unit as Go has it: digits count until they fill 63 bits, then floating point."""
    number, scale = 0, 1.0
    for digit in digits:
        if number > _LARGEST // 10 or number * 10 + int(digit) > _LARGEST + 1:
            break
        number, scale = number * 10 + int(digit), scale * 10
    return int(float(number) * (unit / scale)) if number else 0


def _runs(calendar: _Calendar) -> bool:
    """Whether a schedule has a moment at all: some day must come in some month, unless a day of the week is enough."""
    if not (calendar.minutes and calendar.hours and calendar.months):
        return False
    comes = any(min(calendar.days, default=99) <= _DAYS_OF_MONTH[month - 1] for month in calendar.months)
    weekdays = bool(calendar.weekdays)
    return comes or weekdays if calendar.either else comes and weekdays


def _search(calendar: _Calendar, place: tzinfo, moment: int) -> int | None:
    """The library's search from `moment` on: month, day, hour and minute in turn, anew whenever one of them overflows.

    Its steps are absolute seconds between clock readings, which is what decides the days on which clocks change.
    """
    last_year = _clock(moment, place).year + YEARS_AHEAD
    fresh = True
    while _clock(moment, place).year <= last_year:
        found, fresh, overflow = _pass(calendar, place, moment, fresh)
        if not overflow:
            return found
        moment = found
    return None


def _pass(calendar: _Calendar, place: tzinfo, moment: int, fresh: bool) -> tuple[int, bool, bool]:
    """One pass of the search: where it came, whether no field was raised yet, and whether one overflowed."""
    now = _clock(moment, place)
    while now.month not in calendar.months:
        now = _reading(place, now.year, now.month, 1) if fresh else now
        fresh = False
        now = _reading(place, now.year, now.month + 1, now.day, now.hour, now.minute, now.second)
        if now.month == 1:
            return int(now.timestamp()), fresh, True
    while not calendar.has(now):
        now = _reading(place, now.year, now.month, now.day) if fresh else now
        fresh = False
        now = _reading(place, now.year, now.month, now.day + 1, now.hour, now.minute, now.second)
        if now.hour:  # There is no midnight on this day.
            now = _clock(int(now.timestamp()) + (24 - now.hour if now.hour > 12 else -now.hour) * 3600, place)
        if now.day == 1:
            return int(now.timestamp()), fresh, True
    while now.hour not in calendar.hours:
        now = _reading(place, now.year, now.month, now.day, now.hour) if fresh else now
        fresh = False
        now = _clock(int(now.timestamp()) + 3600, place)
        if now.hour == 0:
            return int(now.timestamp()), fresh, True
    while now.minute not in calendar.minutes:
        moment = int(now.timestamp())
        now = _clock((moment - moment % 60 if fresh else moment) + 60, place)
        fresh = False
        if now.minute == 0:
            return int(now.timestamp()), fresh, True
    return int(now.timestamp()) + (60 - now.second) % 60, fresh and not now.second, now.second > 0


def _clock(moment: int, place: tzinfo) -> datetime:
    return datetime.fromtimestamp(moment, place)


def _reading(place: tzinfo, year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """The moment of a clock's reading; like Go's time.Date, of two the one, and of none a neighbour, that its two look-ups lead to."""
    first = datetime(year + (month - 1) // 12, (month - 1) % 12 + 1, 1, tzinfo=UTC)
    reading = int((first + timedelta(days=day - 1, hours=hour, minutes=minute, seconds=second)).timestamp())
    return _clock(reading - _offset(reading - _offset(reading, place), place), place)


def _offset(moment: int, place: tzinfo) -> int:
    offset = _clock(moment, place).utcoffset()
    return int(offset.total_seconds()) if offset else 0
