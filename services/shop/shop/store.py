"""Orders and reports as the web process reads and writes them: pooled connections, and a short retry over an outage."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import psycopg
import structlog
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from shop import database
from shop.orders import NewOrder

RETRY_SECONDS = 2.0
"""How long a request waits for the database before it is told to come back."""

PROBE_SECONDS = 0.5
"""The same for the readiness probe, which the platform repeats anyway and waits 1 s for by default."""

PAUSE_SECONDS = 0.1
"""Between two tries of one request."""

Row = dict[str, Any]
Connection = psycopg.AsyncConnection[Row]
T = TypeVar("T")

logger = structlog.get_logger("shop.store")


class Unavailable(Exception):
    """The database could not be reached in time."""


class Conflict(Exception):
    """The idempotency key was used for a different order."""


class Store:
    """The shop's data. Make it inside the running event loop, `open` it once, `close` it at the end."""

    def __init__(self, conninfo: str) -> None:
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            conninfo,
            min_size=1,
            max_size=8,
            open=False,
            timeout=RETRY_SECONDS,
            # A new attempt starts with the next request, not after a long doubling pause of the pool's own.
            reconnect_timeout=1.0,
            check=AsyncConnectionPool.check_connection,
            connection_class=psycopg.AsyncConnection[Row],
            kwargs={"row_factory": dict_row},
        )

    async def open(self) -> None:
        await self._pool.open()

    async def close(self) -> None:
        await self._pool.close()

    async def ready(self) -> None:
        """Return if the database answers and has the schema; raises Unavailable otherwise."""
        await self._run(lambda connection: _fetch(connection, "SELECT 1 FROM orders LIMIT 0"), PROBE_SECONDS)

    async def place(self, order: NewOrder, key: str) -> tuple[Row, bool]:
        """Place `order` once for `key`; hands back the order and whether it is new. Raises Conflict, Unavailable."""
        return await self._run(lambda connection: _place(connection, order, key))

    async def order(self, identity: int) -> Row | None:
        return await self._run(lambda connection: _fetch(connection, SELECT_ORDER, [identity]))

    async def latest_report(self) -> Row | None:
        return await self._run(lambda connection: _fetch(connection, SELECT_REPORT))

    async def _run(self, work: Callable[[Connection], Awaitable[T]], patience: float = RETRY_SECONDS) -> T:
        """Run `work` in a transaction, again after an outage; every piece of work here may be repeated.

        Raises Unavailable after `patience` seconds.
        """
        deadline = time.monotonic() + patience
        while True:
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise Unavailable("the database cannot be reached")
            try:
                async with self._pool.connection(timeout=remaining) as connection:
                    return await work(connection)
            except psycopg.errors.UndefinedTable:
                # At the first start, and when an operator has put an empty database in place.
                await self._prepare(remaining)
            except (PoolTimeout, *database.OUTAGE) as error:
                logger.debug("retry", reason=type(error).__name__)
                await asyncio.sleep(PAUSE_SECONDS)

    async def _prepare(self, timeout: float) -> None:
        try:
            async with self._pool.connection(timeout=timeout) as connection:
                await database.prepare_async(connection)
        except (PoolTimeout, *database.OUTAGE) as error:
            logger.debug("schema not made yet", reason=type(error).__name__)


SELECT_ORDER = """
SELECT id, item, quantity, status, placed_at, processed_at
FROM orders LEFT JOIN processings ON order_id = id WHERE id = %s
"""

SELECT_REPORT = """
SELECT date, time_zone, orders_placed, orders_processed, units, complete, written_at
FROM reports ORDER BY date DESC LIMIT 1
"""

INSERT_ORDER = """
INSERT INTO orders (item, quantity, idempotency_key) VALUES (%s, %s, %s)
ON CONFLICT (idempotency_key) DO NOTHING RETURNING id, item, quantity, status, placed_at
"""

SELECT_BY_KEY = "SELECT id, item, quantity, status, placed_at FROM orders WHERE idempotency_key = %s"


async def _place(connection: Connection, order: NewOrder, key: str) -> tuple[Row, bool]:
    if made := await _fetch(connection, INSERT_ORDER, [order.item, order.quantity, key]):
        await connection.execute("SELECT pg_notify('orders', '')")
        return made, True
    found = await _fetch(connection, SELECT_BY_KEY, [key])
    if found is None or (found["item"], found["quantity"]) != (order.item, order.quantity):
        raise Conflict
    return found, False


async def _fetch(connection: Connection, query: str, values: list[Any] | None = None) -> Row | None:
    found = await connection.execute(query, values)
    return await found.fetchone()
