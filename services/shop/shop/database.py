"""The database: how to connect so that an outage is noticed within seconds, and the schema."""

from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from shop.settings import SettingsError

SCHEMA_LOCK = 0x73686F70
"""The advisory lock that lets one process at a time make the schema ("shop" in ASCII)."""

OUTAGE = (psycopg.OperationalError, psycopg.InterfaceError)
"""What an absent, starting or stopping database raises; a repeat may succeed."""

OPTIONS: dict[str, Any] = {
    "connect_timeout": 2,
    # A database whose host vanished sends no reset: without these a query would wait for many minutes.
    "tcp_user_timeout": 3000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
}

SERVER_OPTIONS = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
"""The same from the server's side: the lock on a vanished worker's order is gone after half a minute, not two hours."""

SCHEMA_EXISTS = "SELECT to_regclass('reports') IS NOT NULL"

SCHEMA = """
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    item text NOT NULL,
    quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 1000),
    status text NOT NULL DEFAULT 'placed' CHECK (status IN ('placed', 'processed')),
    placed_at timestamptz NOT NULL DEFAULT now(),
    idempotency_key text NOT NULL UNIQUE
);
CREATE INDEX orders_waiting ON orders (id) WHERE status = 'placed';
CREATE INDEX orders_by_day ON orders (placed_at);
CREATE TABLE processings (
    order_id bigint PRIMARY KEY REFERENCES orders,
    count integer NOT NULL DEFAULT 1,
    processed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX processings_by_day ON processings (processed_at);
CREATE TABLE reports (
    date date PRIMARY KEY,
    time_zone text NOT NULL,
    orders_placed integer NOT NULL,
    orders_processed integer NOT NULL,
    units jsonb NOT NULL,
    complete boolean NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now()
);
"""


def conninfo(url: str, process: str, statement_seconds: int = 0) -> str:
    """Connection parameters for `url`; raises SettingsError, without the URL, when it is not one.

    A statement may take `statement_seconds`; 0 is no limit.
    """
    options = f"{SERVER_OPTIONS} -c statement_timeout={statement_seconds}s"
    try:
        return make_conninfo(url, application_name=f"shop-{process}", options=options, **OPTIONS)
    except psycopg.ProgrammingError:
        raise SettingsError("DATABASE_URL is not a PostgreSQL URL: give postgresql://user:password@host:5432/database") from None


def prepare(connection: psycopg.Connection[Any]) -> None:
    """Make the schema unless it is there; safe to run by several processes at once and again."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [SCHEMA_LOCK])
        if not _first(connection.execute(SCHEMA_EXISTS).fetchone()):
            connection.execute(SCHEMA)


async def prepare_async(connection: psycopg.AsyncConnection[Any]) -> None:
    """`prepare` for the web process."""
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", [SCHEMA_LOCK])
        found = await connection.execute(SCHEMA_EXISTS)
        if not _first(await found.fetchone()):
            await connection.execute(SCHEMA)


def _first(row: Any) -> Any:
    return next(iter(row.values())) if isinstance(row, dict) else row[0]
