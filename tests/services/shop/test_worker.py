"""The worker: nothing lost, nothing done twice (requirements 3.5)."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.services.shop.conftest import Start
from tests.services.shop.process import Client, Process
from tests.services.shop.server import Server, free_port
from tests.waiting import eventually

Query = Callable[[str], Any]

WORKING = """
SELECT count(*) FROM pg_stat_activity
WHERE application_name = 'shop-worker' AND state = 'idle in transaction' AND datname = current_database()
AND query LIKE '%SKIP LOCKED%'
"""
"""Workers that have taken an order: one that looks at the schema, before its first, is in a transaction too."""
PLACED = "SELECT count(*) FROM orders WHERE status = 'placed'"
LEDGER = "SELECT count(*), coalesce(max(count), 0) FROM processings"


@pytest.fixture
def query(start: Start, database: str) -> Iterator[Query]:
    """The first row of a query on the test's database, whose schema is there."""
    assert 0 == start("report").wait()
    with psycopg.connect(database, autocommit=True) as connection:
        yield lambda text: connection.execute(text.encode()).fetchone()


def place(database: str, number: int) -> None:
    with psycopg.connect(database) as connection:
        insert = "INSERT INTO orders (item, quantity, idempotency_key) SELECT 'book', 1, n::text FROM generate_series(1, %s) n"
        connection.execute(insert, [number])


def test_an_order_is_processed_soon(start: Start, start_web: Callable[..., tuple[Process, Client]]) -> None:
    """A posted order becomes processed, woken by the notification and not by the polling interval."""
    _, client = start_web()
    start("worker", POLL_SECONDS="3600")
    early = client.place().body["id"]
    eventually(lambda: client.call("GET", f"/orders/{early}").body["status"] == "processed")

    late = client.place().body["id"]

    eventually(lambda: client.call("GET", f"/orders/{late}").body["status"] == "processed")


def test_a_killed_worker_loses_and_doubles_nothing(start: Start, database: str, query: Query) -> None:
    """SIGKILL in the middle of an order rolls it back; another worker does each order exactly once."""
    place(database, 5)
    killed = start("worker", WORK_SECONDS="30")
    eventually(lambda: query(WORKING)[0] == 1)

    killed.signal(signal.SIGKILL)
    killed.wait()
    during = query(LEDGER)
    start("worker")

    eventually(lambda: query(PLACED)[0] == 0)
    assert (0, 0) == during
    assert (5, 1) == query(LEDGER)


def test_workers_share_the_backlog(start: Start, database: str, query: Query) -> None:
    """Several workers take different orders, and each order is done once."""
    place(database, 60)
    for _ in range(3):
        start("worker", WORK_SECONDS="0.01")

    eventually(lambda: query(PLACED)[0] == 0)

    assert (60, 1) == query(LEDGER)


def test_a_stopping_worker_finishes_its_order(start: Start, database: str, query: Query) -> None:
    """SIGTERM lets the order in hand be finished when it fits into STOP_SECONDS, and takes no other."""
    place(database, 2)
    worker = start("worker", WORK_SECONDS="1")
    eventually(lambda: query(WORKING)[0] == 1)

    worker.signal(signal.SIGTERM)

    assert 0 == worker.wait()
    assert (1, 1) == query(LEDGER)


def test_a_stopping_worker_hands_back_a_long_order(start: Start, database: str, query: Query) -> None:
    """SIGTERM hands the order back when the rest of it does not fit into STOP_SECONDS."""
    place(database, 1)
    worker = start("worker", WORK_SECONDS="600", STOP_SECONDS="5")
    eventually(lambda: query(WORKING)[0] == 1)

    worker.signal(signal.SIGTERM)

    assert 0 == worker.wait()
    assert (1, (0, 0)) == (query(PLACED)[0], query(LEDGER))


def test_a_worker_survives_a_database_restart(start: Start, database: str, server: Server) -> None:
    """A database that crashes under an order in hand costs a retry: the order is done once, by the same process."""
    assert 0 == start("report").wait()
    place(database, 1)
    worker = start("worker", WORK_SECONDS="1")
    with psycopg.connect(database, autocommit=True) as connection:
        eventually(lambda: connection.execute(WORKING.encode()).fetchone() == (1,))
        server.stop("immediate")
    server.start()

    with psycopg.connect(database, autocommit=True) as connection:
        eventually(lambda: connection.execute(LEDGER.encode()).fetchone() == (1, 1))
    assert worker.is_running


def test_the_heart_beats_while_an_order_is_worked_on(start: Start, database: str, query: Query, tmp_path: Path) -> None:
    """The heartbeat file exists during a long order and the health check passes; without it the check fails with 1."""
    place(database, 1)
    start("worker", WORK_SECONDS="600")
    eventually(lambda: query(WORKING)[0] == 1)

    assert 0 == start("healthcheck").wait()
    assert 1 == start("healthcheck", "--max-age", "0").wait()
    assert 1 == start("healthcheck", HEARTBEAT_FILE=str(tmp_path / "none")).wait()


def test_metrics_show_the_backlog_while_working(start: Start, database: str, query: Query) -> None:
    """The worker offers backlog size, oldest age and its processed total on its metrics address (3.5)."""
    place(database, 3)
    client = Client(free_port())
    start("worker", WORK_SECONDS="600", METRICS_LISTEN=f"127.0.0.1:{client.port}")
    eventually(lambda: query(WORKING)[0] == 1)

    text = client.call("GET", "/metrics").body

    assert "shop_backlog_orders 3.0" in text
    assert "shop_orders_processed_total 0.0" in text
    assert float(text.split("\nshop_backlog_oldest_age_seconds ")[1].split()[0]) > 0


def test_a_taken_metrics_address_is_one_line(start: Start, server: Server) -> None:
    """A port in use ends the worker with 2 and one line, without a traceback."""
    worker = start("worker", METRICS_LISTEN=f"127.0.0.1:{server.port}")

    assert 2 == worker.wait()
    assert 1 == len(worker.log.read_text().splitlines())
    assert "METRICS_LISTEN: cannot listen on" in worker.log.read_text()
