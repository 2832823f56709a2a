"""The daily report: one row for each date, written again by each run until the day is over."""

import json
import sys
import time
from datetime import date, datetime, timedelta, tzinfo
from datetime import time as clock
from typing import Any

import psycopg
import structlog
from psycopg.rows import dict_row

from shop import database, log
from shop.settings import Settings, SettingsError

PATIENCE_SECONDS = 30.0
"""How long a run waits for an absent database before it fails and leaves the retry to the batch controller."""

OPEN_DATES = "SELECT date FROM reports WHERE NOT complete AND date < %s"

WRITE = """
INSERT INTO reports (date, time_zone, orders_placed, orders_processed, units, complete, written_at)
SELECT
    %(date)s,
    %(time_zone)s,
    (SELECT count(*) FROM orders WHERE placed_at >= %(start)s AND placed_at < %(end)s),
    (SELECT count(*) FROM processings WHERE processed_at >= %(start)s AND processed_at < %(end)s),
    (SELECT coalesce(jsonb_object_agg(item, units), '{}') FROM (
        SELECT item, sum(quantity) AS units FROM orders
        WHERE placed_at >= %(start)s AND placed_at < %(end)s GROUP BY item
    ) AS sold),
    now() >= %(end)s,
    now()
ON CONFLICT (date) DO UPDATE SET
    time_zone = excluded.time_zone, orders_placed = excluded.orders_placed, units = excluded.units,
    orders_processed = excluded.orders_processed, complete = excluded.complete, written_at = excluded.written_at
RETURNING date, time_zone, orders_placed, orders_processed, units, complete, written_at
"""

logger = structlog.get_logger("shop.report")


def day_of(text: str, now: datetime) -> date:
    """The date meant by `text`: today, yesterday or YYYY-MM-DD; `now` is in the report's time zone."""
    if text in ("today", "yesterday"):
        return now.date() - timedelta(days=text == "yesterday")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"--date is {text!r}: give today, yesterday or YYYY-MM-DD") from None


def bounds(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """The first moment of `day` in `zone` and of the next day: 23 to 25 hours apart where clocks change."""
    return datetime.combine(day, clock.min, zone), datetime.combine(day + timedelta(days=1), clock.min, zone)


def report(settings: Settings, text: str) -> int:
    """Write the report of one day, close earlier days left open, print the day's report; 0 or, without a database, 1."""
    log.configure("report", settings.log_level)
    day = day_of(text, datetime.now(settings.time_zone))
    conninfo = database.conninfo(settings.database_url, "report")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            row = _write_all(conninfo, day, settings.time_zone)
            break
        except database.OUTAGE as error:
            if time.monotonic() >= deadline:
                logger.error("database out of reach", reason=type(error).__name__, seconds=PATIENCE_SECONDS)
                return 1
            time.sleep(0.5)
    json.dump(row, sys.stdout, default=lambda value: value.isoformat(), ensure_ascii=False)
    print(flush=True)
    return 0


def _write_all(conninfo: str, day: date, zone: tzinfo) -> dict[str, Any]:
    with psycopg.connect(conninfo, row_factory=dict_row) as connection:
        database.prepare(connection)
        for earlier in connection.execute(OPEN_DATES, [day]).fetchall():
            _write(connection, earlier["date"], zone)
        return _write(connection, day, zone)


def _write(connection: psycopg.Connection[dict[str, Any]], day: date, zone: tzinfo) -> dict[str, Any]:
    start, end = bounds(day, zone)
    values = {"date": day, "time_zone": str(zone), "start": start, "end": end}
    row = connection.execute(WRITE, values).fetchone()
    assert row is not None
    return row
