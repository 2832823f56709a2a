"""Processes placed orders, one at a time: the work and the change of status are one transaction.

A worker that is killed leaves its order placed and unlocked, so another takes it; none is done twice.
"""

import signal
import threading
import time
from types import FrameType
from typing import Any

import psycopg
import structlog

from shop import backlog, database, heartbeat, log
from shop.settings import Settings

SLICE_SECONDS = 0.25
"""The longest that the worker goes without looking at its stop signal."""

BEAT_SECONDS = 5.0
"""The heartbeat's interval; liveness allows 60 s."""

RECONNECT_SECONDS = 1.0

METRICS_SECONDS = 3
"""The longest that a scrape waits for the backlog."""

TAKE = """
SELECT id, extract(epoch FROM now() - placed_at)::float FROM orders
WHERE status = 'placed' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
"""

ENTER = """
INSERT INTO processings (order_id) VALUES (%s)
ON CONFLICT (order_id) DO UPDATE SET count = processings.count + 1, processed_at = now()
"""

logger = structlog.get_logger("shop.worker")


class HandedBack(Exception):
    """The worker stops before the work is done; the transaction is rolled back."""


class Worker:
    """The loop; `stop` may be called from a signal handler."""

    def __init__(self, settings: Settings, metrics: backlog.Metrics) -> None:
        self._settings = settings
        self._metrics = metrics
        self._stopped = threading.Event()
        self._stop_by = float("inf")
        self._last_beat = 0.0

    def stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stop_by = time.monotonic() + self._settings.stop_seconds
        self._stopped.set()

    def run(self) -> None:
        """Work until stopped; a lost database is connected to again."""
        conninfo = database.conninfo(self._settings.database_url, "worker")
        while not self._stopped.is_set():
            try:
                with psycopg.connect(conninfo, autocommit=True) as connection:
                    database.prepare(connection)
                    connection.execute("LISTEN orders")
                    logger.info("connected")
                    self._serve(connection)
            except HandedBack:
                logger.info("handed back")
            except (psycopg.errors.UndefinedTable, *database.OUTAGE) as error:
                logger.warning("database lost", reason=type(error).__name__)
                self._pause(time.monotonic() + RECONNECT_SECONDS)

    def _serve(self, connection: psycopg.Connection[Any]) -> None:
        while not self._stopped.is_set():
            self._beat()
            if not self._process_one(connection):
                self._wait_for_order(connection)

    def _process_one(self, connection: psycopg.Connection[Any]) -> bool:
        with connection.transaction():
            taken = connection.execute(TAKE).fetchone()
            if taken is None:
                return False
            identity, age = taken
            began = time.monotonic()
            self._work()
            connection.execute(ENTER, [identity])
            connection.execute("UPDATE orders SET status = 'processed' WHERE id = %s", [identity])
        self._metrics.processed.inc()
        self._metrics.wait.observe(age + time.monotonic() - began)
        logger.info("processed", order=identity)
        return True

    def _work(self) -> None:
        """Take WORK_SECONDS; raises HandedBack when asked to stop and the rest does not fit into STOP_SECONDS."""
        end = time.monotonic() + self._settings.work_seconds
        while (now := time.monotonic()) < end:
            if end > self._stop_by:
                raise HandedBack
            self._beat()
            time.sleep(min(SLICE_SECONDS, end - now))

    def _wait_for_order(self, connection: psycopg.Connection[Any]) -> None:
        """Return on a notification, after the polling interval, or soon after a stop signal."""
        end = time.monotonic() + self._settings.poll_seconds
        while time.monotonic() < end and not self._stopped.is_set():
            self._beat()
            for _ in connection.notifies(timeout=SLICE_SECONDS, stop_after=1):
                return

    def _pause(self, end: float) -> None:
        self._beat()
        self._stopped.wait(max(0.0, end - time.monotonic()))

    def _beat(self) -> None:
        if time.monotonic() - self._last_beat >= BEAT_SECONDS:
            heartbeat.beat(self._settings.heartbeat_file)
            self._last_beat = time.monotonic()


def work(settings: Settings) -> int:
    """Process orders until SIGTERM or SIGINT; 0 after a clean stop."""
    log.configure("worker", settings.log_level)
    metrics = backlog.serve(settings.metrics_listen, database.conninfo(settings.database_url, "metrics", METRICS_SECONDS))
    worker = Worker(settings, metrics)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, worker.stop)
    worker.run()
    logger.info("stopped")
    return 0
