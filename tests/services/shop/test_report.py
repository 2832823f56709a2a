"""The daily report (requirements 3.6)."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from tests.services.shop.conftest import Start
from tests.services.shop.process import Client, Process
from tests.waiting import eventually


def run(start: Start, *arguments: str, **environment: str) -> Any:
    report = start("report", *arguments, **environment)
    output = report.output()
    assert report.wait() == 0, report.log.read_text()
    return json.loads(output)


def test_the_report_counts_the_day(start: Start, start_web: Callable[..., tuple[Process, Client]]) -> None:
    """A run prints and stores orders placed and processed and units per item, and the web shows it."""
    _, client = start_web()
    start("worker")
    ids = [client.place(item, quantity).body["id"] for item, quantity in (("book", 2), ("book", 3), ("pen", 1))]
    for identity in ids:
        eventually(lambda path=f"/orders/{identity}": client.call("GET", path).body["status"] == "processed")

    report = run(start)

    assert (3, 3, {"book": 5, "pen": 1}) == (report["orders_placed"], report["orders_processed"], report["units"])
    assert report == client.call("GET", "/reports/latest").body


def test_a_second_run_replaces_the_first(start: Start, database: str) -> None:
    """Running twice on a date leaves one row, with the later figures."""
    first = run(start)
    with psycopg.connect(database) as connection:
        connection.execute("INSERT INTO orders (item, quantity, idempotency_key) VALUES ('book', 1, 'a')")

    second = run(start)

    with psycopg.connect(database) as connection:
        assert (1, 1) == connection.execute("SELECT count(*), max(orders_placed) FROM reports").fetchone()
    assert (0, 1, {}) == (first["orders_placed"], second["orders_placed"], first["units"])


def test_a_day_left_open_is_completed_by_the_next_run(start: Start, database: str) -> None:
    """Orders placed after a day's last run stand in that day's report once a later day is reported."""
    yesterday = datetime.now(ZoneInfo("UTC")).date() - timedelta(days=1)
    run(start, "--date", yesterday.isoformat())
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE reports SET complete = false")
        connection.execute(
            "INSERT INTO orders (item, quantity, idempotency_key, placed_at) VALUES ('book', 1, 'a', %s)", [f"{yesterday} 23:59:59Z"]
        )

    run(start)

    with psycopg.connect(database) as connection:
        found = connection.execute("SELECT orders_placed, complete FROM reports WHERE date = %s", [yesterday]).fetchone()
    assert (1, True) == found


def test_the_date_is_that_of_the_time_zone(start: Start) -> None:
    """TZ decides which day it is: at any moment the two ends of the world differ."""
    east = run(start, TZ="Pacific/Kiritimati")
    west = run(start, TZ="Etc/GMT+12")

    assert east["date"] > west["date"]


def test_a_wrong_date_is_one_line(start: Start) -> None:
    """A date that is none ends the run with 2 and one line."""
    process = start("report", "--date", "tomorrow")

    assert 2 == process.wait()
    assert "shop: --date is 'tomorrow': give today, yesterday or YYYY-MM-DD\n" == process.log.read_text()


def test_a_day_is_23_hours_where_the_clocks_go_forward() -> None:
    """The bounds of a day follow the time zone's clock changes."""
    from shop.report import bounds

    start, end = bounds(date(2026, 3, 29), ZoneInfo("Europe/Berlin"))

    assert timedelta(hours=23) == end.astimezone(ZoneInfo("UTC")) - start.astimezone(ZoneInfo("UTC"))
